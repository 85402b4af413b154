import { expect, it } from "vitest";

import type { PlotInfo, PlotList } from "../api/types";
import type { Compared } from "./compared";
import { plotRanks, plotsOf } from "./plots";
import { othersText, ranksText } from "./ranks";

const TASKS = ["a", "b", "c"].map((id) => ({ id, name: id }) as Compared);

function list(...plots: [series: string, rank: number, iterations: (number | null)[]][]): PlotList {
  return { plots: plots.map(([series, rank, iterations]) => ({ title: "t", series, rank, iterations }) as PlotInfo) };
}

const LISTS = new Map([
  ["a", list(["x", 1, [2]], ["x", 0, [1]], ["y", 0, [null]])],
  ["b", list(["x", 2, [5, 7]])],
]);

it("takes the lowest rank of each task until one is asked for", () => {
  const [x, y] = plotsOf(TASKS, LISTS);
  expect(x?.of.map(({ task, plot }) => [task.id, plot.rank])).toEqual([["a", 0], ["b", 2]]);
  expect([x?.iterations, x?.others, y?.of.length]).toEqual([[1, 5, 7], [], 1]);
});

it("of a rank that is asked for says who has it of others only", () => {
  const [x, y] = plotsOf(TASKS, LISTS, 1);
  expect(x?.of.map(({ task, plot }) => [task.id, plot.rank])).toEqual([["a", 1]]);
  expect([x?.iterations, x?.others]).toEqual([[2], [{ task: TASKS[1], ranks: [2] }]]);
  expect([y?.of, y?.others.map(({ task }) => task.id)]).toEqual([[], ["a"]]);
  expect(plotRanks(LISTS)).toEqual([0, 1, 2]);
});

it("says ranks in few words", () => {
  expect([[0], [0, 1], [0, 1, 2, 3, 7], [5, 9]].map(ranksText)).toEqual(["rank 0", "ranks 0, 1", "ranks 0–3, 7", "ranks 5, 9"]);
  const others = ["a", "b", "c", "d", "e"].map((name) => ({ task: { name } as Compared, ranks: [0] }));
  expect(othersText(others)).toBe("a (rank 0), b (rank 0), c (rank 0) and 2 more");
  expect(othersText(others.slice(0, 1))).toBe("a (rank 0)");
});
