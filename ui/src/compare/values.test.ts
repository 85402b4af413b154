import { expect, it } from "vitest";

import type { SeriesSummary } from "../api/types";
import { everyValue } from "./values";

it("writes single values beside all numbers of every metric", () => {
  const point = (value: number, iteration: number) => ({ value, iteration, time_us: 0, flags: 0 });
  const summary = { last: point(1, 9), minimum: point(0, 3), maximum: point(2, 0), first: point(2, 0), mean: 1, count: 10, non_finite: 0 } as SeriesSummary;
  const table = everyValue(
    ["a", "b"],
    [{ key: "m:best", name: "best", values: [null, 0.5], nonFinite: [0, 0] }],
    [{ key: "loss", title: "loss", series: "train", summaries: [summary, null] }],
  );
  const rows = Array.from({ length: table.rows }, (_, i) => table.columns.map(({ cells }) => cells[i]));
  expect(rows).toEqual([
    ["best", "", "b", 0.5, null, null, null, null, null, null, null, 0],
    ["loss", "train", "a", 1, 0, 2, 2, 1, 3, 0, 10, 0],
  ]);
});
