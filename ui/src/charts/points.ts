// The points of one series as the page holds them: typed arrays that grow, in the order of one axis. What the server
// reduced stays as it came (the M4 set); what was pushed since is appended raw, and counted, so that the reader of
// these points knows when to ask for a reduced answer again.

import type { SeriesPoints } from "../api/series";
import type { Axis, Mark } from "../api/types";

export interface Columns {
  length: number;
  iteration: Float64Array;
  timeUs: Float64Array;
  value: Float64Array;
  flags: Uint8Array;
}

export class PointBuffer implements Columns {
  length = 0;
  iteration = new Float64Array(0);
  timeUs = new Float64Array(0);
  value = new Float64Array(0);
  flags = new Uint8Array(0);
  marks: Mark[] = [];
  cursor: string | null = null;
  /** Every point of the range is here. */
  exact = true;
  /** Points of the range that these stand for. */
  points = 0;
  /** Points that came raw since the last reduced answer. */
  tail = 0;
  startUs: number | null = null;

  constructor(readonly axis: Axis) {}

  /** Take an answer: in place of what is here where it is whole, behind it where it is only what came since. */
  take(answer: SeriesPoints): void {
    const { result } = answer;
    if (result.reset || this.cursor === null) this.replace(answer);
    else this.append(answer);
    this.cursor = result.cursor;
    this.startUs = result.start_us ?? this.startUs;
  }

  /** The same points in the order of another axis, to draw until that axis has been read. */
  onAxis(axis: Axis): PointBuffer {
    const other = new PointBuffer(axis);
    other.startUs = this.startUs;
    other.length = this.length;
    other.iteration = this.iteration;
    other.timeUs = this.timeUs;
    other.value = this.value;
    other.flags = this.flags;
    other.marks = joinMarks([], this.marks, axis);
    other.exact = this.exact;
    other.points = this.points;
    other.sort();
    return other;
  }

  private replace(answer: SeriesPoints): void {
    // Copies, because the answer's arrays are views of one buffer that many series share and would keep alive.
    this.iteration = answer.iteration.slice();
    this.timeUs = answer.timeUs.slice();
    this.value = answer.value.slice();
    this.flags = answer.flags.slice();
    this.length = this.iteration.length;
    this.marks = [...answer.result.marks];
    this.exact = answer.result.exact;
    this.points = answer.result.points;
    this.tail = 0;
  }

  private append(answer: SeriesPoints): void {
    const added = answer.iteration.length;
    this.marks = joinMarks(this.marks, answer.result.marks, this.axis);
    if (added === 0) return;
    this.grow(this.length + added);
    const sorted = this.length === 0 || this.before(this.last(this), first(answer));
    this.copyIn(answer, this.length);
    this.length += added;
    this.points += added;
    this.tail += added;
    if (!sorted) this.sort();
  }

  private before(a: [number, number], b: [number, number]): boolean {
    return this.axis === "iteration" ? a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]) : a[1] <= b[1];
  }

  private last(of: Columns): [number, number] {
    return [of.iteration[of.length - 1]!, of.timeUs[of.length - 1]!];
  }

  private copyIn(from: SeriesPoints, at: number): void {
    this.iteration.set(from.iteration, at);
    this.timeUs.set(from.timeUs, at);
    this.value.set(from.value, at);
    this.flags.set(from.flags, at);
  }

  private grow(length: number): void {
    if (length <= this.value.length) return;
    const capacity = Math.max(64, length, Math.ceil(this.value.length * 1.5));
    const larger = (old: Float64Array) => {
      const grown = new Float64Array(capacity);
      grown.set(old.subarray(0, this.length));
      return grown;
    };
    this.iteration = larger(this.iteration);
    this.timeUs = larger(this.timeUs);
    this.value = larger(this.value);
    const flags = new Uint8Array(capacity);
    flags.set(this.flags.subarray(0, this.length));
    this.flags = flags;
  }

  /** Late points came out of order: put all in the order of the axis, equal ones as they came. */
  private sort(): void {
    const order = Uint32Array.from({ length: this.length }, (_, i) => i);
    const { iteration, timeUs } = this;
    const key = this.axis === "iteration" ? iteration : timeUs;
    order.sort((a, b) => key[a]! - key[b]! || timeUs[a]! - timeUs[b]! || a - b);
    const pick = (old: Float64Array) => Float64Array.from(order, (i) => old[i]!);
    const flags = this.flags;
    this.flags = Uint8Array.from(order, (i) => flags[i]!);
    this.value = pick(this.value);
    this.iteration = pick(iteration);
    this.timeUs = pick(timeUs);
  }
}

