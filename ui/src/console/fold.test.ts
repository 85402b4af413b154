import { describe, expect, it } from "vitest";

import { foldAt, foldLimit } from "./fold";

describe("a long line", () => {
  it("is folded to about twelve lines of the window where it wraps", () => {
    expect(foldLimit(1280, true)).toBe(12 * 150);
    expect(foldLimit(320, true)).toBe(12 * 30);
    expect(foldAt("x".repeat(5000), foldLimit(1280, true), null)).toBe(1800);
    expect(foldAt("x".repeat(5000), foldLimit(1280, false), null)).toBe(null);
    expect(foldAt("x".repeat(1900), 1800, null)).toBe(null);
  });

  it("is whole where the search finds something in what would be hidden", () => {
    const text = `${"x".repeat(3000)}needle`;
    expect(foldAt(text, 1000, /needle/g)).toBe(null);
    expect(foldAt(text, 1000, /x{5}y/g)).toBe(1000);
  });

  it("is not cut within a character", () => {
    expect(foldAt("🦜".repeat(100), 51, null)).toBe(50);
  });
});
