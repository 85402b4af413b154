import { expect, test } from "vitest";

import type { Point, SeriesSummary } from "../api/types";
import { chosenRows, toCsv } from "../tables/table";
import { layOut, parseFilter } from "./sections";
import { valuesTable } from "./values";

const point = (iteration: number, value: number | null, flags = 0): Point => ({ iteration, time_us: 0, value, flags });

test("a row a line; what was no number says so", () => {
  const series: SeriesSummary[] = [
    {
      title: "loss", series: "b", attempts: [0], ranks: [0], count: 3, non_finite: 1, low: 0, high: 2,
      first: point(0, 0.5), last: point(2, null, 1), minimum: point(1, 0.25), maximum: point(0, 0.5), mean: 0.375,
    },
    {
      title: "loss", series: "a", attempts: [0], ranks: [0], count: 0, non_finite: 0, low: null, high: null,
      first: null, last: null, minimum: null, maximum: null, mean: null,
    },
  ];
  const table = valuesTable(layOut(series, parseFilter(""), { task: "t", rank: null }).flatMap(({ panels }) => panels));
  expect(toCsv(table, chosenRows(table, "", null)).split("\r\n")).toEqual([
    'title,series,first,last,min,at,max,at,mean,points,"NaN, Inf",last at',
    "loss,a,,,,,,,,0,0,",
    "loss,b,0.5,NaN,0.25,1,0.5,0,0.375,3,1,2",
    "",
  ]);
});

test("points without an iteration are told", () => {
  const whole: SeriesSummary = {
    title: "t", series: "s", attempts: [0], ranks: [0], count: 2, non_finite: 0, low: null, high: null,
    first: null, last: null, minimum: null, maximum: null, mean: 1.5,
  };
  const table = valuesTable(layOut([whole], parseFilter(""), { task: "t", rank: null }).flatMap(({ panels }) => panels));
  expect(toCsv(table, chosenRows(table, "", null)).split("\r\n")[1]).toBe("t,s,,,,,,,1.5,2,0,no iteration");
});
