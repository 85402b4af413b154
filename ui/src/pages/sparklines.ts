// Small pictures of series: the extremes of each pixel column, as one path, without axes.

import { useMemo } from "react";

import { readSeries, type SeriesPoints } from "../api/series";
import { FLAG, type SeriesSummary } from "../api/types";
import { useFollowing } from "../state/following";

export const SPARK_WIDTH = 120;
export const SPARK_HEIGHT = 20;
const MARGIN = 2;

/** Paths (SVG) for the series, in their order; empty where there is no line to draw yet. */
export function useSparklines(task: string, series: readonly SeriesSummary[]): readonly string[] {
  const reads = series.map(({ title, series: name }) => ({ task, title, series: name }));
  const { data } = useFollowing(task, `sparklines ${JSON.stringify(reads)}`, async (signal) => {
    if (reads.length === 0) return [];
    return readSeries({ reads, axis: "iteration", columns: SPARK_WIDTH }, { signal });
  });
  return useMemo(() => (data ?? []).map(sparkPath), [data]);
}

/** The line through the finite points; a gap where what was logged is not finite. */
export function sparkPath(points: Pick<SeriesPoints, "iteration" | "value" | "flags">): string {
  const { iteration, value, flags } = points;
  const shown = [...value.keys()].filter((i) => Number.isFinite(value[i]) && !((flags[i] as number) & FLAG.noIteration));
  if (shown.length < 2) return "";
  const x = scale(shown.map((i) => iteration[i] as number), 1, SPARK_WIDTH - 1);
  const y = scale(shown.map((i) => value[i] as number), SPARK_HEIGHT - MARGIN, MARGIN);
  let path = "";
  for (const [k, i] of shown.entries()) {
    const joined = k > 0 && shown[k - 1] === i - 1;
    path += `${joined ? "L" : "M"}${x(iteration[i] as number)} ${y(value[i] as number)}`;
  }
  return path;
}

function scale(values: readonly number[], from: number, to: number): (value: number) => string {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high - low;
  if (!(span > 0)) return () => ((from + to) / 2).toFixed(1);
  // Halved first: the span of two huge numbers may itself not be finite.
  return (value) => (from + ((value / 2 - low / 2) / (high / 2 - low / 2)) * (to - from)).toFixed(1);
}
