import { describe, expect, it } from "vitest";

import type { SeriesPoints } from "../api/series";
import type { Mark } from "../api/types";
import { lineOf, lowerBound, PointBuffer, upperBound } from "./points";

interface Given {
  iteration: number[];
  timeUs?: number[];
  value?: number[];
  reset?: boolean;
  exact?: boolean;
  marks?: Mark[];
}

function answer({ iteration, timeUs, value, reset = true, exact = true, marks = [] }: Given): SeriesPoints {
  const rows = iteration.length;
  return {
    result: { rows, points: rows, exact, cursor: "c", reset, start_us: 1000, marks },
    iteration: Float64Array.from(iteration),
    timeUs: Float64Array.from(timeUs ?? iteration.map((i) => 1000 + i * 10)),
    value: Float64Array.from(value ?? iteration),
    flags: new Uint8Array(rows),
  };
}

const buffer = (given: Given, axis: "iteration" | "relative" | "wall" = "iteration") => {
  const made = new PointBuffer(axis);
  made.take(answer(given));
  return made;
};

describe("a buffer of points", () => {
  it("appends what came since, and counts it", () => {
    const points = buffer({ iteration: [1, 2] });
    for (let i = 3; i < 300; i++) points.take(answer({ iteration: [i], reset: false }));
    expect(points.length).toBe(299);
    expect(points.tail).toBe(297);
    expect([...points.value.subarray(296, 299)]).toEqual([297, 298, 299]);
  });

  it("puts late points where they belong, equal ones in the order of their time", () => {
    const points = buffer({ iteration: [1, 5, 9] });
    points.take(answer({ iteration: [5, 3], timeUs: [5000, 5001], value: [50, 30], reset: false }));
    expect([...points.iteration.subarray(0, points.length)]).toEqual([1, 3, 5, 5, 9]);
    expect([...points.value.subarray(0, points.length)]).toEqual([1, 30, 5, 50, 9]);
  });

  it("is replaced by a whole answer", () => {
    const points = buffer({ iteration: [1, 2, 3] });
    points.take(answer({ iteration: [7], reset: true, exact: false }));
    expect([points.length, points.tail, points.exact]).toEqual([1, 0, false]);
  });

  it("does not keep the bytes of the answer alive", () => {
    const whole = answer({ iteration: [1, 2, 3] });
    const points = new PointBuffer("iteration");
    points.take(whole);
    expect(points.value.buffer).not.toBe(whole.value.buffer);
  });

  it("adds marks in order", () => {
    const mark = (iteration: number): Mark => ({ iteration, time_us: iteration, value: 0, flags: 9, count: 1 });
    const points = buffer({ iteration: [1], marks: [mark(5)] });
    points.take(answer({ iteration: [2], marks: [mark(2)], reset: false }));
    expect(points.marks.map(({ iteration }) => iteration)).toEqual([2, 5]);
  });

  it("can be drawn on another axis before that is read", () => {
    const points = buffer({ iteration: [1, 2, 3], timeUs: [30, 10, 20] }).onAxis("wall");
    expect([...points.iteration.subarray(0, 3)]).toEqual([2, 3, 1]);
  });
});

describe("a line", () => {
  it("has its x in units of the axis", () => {
    expect([...lineOf(buffer({ iteration: [4], timeUs: [1500] }, "relative"), null, 1000).x]).toEqual([500]);
    expect([...lineOf(buffer({ iteration: [4], timeUs: [1500] }, "wall"), null, 1000).x]).toEqual([1500]);
  });

  it("takes the exact part within its range and the whole around it", () => {
    const whole = buffer({ iteration: [0, 10, 20, 30, 40], exact: false });
    const part = buffer({ iteration: [15, 16, 17, 20, 22], value: [1, 2, 3, 4, 5] });
    const line = lineOf(whole, { low: 15, high: 25, buffer: part }, 0);
    expect([...line.x]).toEqual([0, 10, 15, 16, 17, 20, 22, 30, 40]);
    expect([...line.value]).toEqual([0, 10, 1, 2, 3, 4, 5, 30, 40]);
    expect(line.exact).toBe(true);
  });

  it("keeps a part that has no points empty", () => {
    const line = lineOf(buffer({ iteration: [0, 10, 20] }), { low: 5, high: 15, buffer: buffer({ iteration: [] }) }, 0);
    expect([...line.x]).toEqual([0, 20]);
  });
});

it("finds bounds among equal values", () => {
  const x = Float64Array.from([1, 2, 2, 2, 5]);
  expect([lowerBound(x, 2), upperBound(x, 2), lowerBound(x, 9), upperBound(x, 0)]).toEqual([1, 4, 5, 0]);
});
