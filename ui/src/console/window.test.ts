import { expect, test } from "vitest";

import { movedWindow, WINDOW_LINES, windowFor } from "./window";

test("a log that fits is one window", () => {
  expect(windowFor(12345, 500_000)).toBe(0);
  expect(movedWindow(0, 0, 40, 500_000)).toBe(0);
});

test("any line of a long log is inside its window, away from an edge that could move it at once", () => {
  const total = 10_000_000;
  for (let line = 0; line < total; line += 99_991) {
    const base = windowFor(line, total);
    expect(line).toBeGreaterThanOrEqual(base);
    expect(line).toBeLessThan(base + WINDOW_LINES);
    const moved = movedWindow(base, line, Math.min(total - 1, line + 50), total);
    expect(moved).toBe(base);
  }
  const last = windowFor(total - 1, total);
  expect(last + WINDOW_LINES).toBeGreaterThanOrEqual(total);
});

test("at an edge the window moves and keeps the lines in view", () => {
  const total = 3_000_000;
  expect(movedWindow(400_000, 400_100, 400_150, total)).toBe(0);
  expect(movedWindow(0, 799_900, 799_950, total)).toBe(400_000);
});
