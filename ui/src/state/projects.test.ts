import { expect, test } from "vitest";

import { filterTree, isParent, projectTree, unfolded } from "./projects";

const project = (name: string, tasks: number, updated_us: number | null = null) => ({
  name,
  tasks,
  by_status: { completed: tasks },
  updated_us,
});

const tree = projectTree([project("b", 1, 5), project("a/x/deep", 2, 9), project("a", 4, 7), project("a b", 8), project("a/x10", 1), project("a/x9", 1)]);

test("parents count what is below them, and exist without tasks of their own", () => {
  expect(tree.map(({ path, depth, tasks, updatedUs }) => [path, depth, tasks, updatedUs])).toEqual([
    ["a", 0, 8, 9],
    ["a/x", 1, 2, 9],
    ["a/x/deep", 2, 2, 9],
    ["a/x9", 1, 1, null],
    ["a/x10", 1, 1, null],
    ["a b", 0, 8, null],
    ["b", 0, 1, 5],
  ]);
  expect(tree[0]?.byStatus).toEqual({ completed: 8 });
});

test("a search keeps the parents of what it finds", () => {
  expect(filterTree(tree, " DEEP").map(({ path }) => path)).toEqual(["a", "a/x", "a/x/deep"]);
  expect(filterTree(tree, "nothing")).toEqual([]);
  expect(filterTree(tree, "")).toHaveLength(tree.length);
});

test("what lies below a folded project is hidden, what has a like name is not", () => {
  const tree = projectTree(["a/b/c", "a/d", "ab"].map((name) => ({ name, tasks: 1, by_status: {}, updated_us: null })));
  const paths = (folded: string[]) => unfolded(tree, new Set(folded)).map(({ path }) => path);
  expect(paths(["a"])).toEqual(["a", "ab"]);
  expect(paths(["a/b"])).toEqual(["a", "a/b", "a/d", "ab"]);
  expect(tree.filter((node) => isParent(tree, node)).map(({ path }) => path)).toEqual(["a", "a/b"]);
});