function first(answer: SeriesPoints): [number, number] {
  return [answer.iteration[0]!, answer.timeUs[0]!];
}

function joinMarks(old: Mark[], added: Mark[], axis: Axis): Mark[] {
  if (added.length === 0) return old;
  const place = (mark: Mark) => (axis === "iteration" ? mark.iteration : mark.time_us);
  return [...old, ...added].sort((a, b) => place(a) - place(b));
}

/** What one line is drawn from: x in units of the axis (iterations or microseconds), in order. */
export interface Line extends Columns {
  x: Float64Array;
  marks: readonly PlacedMark[];
  /** Every point of the range drawn is here, not only the M4 set. */
  exact: boolean;
  points: number;
}

export interface PlacedMark extends Mark {
  x: number;
}

/** The x of a point on an axis. `startUs` is where "relative" counts from. */
export function placeOf(axis: Axis, iteration: number, timeUs: number, startUs: number): number {
  return axis === "iteration" ? iteration : axis === "relative" ? timeUs - startUs : timeUs;
}

/** Draw from the points of the whole series and, where there is one, an exact reading of a part of it. */
export function lineOf(whole: PointBuffer, part: PointRange | null, startUs: number): Line {
  const x = xOf(whole, startUs);
  const marks = placeMarks(whole.marks, whole.axis, startUs);
  if (part === null) return { ...view(whole, 0, whole.length), x, marks, exact: whole.exact, points: whole.points };
  const inner = xOf(part.buffer, startUs);
  const begin = lowerBound(x, part.low);
  const end = upperBound(x, part.high);
  const pieces: Piece[] = [
    [whole, x, 0, begin],
    [part.buffer, inner, lowerBound(inner, part.low), upperBound(inner, part.high)],
    [whole, x, end, x.length],
  ];
  const outside = marks.filter((mark) => mark.x < part.low || mark.x > part.high);
  const within = placeMarks(part.buffer.marks, whole.axis, startUs);
  return {
    ...joined(pieces),
    marks: [...outside, ...within].sort((a, b) => a.x - b.x),
    exact: part.buffer.exact,
    points: part.buffer.points,
  };
}

/** An exact reading of a part of a series; bounds in units of the axis, both inclusive. */
export interface PointRange {
  low: number;
  high: number;
  buffer: PointBuffer;
}

type Piece = [Columns, Float64Array, number, number];

function joined(pieces: Piece[]): Columns & { x: Float64Array } {
  const length = pieces.reduce((sum, [, , begin, end]) => sum + Math.max(0, end - begin), 0);
  const out = {
    length,
    x: new Float64Array(length),
    iteration: new Float64Array(length),
    timeUs: new Float64Array(length),
    value: new Float64Array(length),
    flags: new Uint8Array(length),
  };
  let at = 0;
  for (const [from, x, begin, end] of pieces) {
    if (end <= begin) continue;
    out.x.set(x.subarray(begin, end), at);
    out.iteration.set(from.iteration.subarray(begin, end), at);
    out.timeUs.set(from.timeUs.subarray(begin, end), at);
    out.value.set(from.value.subarray(begin, end), at);
    out.flags.set(from.flags.subarray(begin, end), at);
    at += end - begin;
  }
  return out;
}

function view(of: Columns, begin: number, end: number): Columns {
  return {
    length: end - begin,
    iteration: of.iteration.subarray(begin, end),
    timeUs: of.timeUs.subarray(begin, end),
    value: of.value.subarray(begin, end),
    flags: of.flags.subarray(begin, end),
  };
}

function xOf(buffer: PointBuffer, startUs: number): Float64Array {
  if (buffer.axis === "iteration") return buffer.iteration.subarray(0, buffer.length);
  const time = buffer.timeUs.subarray(0, buffer.length);
  return buffer.axis === "wall" ? time : time.map((us) => us - startUs);
}

function placeMarks(marks: readonly Mark[], axis: Axis, startUs: number): PlacedMark[] {
  return marks.map((mark) => ({ ...mark, x: placeOf(axis, mark.iteration, mark.time_us, startUs) }));
}

/** Index of the first x that is not below a bound. */
export function lowerBound(x: Float64Array, bound: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first x above a bound. */
export function upperBound(x: Float64Array, bound: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
