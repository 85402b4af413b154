import { describe, expect, it } from "vitest";

import { differing, GROUPING, groupsOf, isSeed, prefixOfName, type Groupable } from "./grouping";

function task(id: string, parameters: Record<string, string>, tags: string[] = [], name = id): Groupable {
  return { id, name, tags, parameters: new Map(Object.entries(parameters)) };
}

const TASKS = [
  task("a", { "General/lr": "0.1", "General/seed": "1", same: "x" }, ["base"]),
  task("b", { "General/lr": "0.1", "General/seed": "2", same: "x" }, ["base", "best"]),
  task("c", { "General/lr": "0.01", "General/seed": "1", same: "x" }),
];

describe("groupsOf", () => {
  it("leaves the seed out of the key", () => {
    expect(groupsOf(TASKS, { by: "seed" })).toEqual([
      { key: "group\tlr=0.01", label: "lr=0.01", ids: ["c"] },
      { key: "group\tlr=0.1", label: "lr=0.1", ids: ["a", "b"] },
    ]);
  });

  it("puts all together where nothing but the seed differs", () => {
    expect(groupsOf(TASKS.slice(0, 2), { by: "seed" })?.map(({ ids }) => ids)).toEqual([["a", "b"]]);
  });

  it("puts a task into the group of each of its tags", () => {
    expect(groupsOf(TASKS, { by: "tag" })?.map(({ label, ids }) => [label, ids])).toEqual([
      ["base", ["a", "b"]],
      ["best", ["b"]],
      ["no tag", ["c"]],
    ]);
  });

  it("names what has no such parameter", () => {
    const tasks = [...TASKS, task("d", {})];
    expect(groupsOf(tasks, { by: "parameter", name: "General/lr" })?.map(({ label }) => label)).toEqual(["lr=0.01", "lr=0.1", "no lr"]);
  });

  it("keeps parameters of one name in two sections apart", () => {
    const tasks = [task("a", { "x/lr": "1", "y/lr": "2" }), task("b", { "x/lr": "2", "y/lr": "1" })];
    expect(groupsOf(tasks, { by: "seed" })?.map(({ label }) => label)).toEqual(["x/lr=1, y/lr=2", "x/lr=2, y/lr=1"]);
  });

  it("does not group where none is asked for", () => expect(groupsOf(TASKS, { by: "none" })).toBeNull());
});

it("finds what differs, a missing parameter included", () => {
  expect(differing(TASKS)).toEqual(["General/lr", "General/seed"]);
  expect(differing([task("a", { x: "1" }), task("b", {})])).toEqual(["x"]);
  expect(differing([task("a", { __proto__x: "1", constructor: "1" }), task("b", { constructor: "2" })])).toEqual(["__proto__x", "constructor"]);
});

it("knows a seed by its name", () => {
  expect(["seed", "General/seed", "General/random_seed", "a/b/SEED"].every(isSeed)).toBe(true);
  expect(["seeds", "General/seedling", "reseeded", "seed/lr"].some(isSeed)).toBe(false);
});

it("takes the number off a name", () => {
  expect(["resnet-3", "resnet_seed=4", "resnet (run 12)", "resnet 007", "resnet"].map(prefixOfName)).toEqual(Array(5).fill("resnet"));
  expect(prefixOfName("123")).toBe("123");
  expect(prefixOfName("")).toBe("no name");
});

it("is in the address and comes back", () => {
  for (const grouping of [{ by: "none" }, { by: "seed" }, { by: "parameter", name: "a:b/c" }] as const)
    expect(GROUPING.parse(GROUPING.format(grouping))).toEqual(grouping);
  expect(GROUPING.parse(["nonsense"])).toEqual({ by: "none" });
});
