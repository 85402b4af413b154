// The axes of parallel coordinates and of scatter plots: where a value stands, from 0 to 1, and what is written beside.

import { byName } from "../charts/sections";
import { linearScale, linearTicks, logScale, logTicks, padRange, type Range } from "../charts/scale";
import { formatNumber } from "../state/format";
import { numberOf } from "../tables/table";

export type Value = number | string | null | undefined;

export interface ValueAxis {
  kind: "number" | "category";
  log: boolean;
  /** Whether it could be logarithmic: all numbers are above zero. */
  canLog: boolean;
  /** From 0, the low end, to 1; null for what has no place here. */
  place(value: Value): number | null;
  ticks: { at: number; label: string }[];
  /** What stands at the low and at the high end. */
  ends: readonly [string, string];
  /** What stands at a place, or nearest to it. */
  nameAt(place: number): string;
  /** How far a key moves along the axis: between two texts there is a halt, so that a range may hold one alone. */
  step: number;
}

/** Numbers that spread over so many times their least are read on a logarithmic axis unless told otherwise. */
const WIDE = 100;
const MOST_CATEGORIES = 24;
const TICKS = 5;

/** The axis of some values; `flip` turns what it would be (logarithmic or not) round. Texts make an axis of categories. */
export function axisOf(values: readonly Value[], flip = false): ValueAxis {
  const present = values.filter((value) => value !== null && value !== undefined && value !== "");
  const numbers = present.map(numberOf);
  if (numbers.length > 0 && numbers.every((number) => number !== null)) {
    const finite = (numbers as number[]).filter(Number.isFinite);
    if (finite.length > 0) return numberAxis(finite, flip);
  }
  return categoryAxis(present.map(String));
}

function numberAxis(numbers: readonly number[], flip: boolean): ValueAxis {
  const bounds = { low: Math.min(...numbers), high: Math.max(...numbers) };
  const canLog = bounds.low > 0;
  const log = canLog && bounds.high / bounds.low >= WIDE !== flip;
  const range: Range = bounds.low < bounds.high ? bounds : padRange(bounds, 0.5);
  const scale = log ? logScale : linearScale(range);
  const [from, to] = [scale.toPlot(range.low), scale.toPlot(range.high)];
  const at = (number: number) => (to === from ? 0.5 : (scale.toPlot(number) - from) / (to - from));
  const ticks = (log ? logTicks(range, TICKS) : linearTicks(range, TICKS, numbers.every(Number.isInteger))).map(({ value, label }) => ({ at: at(value), label }));
  return {
    kind: "number",
    log,
    canLog,
    ticks: ticks.filter(({ at: place }) => place >= -1e-9 && place <= 1 + 1e-9),
    ends: [formatNumber(range.low), formatNumber(range.high)],
    nameAt: (place) => formatNumber(scale.fromPlot(from + place * (to - from))),
    step: 0.01,
    place(value) {
      const number = numberOf(value);
      if (number === null || !Number.isFinite(number) || (log && number <= 0)) return null;
      return at(number);
    },
  };
}

function categoryAxis(texts: readonly string[]): ValueAxis {
  const names = [...new Set(texts)].sort(byName);
  const at = new Map(names.map((name, i) => [name, names.length === 1 ? 0.5 : i / (names.length - 1)]));
  const step = Math.ceil(names.length / MOST_CATEGORIES) || 1;
  return {
    kind: "category",
    log: false,
    canLog: false,
    ends: [names[0] ?? "", names.at(-1) ?? ""],
    nameAt: (place) => names[Math.round(place * (names.length - 1))] ?? "",
    step: names.length > 1 ? 0.5 / (names.length - 1) : 0.5,
    ticks: names.filter((_, i) => i % step === 0).map((label) => ({ at: at.get(label)!, label })),
    place: (value) => (value === null || value === undefined ? null : (at.get(String(value)) ?? null)),
  };
}

/** A range of an axis that is brushed, in places from 0 to 1. */
export interface Brush {
  axis: string;
  low: number;
  high: number;
}

/** `low..high@axis`, in thousandths. */
export function parseBrush(text: string): Brush | null {
  const match = /^(\d{1,4})\.\.(\d{1,4})@(.+)$/s.exec(text);
  if (!match) return null;
  const [low, high] = [Number(match[1]) / 1000, Number(match[2]) / 1000];
  return low < high ? { axis: match[3]!, low, high: Math.min(1, high) } : null;
}

export function formatBrush({ axis, low, high }: Brush): string {
  const whole = (place: number) => Math.round(Math.min(1, Math.max(0, place)) * 1000);
  return `${whole(low)}..${whole(high)}@${axis}`;
}

const EDGE = 0.0005;

/** Whether a line passes through every brush; what has no value on a brushed axis does not. */
export function isInside(places: ReadonlyMap<string, number | null>, brushes: readonly Brush[]): boolean {
  return brushes.every(({ axis, low, high }) => {
    const place = places.get(axis);
    if (place === undefined) return true;
    return place !== null && place >= low - EDGE && place <= high + EDGE;
  });
}

/** A path through places; where one has none, the line is broken there. */
export function pathThrough(points: readonly (readonly [number, number] | null)[]): string {
  let path = "";
  let pen = false;
  for (const point of points) {
    path += point ? `${pen ? "L" : "M"}${point[0].toFixed(1)},${point[1].toFixed(1)}` : "";
    pen = point !== null;
  }
  return path;
}
