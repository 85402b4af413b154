// What is under the mouse: for each line the point that stands nearest, and what the tooltip says about it.

import { FLAG } from "../api/types";
import { formatCount, formatDuration, formatNumber, formatTime } from "../state/format";
import { alignNumbers } from "./numbers";
import type { DrawnLine, Placer } from "./paint";
import { lowerBound, upperBound, type Line, type PlacedMark } from "./points";

export interface Hit {
  drawn: DrawnLine;
  /** Index of the point in the line; -1 where only a mark is there. */
  index: number;
  mark: PlacedMark | null;
  x: number;
  iteration: number;
  timeUs: number;
  value: number;
  smoothed: number | null;
  /** Pixels between the mouse and the point, up and down. */
  distance: number;
}

/** The hits of lines at a place of the plot (pixels), nearest line first. `reach` is the width of a column. */
export function hitsAt(
  lines: readonly DrawnLine[],
  place: Placer,
  at: { x: number; y: number; data: number },
  reach: number,
): Hit[] {
  const hits: Hit[] = [];
  for (const drawn of lines) {
    const hit = hitOf(drawn, place, at, reach);
    if (hit) hits.push(hit);
  }
  hits.sort((a, b) => a.distance - b.distance);
  const nearest = hits[0];
  if (nearest) for (const hit of hits) alignTo(hit, nearest.x, place, at);
  return hits.sort((a, b) => a.distance - b.distance);
}

/** One tooltip speaks of one place: take the point of the line at the same x as the nearest, where it has one. */
function alignTo(hit: Hit, x: number, place: Placer, at: { y: number }): void {
  const { line } = hit.drawn;
  if (hit.index < 0 || hit.mark || hit.x === x) return;
  const index = lowerBound(line.x, x);
  if (line.x[index] === x) Object.assign(hit, pointHit(hit.drawn, index, place, at));
}

function hitOf(drawn: DrawnLine, place: Placer, at: { x: number; y: number; data: number }, reach: number): Hit | null {
  const { line } = drawn;
  const mark = nearestMark(line.marks, (one) => Math.abs(place.x(one.x) - at.x), reach * 4);
  const index = pointNear(drawn, place, at, reach);
  if (index < 0) return mark ? markHit(drawn, mark) : null;
  // Where a mark and a point are as near, the mark is the news.
  const away = Math.abs(place.x(line.x[index]!) - at.x);
  const shown = mark && Math.abs(place.x(mark.x) - at.x) <= away + reach ? mark : null;
  if (shown && shown.x !== line.x[index]) return { ...markHit(drawn, shown), distance: 0 };
  return { ...pointHit(drawn, index, place, at), mark: shown };
}

function pointHit(drawn: DrawnLine, index: number, place: Placer, at: { y: number }): Hit {
  const { line, smoothed } = drawn;
  const y = place.y(smoothed ? smoothed[index]! : line.value[index]!);
  return {
    drawn,
    index,
    mark: null,
    x: line.x[index]!,
    iteration: line.iteration[index]!,
    timeUs: line.timeUs[index]!,
    value: line.value[index]!,
    smoothed: smoothed ? smoothed[index]! : null,
    distance: Number.isNaN(y) ? Infinity : Math.abs(y - at.y),
  };
}

function markHit(drawn: DrawnLine, mark: PlacedMark): Hit {
  const value = mark.value ?? NaN;
  const { iteration, time_us: timeUs, x } = mark;
  return { drawn, index: -1, mark, x, iteration, timeUs, value, smoothed: null, distance: Infinity };
}

/** Of the points in the column under the mouse the one nearest to it; of none there, the next in x. */
function pointNear(
  { line, smoothed }: DrawnLine,
  place: Placer,
  at: { x: number; y: number; data: number },
  reach: number,
): number {
  const nearest = nearestIndex(line, at.data, place, at.x);
  if (nearest < 0) return -1;
  const values = smoothed ?? line.value;
  let best = nearest;
  let least = Infinity;
  for (const step of [-1, 1]) {
    for (let i = step < 0 ? nearest : nearest + 1; i >= 0 && i < line.length; i += step) {
      if (Math.abs(place.x(line.x[i]!) - at.x) > reach) break;
      const distance = Math.abs(place.y(values[i]!) - at.y);
      if (distance < least) [best, least] = [i, distance];
    }
  }
  return best;
}

function nearestIndex(line: Line, data: number, place: Placer, px: number): number {
  if (line.length === 0) return -1;
  const right = Math.min(line.length - 1, lowerBound(line.x, data));
  const left = Math.max(0, right - 1);
  return Math.abs(place.x(line.x[left]!) - px) < Math.abs(place.x(line.x[right]!) - px) ? left : right;
}

