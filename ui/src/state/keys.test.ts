import { describe, expect, it } from "vitest";

import { listed, type KeyGroup } from "./keys";

const key = (name: string) => ({ keys: [name], does: name, run: () => undefined });

describe("the list of keys", () => {
  it("joins what several places registered under one name, keys and gestures", () => {
    const groups: KeyGroup[] = [
      { name: "Charts", bindings: [], gestures: [{ gesture: "drag", does: "zoom" }] },
      { name: "Everywhere", bindings: [key("?")], gestures: [] },
      { name: "Charts", bindings: [key("/")], gestures: [{ gesture: "double click", does: "all" }] },
    ];
    expect(listed(groups).map(({ name, bindings, gestures }) => [name, bindings.length, gestures.length])).toEqual([
      ["Charts", 1, 2],
      ["Everywhere", 1, 0],
    ]);
  });
});
