// A line over the values of another series: each point of y stands where x was reported at the same iteration. Both
// are read in full, because of two reduced lines hardly any iteration is in both.

import { FLAG } from "../api/types";
import type { Feed, LineSource } from "./feed";
import { lowerBound, upperBound, type Line, type PlacedMark } from "./points";

/** Points of a series up to which it is joined: of so many a browser can hold a page. */
export const MOST_JOINED = 400_000;

export interface Joined {
  line: Line;
  /** Points of y whose iteration x does not have, or has as NaN or Inf. */
  alone: number;
  /** x never turns: the line can be drawn as one, else only its points. */
  steady: boolean;
}

/**
 * Join two lines that are in the order of their iterations. Where x was reported several times at an iteration its
 * last value counts. In the order of x.
 */
export function joinLines(x: Line, y: Line): Joined {
  const at = valuesAt(x, y.iteration, y.length);
  const order = kept(at);
  const follows = (sign: number) => order.every((index, i) => i === 0 || sign * (at[index]! - at[order[i - 1]!]!) >= 0);
  const rising = follows(1);
  const falling = !rising && follows(-1);
  if (falling) order.reverse();
  else if (!rising) order.sort((a, b) => at[a]! - at[b]! || a - b);
  const pick = (column: Float64Array) => Float64Array.from(order, (i) => column[i]!);
  const line: Line = {
    length: order.length,
    x: pick(at),
    iteration: pick(y.iteration),
    timeUs: pick(y.timeUs),
    value: pick(y.value),
    flags: Uint8Array.from(order, (i) => y.flags[i]!),
    marks: placed(x, y.marks),
    exact: x.exact && y.exact,
    points: order.length,
  };
  return { line, alone: y.length - order.length, steady: rising || falling };
}

/** The value of a line at iterations, NaN where it has none; the iterations ascend. */
function valuesAt(line: Line, iterations: Float64Array, length: number): Float64Array {
  const at = new Float64Array(length).fill(NaN);
  for (let i = 0, j = 0; i < length; i++) {
    const iteration = iterations[i]!;
    while (j < line.length && line.iteration[j]! <= iteration) j++;
    if (j > 0 && line.iteration[j - 1] === iteration && isPlace(line, j - 1)) at[i] = line.value[j - 1]!;
  }
  return at;
}

/** What is stored in place of NaN or Inf is no place. */
function isPlace(line: Line, index: number): boolean {
  return (line.flags[index]! & FLAG.nonFinite) === 0;
}

function kept(at: Float64Array): Uint32Array {
  let count = 0;
  const order = new Uint32Array(at.length);
  for (let i = 0; i < at.length; i++) if (Number.isFinite(at[i])) order[count++] = i;
  return order.subarray(0, count);
}

function placed(x: Line, marks: readonly PlacedMark[]): PlacedMark[] {
  const found = marks.map((mark) => ({ ...mark, x: valueAt(x, mark.iteration) }));
  return found.filter((mark) => Number.isFinite(mark.x)).sort((a, b) => a.x - b.x);
}

/** The value of a line at an iteration, the last where there are several; NaN where there is none. */
export function valueAt(line: Line, iteration: number): number {
  const index = upperBound(line.iteration.subarray(0, line.length), iteration) - 1;
  const here = index >= 0 && line.iteration[index] === iteration && isPlace(line, index);
  return here ? line.value[index]! : NaN;
}

/** The value of a line at an iteration or, where it has none there, at the next one. */
export function valueNear(line: Line, iteration: number): number {
  const exact = valueAt(line, iteration);
  if (!Number.isNaN(exact)) return exact;
  const index = lowerBound(line.iteration.subarray(0, line.length), iteration);
  return index < line.length ? line.value[index]! : NaN;
}

/** Joins lines of a feed, each again only when its points changed. */
export class Joins {
  private readonly made = new Map<string, { x: Line; y: Line; joined: Joined }>();

  /** The feed reads every point, over iterations. */
  constructor(private readonly feed: Feed) {}

  of(key: string, x: LineSource, y: LineSource): Joined | null {
    const [xs, ys] = [this.feed.line(x), this.feed.line(y)];
    if (!xs || !ys) return null;
    const old = this.made.get(key);
    if (old?.x === xs && old.y === ys) return old.joined;
    const joined = joinLines(xs, ys);
    this.made.set(key, { x: xs, y: ys, joined });
    return joined;
  }

  clear(): void {
    this.made.clear();
  }
}
