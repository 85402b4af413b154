// Ticks of the two time axes, both in microseconds: from the task's start, and by the clock of the reader's place.

import type { Range, Tick } from "./scale";
import { niceStep } from "./scale";

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
].map((seconds) => seconds * SECOND);

function timeStep(rough: number): number {
  if (rough < SECOND) return niceStep(rough, true);
  return STEPS.find((step) => step >= rough) ?? Math.ceil(rough / (7 * DAY)) * 7 * DAY;
}

function multiples({ low, high }: Range, step: number, offset = 0): number[] {
  const values: number[] = [];
  if (!(high > low)) return values;
  for (let i = Math.ceil((low + offset) / step); values.length < 100; i++) {
    const value = i * step - offset;
    if (value > high) break;
    values.push(value);
  }
  return values;
}

export function relativeTicks(range: Range, count: number): Tick[] {
  const step = timeStep((range.high - range.low) / Math.max(1, count));
  return multiples(range, step).map((value) => ({ value, label: durationLabel(value, step) }));
}

/** A time from the start, as short as the step between ticks allows: `0`, `250ms`, `45s`, `1:30`, `2h`, `2h30`, `3d 6h`. */
export function durationLabel(us: number, step: number): string {
  if (us === 0) return "0";
  const sign = us < 0 ? "−" : "";
  const t = Math.abs(us);
  if (step < SECOND) return sign + subSecond(t, step);
  const seconds = Math.round(t / SECOND);
  const [d, h, m, s] = [
    Math.floor(seconds / 86400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  if (d > 0) return `${sign}${d}d${h || m || s ? ` ${h}h` : ""}${m || s ? two(m) : ""}${s ? `:${two(s)}` : ""}`;
  if (h > 0) return `${sign}${h}h${m || s ? two(m) : ""}${s ? `:${two(s)}` : ""}`;
  if (m > 0) return step >= MINUTE ? `${sign}${m}m` : `${sign}${m}:${two(s)}`;
  return `${sign}${s}s`;
}

function subSecond(us: number, step: number): string {
  if (us < SECOND && step >= 1000) return `${Math.round(us / 1000)}ms`;
  if (us < 1000) return `${us}µs`;
  const decimals = Math.max(0, Math.min(6, Math.ceil(6 - Math.log10(step))));
  return `${(us / SECOND).toFixed(decimals)}s`;
}

const two = (n: number): string => String(n).padStart(2, "0");

/** Offset of the reader's clock from UTC at a moment, in microseconds. */
function zoneOffset(us: number): number {
  return -new Date(us / 1000).getTimezoneOffset() * MINUTE;
}

export function wallTicks(range: Range, count: number, offset = zoneOffset(range.low)): Tick[] {
  const step = timeStep((range.high - range.low) / Math.max(1, count));
  let day = NaN;
  return multiples(range, step, offset).map((value) => {
    const local = value + offset;
    const today = Math.floor(local / DAY);
    const label = wallLabel(local, step, today !== day && (Number.isNaN(day) ? step >= HOUR * 6 : true));
    day = today;
    return { value, label };
  });
}

function wallLabel(local: number, step: number, withDay: boolean): string {
  const iso = new Date(local / 1000).toISOString();
  const day = `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]!}`;
  if (step >= DAY || withDay) return day;
  if (step >= MINUTE) return iso.slice(11, 16);
  return step >= SECOND ? iso.slice(11, 19) : `${iso.slice(11, 19)}.${fraction(local, step)}`;
}

function fraction(local: number, step: number): string {
  const within = ((local % SECOND) + SECOND) % SECOND;
  return String(Math.round(within))
    .padStart(6, "0")
    .slice(0, step >= 1000 ? 3 : 6);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The reader's zone as an axis says it: `UTC`, `UTC+2`, `UTC−3:30`. */
export function zoneName(us: number): string {
  const minutes = Math.round(zoneOffset(us) / MINUTE);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${size % 60 ? `:${two(size % 60)}` : ""}`;
}
