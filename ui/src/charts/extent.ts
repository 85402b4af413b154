// The range of values that a panel shows: of what is visible in x, all of it or without its outliers.

import { padLogRange, padRange, type Range } from "./scale";
import { lowerBound, upperBound, type Line } from "./points";

/** A line, and how far it spreads where it is a group's. */
export interface Spread {
  line: Line;
  band?: { low: Float64Array; high: Float64Array } | null;
}

export interface ExtentOptions {
  log: boolean;
  /** Leave out values beyond the 2nd and 98th percentile of what is visible. */
  ignoreOutliers: boolean;
  /** Hold zero; without meaning on a logarithmic axis. */
  fromZero?: boolean;
}

const OUTLIER_SHARE = 0.02;
const ROOM = 0.05;

/** The y range over the visible x range, or null where nothing is visible there. */
export function valueRange(drawn: readonly Spread[], visible: Range, options: ExtentOptions): Range | null {
  const lines = drawn.flatMap(({ line, band }) =>
    band ? [line, { ...line, value: band.low }, { ...line, value: band.high }] : [line],
  );
  const range = options.ignoreOutliers ? central(lines, visible, options.log) : extremes(lines, visible, options.log);
  if (range === null) return null;
  if (options.log) return padLogRange(range, ROOM);
  if (!options.fromZero) return padRange(range, ROOM);
  return {
    ...padRange({ low: Math.min(0, range.low), high: Math.max(0, range.high) }, ROOM),
    ...(range.low >= 0 && { low: 0 }),
  };
}

/** Indices of the points in a range and the neighbour on either side, to which the line is drawn. */
export function visiblePart(line: Line, visible: Range): [number, number] {
  const begin = Math.max(0, lowerBound(line.x, visible.low) - 1);
  const end = Math.min(line.length, upperBound(line.x, visible.high) + 1);
  return [begin, end];
}

function extremes(lines: readonly Line[], visible: Range, log: boolean): Range | null {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    const inner: [number, number] = [lowerBound(line.x, visible.low), upperBound(line.x, visible.high)];
    // A line that only crosses the range is seen all the same: then its neighbours count.
    const [begin, end] = inner[0] < inner[1] ? inner : visiblePart(line, visible);
    for (let i = begin; i < end; i++) {
      const value = line.value[i]!;
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? { low, high } : null;
}

function central(lines: readonly Line[], visible: Range, log: boolean): Range | null {
  const values: number[] = [];
  for (const line of lines) {
    const [begin, end] = visiblePart(line, visible);
    for (let i = begin; i < end; i++) {
      const value = line.value[i]!;
      if (Number.isFinite(value) && (!log || value > 0)) values.push(value);
    }
  }
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length * OUTLIER_SHARE);
  // Few values have no percentiles, but one of them may still be the outlier: leave out at least one at each end.
  const skip = sorted.length >= 10 ? Math.max(1, cut) : cut;
  return { low: sorted[skip]!, high: sorted[sorted.length - 1 - skip]! };
}

/** The x range of the data of a panel; null where there is none. On a logarithmic axis only what is above zero counts. */
export function placeRange(lines: readonly Line[], log: boolean): Range | null {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    const begin = log ? upperBound(line.x, 0) : 0;
    if (begin < line.length) {
      low = Math.min(low, line.x[begin]!);
      high = Math.max(high, line.x[line.length - 1]!);
    }
    for (const mark of line.marks) {
      if (log && mark.x <= 0) continue;
      low = Math.min(low, mark.x);
      high = Math.max(high, mark.x);
    }
  }
  return low <= high ? { low, high } : null;
}

/** How many points a logarithmic axis cannot show, over what is held. */
export function notOnLogAxis(lines: readonly Line[], of: { logX: boolean; logY: boolean }): number {
  let count = 0;
  for (const line of lines) {
    for (let i = 0; i < line.length; i++) {
      if ((of.logY && line.value[i]! <= 0) || (of.logX && line.x[i]! <= 0)) count++;
    }
  }
  return count;
}
