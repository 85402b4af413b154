// Draws lines and marks on a canvas: every point that is given, in order, as one connected line.

import type { Line, PlacedMark } from "./points";
import { visiblePart } from "./extent";
import type { PlotAxis } from "./axes";
import { FLAG } from "../api/types";

/** What a group's lines spread over, by point of its line. */
export interface Band {
  low: Float64Array;
  high: Float64Array;
  n: Float64Array;
}

export interface DrawnLine {
  key: string;
  task: string;
  /** What the legend calls it. */
  name: string;
  line: Line;
  /** One for each point of the line; null where nothing is smoothed. */
  smoothed: Float64Array | null;
  colour: string;
  dash: readonly number[];
  /** Of a group. */
  band?: Band | null;
  /** Stands behind the others: an earlier attempt, say. */
  faded?: boolean;
  /** Its points alone: they are in no order that a line could follow. */
  dots?: boolean;
}

/** The plot area in device pixels, and how data get into it. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  ratio: number;
  x: PlotAxis;
  y: PlotAxis;
}

export const FAINT = 0.3;
const BESIDE = 0.14;
const BAND = 0.18;
export const FADED = 0.35;
const THROUGH = 0.75;
// Past this many points a dash pattern would be laid along the noise: slow, and it tells nothing.
export const DASH_POINTS = 1500;
// A coordinate far outside of the canvas must stay a number that the canvas can calculate with.
const FAR = 1e5;

export interface Placer {
  x(value: number): number;
  y(value: number): number;
}

/** Device pixels of data. */
export function placer(frame: Frame): Placer {
  const along = mapper(frame.x, frame.left, frame.width);
  const up = mapper(frame.y, frame.top + frame.height, -frame.height);
  return { x: along, y: up };
}

function mapper(axis: PlotAxis, origin: number, length: number): (value: number) => number {
  const { scale, range } = axis;
  const low = scale.toPlot(range.low);
  const factor = length / (scale.toPlot(range.high) - low);
  return (value) => {
    const at = origin + (scale.toPlot(value) - low) * factor;
    return at > FAR ? FAR : at < -FAR ? -FAR : at;
  };
}

export function paint(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  lines: readonly DrawnLine[],
  focus: string | null,
): void {
  const place = placer(frame);
  ctx.save();
  ctx.beginPath();
  // Half a line more than the frame, so that a flat line on its edge is not cut in two.
  const room = 1.5 * frame.ratio;
  ctx.rect(frame.left, frame.top - room, frame.width + room, frame.height + 2 * room);
  ctx.clip();
  ctx.lineJoin = "bevel";
  ctx.lineCap = "round";
  const focused = lines.find((line) => line.key === focus);
  const dense = new Set(lines.filter((line) => isDense(line, frame)));
  const ordered = [...lines].sort((a, b) => buries(b, dense) - buries(a, dense) || inkOf(b.line) - inkOf(a.line) || 0);
  const alpha = focused ? BESIDE : 1;
  for (const line of ordered) if (line.band) paintBand(ctx, frame, place, line, line.band, line === focused ? 1 : alpha);
  for (const line of ordered) {
    if (line === focused) continue;
    const through = lines.length > 1 && dense.has(line) ? alpha * THROUGH : alpha;
    paintLine(ctx, frame, place, line, line.faded ? through * FADED : through, false);
  }
  if (focused) paintLine(ctx, frame, place, focused, 1, true);
  for (const line of lines) paintMarks(ctx, frame, place, line, focused && line !== focused ? BESIDE : 1);
  ctx.restore();
}

/** Faded lines are drawn first, then dense ones, so that they do not bury a line of few points. */
function buries(line: DrawnLine, dense: ReadonlySet<DrawnLine>): number {
  return (line.faded ? 2 : 0) + (dense.has(line) ? 1 : 0);
}

const inks = new WeakMap<Line, number>();

/** How far a line goes up and down in all: of two dense ones the noisier covers the other, whichever has more points. */
function inkOf(line: Line): number {
  const known = inks.get(line);
  if (known !== undefined) return known;
  let ink = 0;
  for (let i = 1; i < line.length; i++) ink += Math.abs(line.value[i]! - line.value[i - 1]!);
  inks.set(line, Math.min(ink, Number.MAX_VALUE));
  return Math.min(ink, Number.MAX_VALUE);
}

/** More points than pixels fill an area, through which other lines should still be seen. */
function isDense({ line }: DrawnLine, frame: Frame): boolean {
  const [begin, end] = visiblePart(line, frame.x.range);
  return end - begin > frame.width / frame.ratio;
}

