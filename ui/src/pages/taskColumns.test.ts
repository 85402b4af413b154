import { expect, test } from "vitest";

import { tagsWidth, taskColumns } from "./taskColumns";

test("the column of tags is as wide as the tags in view, within bounds", () => {
  expect(tagsWidth([])).toBe(60);
  expect(tagsWidth([["a"], []])).toBe(60);
  expect(tagsWidth([["baseline", "seed-1"], ["x"]])).toBe(14 + 4 + 68 + 4 + 54);
  expect(tagsWidth([["x".repeat(500)]])).toBe(14 + 4 + 160);
  expect(tagsWidth([Array.from({ length: 20 }, () => "baseline")])).toBe(300);
  expect(taskColumns([], false, 144).find(({ id }) => id === "tags")?.width).toBe("minmax(60px, 144px)");
});
