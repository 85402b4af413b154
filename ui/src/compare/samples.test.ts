import { expect, it } from "vitest";

import type { Sample, SampleList } from "../api/types";
import { parseFilter } from "../charts/sections";
import { iterationsOver, sampleRanks, sampleRows, sideParam } from "./samples";

function list(samples: [title: string, series: string, iteration: number | null, rank?: number][]): SampleList {
  const made = samples.map(([title, series, iteration, rank = 0]) => ({ title, series, iteration, rank }) as Sample);
  return { samples: made, groups: made.map(({ title, series, iteration }) => ({ title, series, iterations: [iteration] })) };
}

const LISTS = new Map([
  ["a", list([["t", "x", 1], ["t", "y", 2, 1], ["t", "y", 2, 0]])],
  ["b", list([["t", "x", 5]])],
]);

it("aligns samples by series, of several ranks the lowest", () => {
  const rows = sampleRows(["a", "b", "c"], LISTS, parseFilter(""));
  expect(rows.map(({ series, cells }) => [series, cells.map((cell) => cell && [cell.iteration, cell.rank])])).toEqual([
    ["x", [[1, 0], [5, 0], null]],
    ["y", [[2, 0], null, null]],
  ]);
  expect(rows.map(({ ranks }) => ranks)).toEqual([[[0], [0], []], [[0, 1], [], []]]);
  expect(sampleRows(["a"], LISTS, parseFilter("y")).map(({ series }) => series)).toEqual(["y"]);
});

it("shows the rank that is asked for, and none of another", () => {
  const rows = sampleRows(["a", "b", "c"], LISTS, parseFilter(""), 1);
  expect(rows.map(({ cells }) => cells.map((cell) => cell && cell.rank))).toEqual([[null, null, null], [1, null, null]]);
  expect(sampleRanks(LISTS)).toEqual([0, 1]);
});

it("knows the iterations of all, or of one series", () => {
  expect(iterationsOver(LISTS.values(), null)).toEqual([1, 2, 5]);
  expect(iterationsOver(LISTS.values(), { title: "t", series: "x" })).toEqual([1, 5]);
});

it("a side is in the address and comes back", () => {
  const param = sideParam("left");
  for (const side of [{ task: "ab", iteration: null }, { task: "ab", iteration: -3 }, null]) expect(param.parse(param.format(side))).toEqual(side);
});
