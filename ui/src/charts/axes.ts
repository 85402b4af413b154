// What a panel's two axes are: scale, range and ticks for the data and settings at hand.

import type { Axis } from "../api/types";
import {
  commonBase,
  linearScale,
  linearTicks,
  logScale,
  logTicks,
  padLogRange,
  padRange,
  type Range,
  type Scale,
  type Tick,
} from "./scale";
import { relativeTicks, wallTicks, zoneName } from "./timeticks";

export interface PlotAxis {
  scale: Scale;
  /** In units of the data. */
  range: Range;
  log: boolean;
  ticks(count: number): Tick[];
  label: string;
}

export const AXIS_NAME: Record<Axis, string> = {
  iteration: "iteration",
  relative: "time from start",
  wall: "wall clock",
};

const EMPTY: Range = { low: 0, high: 1 };

/** The x axis over a range: the one zoomed into as it is, that of the data with a little room. */
export function placeAxis(axis: Axis, data: Range | null, zoom: Range | null, log: boolean): PlotAxis {
  const logHere = log && axis !== "wall";
  const range = zoomed(zoom, logHere) ?? roomy(data, axis, logHere);
  return {
    scale: logHere ? logScale : linearScale(range),
    range,
    log: logHere,
    ticks: (count) => placeTicks(axis, range, count, logHere),
    label: placeLabel(axis, range, logHere),
  };
}

/** The x axis over the values of another series. */
export function againstAxis(name: string, data: Range | null, zoom: Range | null, log: boolean): PlotAxis {
  const padded = data && (log ? padLogRange(data, 0.01) : padRange(data, 0.01));
  return valueAxis(name, zoomed(zoom, log) ?? padded, log);
}

function zoomed(zoom: Range | null, log: boolean): Range | null {
  if (zoom === null || (log && zoom.high <= 0)) return null;
  return log && zoom.low <= 0 ? { low: Math.min(1, zoom.high / 10), high: zoom.high } : zoom;
}

function roomy(data: Range | null, axis: Axis, log: boolean): Range {
  if (data === null) return log ? { low: 1, high: 10 } : EMPTY;
  if (log) return padLogRange(data, 0.01);
  if (data.low !== data.high) return padRange(data, 0.01);
  const half = axis === "iteration" ? 1 : 1e6;
  return {
    low: data.low - Math.max(half, Math.abs(data.low) * 1e-12),
    high: data.high + Math.max(half, Math.abs(data.high) * 1e-12),
  };
}

function placeTicks(axis: Axis, range: Range, count: number, log: boolean): Tick[] {
  if (log) return axis === "iteration" ? logTicks(range, count) : logTimeTicks(range, count);
  if (axis === "relative") return relativeTicks(range, count);
  if (axis === "wall") return wallTicks(range, count);
  return linearTicks(range, count, true);
}

// A logarithmic time is read in seconds: minutes and hours make no decades.
function logTimeTicks(range: Range, count: number): Tick[] {
  return logTicks({ low: range.low / 1e6, high: range.high / 1e6 }, count).map(({ value, label }) => ({
    value: value * 1e6,
    label: `${label}s`,
  }));
}

function placeLabel(axis: Axis, range: Range, log: boolean): string {
  const name = axis === "wall" ? `${AXIS_NAME.wall} (${zoneName(range.low)})` : AXIS_NAME[axis];
  return log ? `${name} (log)` : name;
}

/** The y axis over the range of the values; `name` carries the unit where one is known. */
export function valueAxis(name: string, range: Range | null, log: boolean): PlotAxis {
  const shown = range ?? (log ? { low: 1, high: 10 } : EMPTY);
  if (log) {
    return { scale: logScale, range: shown, log, ticks: (count) => logTicks(shown, count), label: `${name} (log)` };
  }
  const base = commonBase(shown);
  const ticks = (count: number) => (base === 0 ? linearTicks(shown, count) : ticksFrom(base, shown, count));
  const label = base === 0 ? name : `${name} ${base < 0 ? "+" : "−"} ${Math.abs(base)}`;
  return { scale: linearScale(shown), range: shown, log, ticks, label };
}

function ticksFrom(base: number, { low, high }: Range, count: number): Tick[] {
  return linearTicks({ low: low - base, high: high - base }, count).map(({ value, label }) => ({
    value: base + value,
    label,
  }));
}
