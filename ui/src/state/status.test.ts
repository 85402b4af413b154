import { describe, expect, it } from "vitest";

import { reasonName } from "./status";

describe("why a task ended", () => {
  it("is in words where it is a signal", () => {
    expect(reasonName("SIGKILL")).toBe("killed (SIGKILL)");
    expect(reasonName("SIGKILL, out of memory")).toBe("killed (SIGKILL), out of memory");
    expect(reasonName("SIGRTMIN+3")).toBe("killed (SIGRTMIN+3)");
    expect(reasonName("ValueError: SIGKILL")).toBe("ValueError: SIGKILL");
    expect(reasonName("")).toBe("");
  });
});
