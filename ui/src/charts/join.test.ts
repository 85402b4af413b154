import { describe, expect, it } from "vitest";

import { FLAG } from "../api/types";
import { joinLines, valueAt } from "./join";
import type { Line } from "./points";

function line(iteration: number[], value: number[], flags: number[] = []): Line {
  const at = Float64Array.from(iteration);
  return {
    length: iteration.length,
    x: at,
    iteration: at,
    timeUs: at.map((i) => i * 1000),
    value: Float64Array.from(value),
    flags: Uint8Array.from(iteration, (_, i) => flags[i] ?? 0),
    marks: [],
    exact: true,
    points: iteration.length,
  };
}

const shown = ({ line: { x, value } }: ReturnType<typeof joinLines>) => [[...x], [...value]];

describe("a line over another series", () => {
  it("has its points at the values of x at the same iterations, and counts those without", () => {
    const joined = joinLines(line([0, 10, 20, 30], [1, 2, 3, 4]), line([-1, 0, 5, 10, 20, 40], [9, 5, 6, 7, 8, 9]));
    expect(shown(joined)).toEqual([[1, 2, 3], [5, 7, 8]]);
    expect(joined).toMatchObject({ alone: 3, steady: true });
    expect([...joined.line.timeUs]).toEqual([0, 10000, 20000]);
  });

  it("stays a line where x falls, and is points where it turns", () => {
    const y = line([0, 1, 2], [5, 6, 7]);
    const falling = joinLines(line([0, 1, 2], [3, 2, 1]), y);
    expect([shown(falling), falling.steady]).toEqual([[[1, 2, 3], [7, 6, 5]], true]);
    const turning = joinLines(line([0, 1, 2], [1, 3, 2]), y);
    expect([shown(turning), turning.steady]).toEqual([[[1, 2, 3], [5, 7, 6]], false]);
  });

  it("takes the last x of an iteration, every y of it, and no x that was NaN", () => {
    const x = line([0, 0, 1, 2], [1, 2, 0, 4], [0, 0, FLAG.nan | FLAG.replaced, 0]);
    const joined = joinLines(x, line([0, 0, 1, 2], [5, 6, 7, 8]));
    expect(shown(joined)).toEqual([[2, 2, 4], [5, 6, 8]]);
    expect(joined.alone).toBe(1);
    expect([valueAt(x, 0), valueAt(x, 1), valueAt(x, 9)]).toEqual([2, NaN, NaN]);
  });

  it("places marks where their x is known", () => {
    const mark = (iteration: number) => ({ x: iteration, iteration, time_us: 0, flags: FLAG.nan, value: 0, count: 1 });
    const y = { ...line([0], [1]), marks: [mark(1), mark(2)] };
    expect(joinLines(line([0, 1], [7, 8]), y).line.marks.map(({ x }) => x)).toEqual([8]);
  });

  it("is empty where either is", () => {
    expect(shown(joinLines(line([], []), line([1], [1])))).toEqual([[], []]);
    expect(shown(joinLines(line([1], [1]), line([], [])))).toEqual([[], []]);
  });
});
