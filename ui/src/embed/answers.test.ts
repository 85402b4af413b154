import { expect, test } from "vitest";

import type { ConsoleLine, Sample } from "../api/types";
import { consolePage, samplesOf, within } from "./answers";

const line = (number: number, text: string, more: Partial<ConsoleLine> = {}): ConsoleLine => ({
  number,
  time_us: number * 10,
  stream: "stdout",
  level: 20,
  rank: 0,
  attempt: 0,
  text,
  open: false,
  found: [],
  ...more,
});
const LINES = [line(5, "one"), line(6, "\x1b[31mt\x1b[0mwo"), line(7, "🙂 three", { stream: "stderr", level: 40 }), line(8, "four")];
const numbers = (query: string): number[] => consolePage(LINES, new URLSearchParams(query)).lines.map(({ number }) => number);

test("console lines are counted and filtered as the server does", () => {
  expect(numbers("offset=1&limit=2")).toEqual([6, 7]);
  expect(numbers("offset=-1&limit=9")).toEqual([8]);
  expect(numbers("from_line=7&offset=0&limit=9")).toEqual([7, 8]);
  expect(numbers("from_line=7&offset=-1&limit=1")).toEqual([6]);
  expect(numbers("from_us=61&limit=1")).toEqual([7]);
  expect(numbers("stream=stderr")).toEqual([7]);
  expect(numbers("minimum_level=30")).toEqual([7]);
  expect(numbers("pattern=T")).toEqual([6, 7]);
  expect(numbers("pattern=T&ignore_case=false")).toEqual([]);
  expect(() => numbers("pattern=(")).toThrow();
});

test("what is found is told in characters of the text without its colours", () => {
  const found = consolePage(LINES, new URLSearchParams("pattern=two|three")).lines.map((one) => one.found);
  expect(found).toEqual([[[0, 3]], [[2, 7]]]);
});

const sample = (series: string, iteration: number | null): Sample =>
  ({ title: "t", series, rank: 0, iteration, time_us: 1, id: `${series}${iteration}` }) as Sample;

test("samples are those of an iteration, or the latest", () => {
  const list = { groups: [], samples: [sample("a", 0), sample("a", 4), sample("b", 2), sample("b", null)] };
  const ids = (query: string): string[] => samplesOf(list, new URLSearchParams(query)).samples.map(({ id }) => id);
  expect(ids("")).toEqual(["a4", "b2"]);
  expect(ids("at=3")).toEqual(["a0", "b2"]);
  expect(ids("at=1")).toEqual(["a0", "bnull"]);
  expect(ids("latest=9&series=a")).toEqual(["a0", "a4"]);
});

test("a range of points is cut on each axis, with its marks", () => {
  const mark = (iteration: number, time_us: number) => ({ iteration, time_us, value: 0, flags: 1, count: 1 });
  const points = {
    iteration: Float64Array.of(0, 1, 2),
    timeUs: Float64Array.of(130, 110, 120),
    value: Float64Array.of(5, 6, 7),
    flags: Uint8Array.of(0, 1, 0),
    result: { rows: 3, points: 90, exact: false, cursor: "", reset: true, start_us: 100, marks: [mark(1, 110)] },
  };
  const of = (axis: "iteration" | "relative" | "wall", low: number | null, high: number | null) => within(points, { axis, low, high });
  expect([...of("iteration", 1, 2).value]).toEqual([6, 7]);
  expect([...of("relative", null, 20).value]).toEqual([6, 7]);
  expect([...of("wall", 115, null).value]).toEqual([7, 5]);
  expect(of("iteration", 2, null).result).toMatchObject({ rows: 1, exact: false, marks: [] });
});