/** The area between the ends of a band, in one piece for each run of numbers. */
function paintBand(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  place: Placer,
  { line, colour }: DrawnLine,
  { low, high }: Band,
  alpha: number,
): void {
  const [begin, end] = visiblePart(line, frame.x.range);
  ctx.fillStyle = colour;
  ctx.globalAlpha = alpha * BAND;
  // What a logarithmic axis cannot show lies below its lower edge.
  const bottom = frame.top + frame.height;
  const upward = (value: number) => {
    const y = place.y(value);
    return y === y ? y : bottom;
  };
  ctx.beginPath();
  for (let i = begin; i < end; i++) {
    const x = place.x(line.x[i]!);
    if (i === begin) ctx.moveTo(x, upward(high[i]!));
    else ctx.lineTo(x, upward(high[i]!));
  }
  for (let i = end - 1; i >= begin; i--) ctx.lineTo(place.x(line.x[i]!), upward(low[i]!));
  ctx.fill();
  ctx.globalAlpha = 1;
}

function paintLine(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  place: Placer,
  drawn: DrawnLine,
  alpha: number,
  bold: boolean,
): void {
  const { line, smoothed } = drawn;
  const part = visiblePart(line, frame.x.range);
  ctx.strokeStyle = ctx.fillStyle = drawn.colour;
  const dash = part[1] - part[0] > DASH_POINTS ? [] : drawn.dash;
  ctx.setLineDash(dash.map((length) => length * frame.ratio));
  // A dense line is an area anyway, and hairlines are what canvases draw fastest.
  const wide = bold ? 2.4 : isDense(drawn, frame) ? 1 : 1.5;
  const raw = drawn.dots ? scatter : stroke;
  if (smoothed) {
    ctx.globalAlpha = alpha * FAINT;
    raw(ctx, frame, place, line.x, line.value, part, 1);
    ctx.globalAlpha = alpha;
    stroke(ctx, frame, place, line.x, smoothed, part, bold ? 2.8 : 2);
  } else {
    ctx.globalAlpha = alpha;
    raw(ctx, frame, place, line.x, line.value, part, wide);
  }
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function stroke(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  place: Placer,
  x: Float64Array,
  values: Float64Array,
  [begin, end]: [number, number],
  width: number,
): void {
  ctx.lineWidth = width * frame.ratio;
  // Few points are shown as points as well: between them the line is only a guess.
  const dots = end - begin <= frame.width / frame.ratio / 14;
  const alone: number[] = [];
  let run = 0;
  let [px, py] = [0, 0];
  ctx.beginPath();
  for (let i = begin; i <= end; i++) {
    const at = i < end ? place.y(values[i]!) : NaN;
    if (!(at === at)) {
      if (run === 1) alone.push(px, py);
      run = 0;
      continue;
    }
    px = place.x(x[i]!);
    py = at;
    if (!(px === px)) continue;
    if (run++ === 0) ctx.moveTo(px, py);
    else ctx.lineTo(px, py);
    if (dots) alone.push(px, py);
  }
  ctx.stroke();
  for (let i = 0; i < alone.length; i += 2) dot(ctx, alone[i]!, alone[i + 1]!, (width + 0.8) * frame.ratio);
}

function scatter(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  place: Placer,
  x: Float64Array,
  values: Float64Array,
  [begin, end]: [number, number],
  width: number,
): void {
  // Squares: a hundred thousand circles take a browser a second.
  const side = Math.max(2, (end - begin > 5000 ? 1.5 : width + 1.5)) * frame.ratio;
  for (let i = begin; i < end; i++) {
    const y = place.y(values[i]!);
    if (y === y) ctx.fillRect(place.x(x[i]!) - side / 2, y - side / 2, side, side);
  }
}

function dot(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fill();
}

/** Marks stand at the edge where the value would be: +Inf at the top, -Inf and NaN at the bottom. */
function paintMarks(ctx: CanvasRenderingContext2D, frame: Frame, place: Placer, drawn: DrawnLine, alpha: number): void {
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = ctx.fillStyle = drawn.colour;
  ctx.lineWidth = 1.5 * frame.ratio;
  for (const mark of drawn.line.marks) {
    const x = place.x(mark.x);
    if (x < frame.left || x > frame.left + frame.width) continue;
    paintMark(ctx, frame, mark, x);
  }
  ctx.globalAlpha = 1;
}

function paintMark(ctx: CanvasRenderingContext2D, frame: Frame, mark: PlacedMark, x: number): void {
  const size = 4 * frame.ratio;
  const bottom = frame.top + frame.height;
  if (mark.flags & FLAG.positiveInf) triangle(ctx, x, frame.top, size, 1);
  if (mark.flags & FLAG.negativeInf) triangle(ctx, x, bottom, size, -1);
  if (mark.flags & FLAG.nan) cross(ctx, x, bottom - size, size * 0.8);
}

function triangle(ctx: CanvasRenderingContext2D, x: number, tip: number, size: number, down: 1 | -1): void {
  ctx.beginPath();
  ctx.moveTo(x, tip);
  ctx.lineTo(x - size, tip + down * size * 1.6);
  ctx.lineTo(x + size, tip + down * size * 1.6);
  ctx.fill();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x + size, y - size);
  ctx.lineTo(x - size, y + size);
  ctx.stroke();
}
