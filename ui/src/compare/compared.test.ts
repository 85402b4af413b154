import { expect, it } from "vitest";

import { commonProject, distinctNames, moved } from "./compared";

it("finds the project that all lie in", () => {
  expect(commonProject(["a/b", "a/b"])).toBe("a/b");
  expect(commonProject(["a/b/c", "a/b", "a/b/d"])).toBe("a/b");
  expect(commonProject(["a/b", "a/bc"])).toBe("a");
  expect(commonProject(["a", "b"])).toBe("");
  expect(commonProject(["", "a"])).toBe("");
  expect(commonProject([])).toBe("");
});

it("gives no two tasks one name", () => {
  const names = distinctNames(["aaaaaa1", "aaaaaa2", "c"].map((id, i) => ({ id, name: i < 2 ? "same" : " " })));
  expect(names).toEqual(["same · aaaaaa", "same · aaaaaa2", "no name"]);
});

it("moves one among others, not beyond either end", () => {
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 0, 9)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["c", "a", "b"]);
});
