import { describe, expect, it } from "vitest";

import { saysLayout, valuesOf, withChange, withLayout } from "./layout";
import { readView, viewParams, withView } from "./view";

const PARAMS = viewParams("iteration");

describe("the arrangement that is kept", () => {
  it("comes back into a plain address, what the address says beside it untouched", () => {
    const change = { pins: ["loss", "a/b c"], away: ["x"], order: ["b", "a\tx", "c", ""], columns: 2, height: 300, logY: true, filter: "not kept" };
    const kept = withChange({}, PARAMS, change);
    const search = withLayout("?at=5&full=loss", PARAMS, valuesOf(JSON.parse(JSON.stringify(kept))));
    expect(readView(search, PARAMS)).toMatchObject({ ...change, filter: "", full: "loss" });
    expect(search).toContain("at=5");
  });

  it("knows an address that is a view of its own", () => {
    expect(saysLayout("?at=5&filter=x&x=1..2&full=loss", PARAMS)).toBe(false);
    expect(saysLayout(withView("", PARAMS, { columns: 1 }), PARAMS)).toBe(true);
  });

  it("forgets what is usual again, and keeps the rest", () => {
    const kept = withChange(withChange({}, PARAMS, { columns: 2, logX: true }), PARAMS, { columns: null });
    expect(withLayout("", PARAMS, kept)).toBe("?logx=1");
  });

  it("takes nothing from a document that is none", () => {
    for (const document of [null, 3, "x", [], { columns: 2 }, { columns: ["2", 3] }, { constructor: ["1"], nonsense: ["1"] }])
      expect(withLayout("", PARAMS, valuesOf(document))).toBe("");
  });
});