function nearestMark(
  marks: readonly PlacedMark[],
  away: (mark: PlacedMark) => number,
  reach: number,
): PlacedMark | null {
  let best: PlacedMark | null = null;
  let least = reach;
  for (const mark of marks) {
    const distance = away(mark);
    if (distance <= least) [best, least] = [mark, distance];
  }
  return best;
}

/** The value of a line where another panel's cursor is: its last point not after it. */
export function indexAt(line: Line, x: number): number {
  return upperBound(line.x, x) - 1;
}

/** "NaN, logged as 0", "3 × +Inf". */
export function markText({ flags, value, count }: { flags: number; value: number | null; count: number }): string {
  const names = [
    flags & FLAG.nan ? "NaN" : "",
    flags & FLAG.positiveInf ? "+Inf" : "",
    flags & FLAG.negativeInf ? "−Inf" : "",
  ].filter(Boolean);
  const what = `${count > 1 ? `${formatCount(count)} × ` : ""}${names.join(", ")}`;
  return flags & FLAG.replaced ? `${what}, logged as ${formatNumber(value ?? NaN)}` : what;
}

export interface TooltipRow {
  key: string;
  name: string;
  colour: string;
  raw: string;
  smoothed: string | null;
  /** Where the point is, if not where the header says. */
  where: string;
  mark: string;
}

export interface TooltipModel {
  header: string;
  rows: TooltipRow[];
  /** Lines that did not fit. */
  more: number;
  note: string;
}

const ROWS = 18;

/** What to say of hits, nearest first; numbers under each other. */
export function tooltipOf(hits: readonly Hit[], startUs: number): TooltipModel | null {
  const nearest = hits[0];
  if (!nearest) return null;
  const shown = hits.slice(0, ROWS);
  const raw = alignNumbers(shown.map((hit) => hit.value));
  const smoothed = alignNumbers(shown.map((hit) => hit.smoothed ?? 0));
  const anySmoothed = shown.some((hit) => hit.smoothed !== null);
  const rows = shown.map((hit, i) => ({
    key: hit.drawn.key,
    name: hit.drawn.name,
    colour: hit.drawn.colour,
    raw: raw[i]!,
    smoothed: anySmoothed ? (hit.smoothed === null ? "" : smoothed[i]!) : null,
    where: hit.iteration === nearest.iteration || Number.isNaN(hit.iteration) ? "" : `at ${formatCount(hit.iteration)}`,
    mark: hit.mark ? markText(hit.mark) : bandText(hit),
  }));
  return {
    header: headerOf(nearest, startUs),
    rows,
    more: hits.length - shown.length,
    note: noteOf(shown, anySmoothed),
  };
}

/** "0.12 to 0.3, n = 5". */
function bandText({ drawn: { band }, index }: Hit): string {
  if (!band || index < 0) return "";
  const { low, high, n } = band;
  return `${formatNumber(low[index]!)} to ${formatNumber(high[index]!)}, n = ${formatCount(n[index]!)}`;
}

function headerOf(hit: Hit, startUs: number): string {
  // A group's point is a column: of many times, or of many iterations.
  if (hit.drawn.band) {
    if (!Number.isNaN(hit.iteration)) return `iteration ${formatCount(hit.iteration)}`;
    return Number.isNaN(hit.timeUs) ? `after ${formatDuration(hit.x)}` : formatTime(hit.timeUs);
  }
  const since = hit.timeUs - startUs;
  const elapsed = since < 0 ? `−${formatDuration(-since)}` : formatDuration(since);
  return `iteration ${formatCount(hit.iteration)} · ${elapsed} · ${formatTime(hit.timeUs)}`;
}

function noteOf(hits: readonly Hit[], smoothed: boolean): string {
  const reduced = hits.find(({ drawn }) => !drawn.line.exact);
  if (!smoothed) return "";
  return reduced
    ? `smoothed over the ${formatCount(reduced.drawn.line.length)} points drawn of ${formatCount(reduced.drawn.line.points)}`
    : "smoothed over every point";
}

/** The tooltip as text: a table that a spreadsheet takes. */
export function tooltipText(title: string, model: TooltipModel): string {
  const rows = model.rows.map(({ name, raw, smoothed, where, mark }) =>
    [name, raw.replace(/\u2007/g, ""), smoothed?.replace(/\u2007/g, ""), where, mark].filter(Boolean).join("\t"),
  );
  const columns = model.rows.some(({ smoothed }) => smoothed !== null) ? ["series\traw\tsmoothed"] : [];
  return [`${title}\t${model.header}`, ...columns, ...rows].join("\n");
}
