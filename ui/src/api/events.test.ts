import { describe, expect, test } from "vitest";

import { Gathered, mergeChange } from "./events";
import type { TaskChange } from "./types";

const change = (over: Partial<TaskChange> = {}): TaskChange => ({
  id: "a",
  status: "in_progress",
  scalars: false,
  console: false,
  detail: false,
  plots: false,
  samples: false,
  deleted: false,
  series: null,
  points: 0,
  readings: 0,
  ...over,
});

describe("changes of one task", () => {
  test("add up, and the latest status holds", () => {
    const merged = mergeChange(change({ console: true, plots: true }), change({ status: "failed", detail: true, samples: true }));
    expect(merged).toMatchObject({ status: "failed", console: true, detail: true, scalars: false, plots: true, samples: true });
    const counted = mergeChange(change({ points: 3, readings: 1 }), change({ points: 4 }));
    expect(counted).toMatchObject({ points: 7, readings: 1 });
  });

  test("series are joined, each once", () => {
    const merged = mergeChange(
      change({ scalars: true, series: [["loss", "a"], ["loss", "b"]] }),
      change({ scalars: true, series: [["loss", "b"], ["x", "y"]] }),
    );
    expect(merged.series).toEqual([["loss", "a"], ["loss", "b"], ["x", "y"]]);
  });

  test("unnamed series stay unnamed, but a change without scalars names none", () => {
    const named = change({ scalars: true, series: [["loss", "a"]] });
    expect(mergeChange(named, change({ scalars: true, series: null })).series).toBeNull();
    expect(mergeChange(named, change({ console: true })).series).toEqual([["loss", "a"]]);
    expect(mergeChange(change({ console: true }), named).series).toEqual([["loss", "a"]]);
  });
});

test("a burst over many tasks is taken once, one change for each", () => {
  const gathered = new Gathered();
  for (let i = 0; i < 100; i++) gathered.add([change({ id: `t${i % 3}`, scalars: i % 2 === 0, console: i % 2 === 1 })]);
  const taken = gathered.take();
  expect(taken.map(({ id }) => id)).toEqual(["t0", "t1", "t2"]);
  expect(taken.every((one) => one.scalars && one.console)).toBe(true);
  expect(gathered.empty).toBe(true);
  expect(gathered.take()).toEqual([]);
});
