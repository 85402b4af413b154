import { expect, test } from "vitest";

import { hashOfLines, linesOfHash } from "./view";

test.each([
  ["#L1", [0, 0]],
  ["#L123", [122, 122]],
  ["#L3-L9", [2, 8]],
  ["#L9-L3", [2, 8]],
  ["#L5-L5", [4, 4]],
] as const)("%s names lines", (hash, lines) => {
  expect(linesOfHash(hash)).toEqual(lines);
  expect(linesOfHash(hashOfLines(lines))).toEqual(lines);
});

test.each(["", "#", "#L0", "#L", "#L1x", "#L1-", "#L-1", "#L1-2", `#L${"9".repeat(30)}`])("%j names none", (hash) =>
  expect(linesOfHash(hash)).toBeNull(),
);
