// One chart: uPlot lays out the axes and selects ranges, the lines are drawn by us, each from an x of its own.
// uPlot sees plot coordinates only (scale.ts), so that extreme data are ordinary numbers to it.

import uPlot from "uplot";

import type { Axis } from "../api/types";
import { shorten } from "../state/format";
import { cssColour } from "../state/theme";
import { againstAxis, placeAxis, valueAxis, type PlotAxis } from "./axes";
import { placeRange, valueRange } from "./extent";
import { paint, placer, type DrawnLine, type Frame } from "./paint";
import { hitsAt, type Hit } from "./hits";
import { lowerBound, upperBound } from "./points";
import type { Range, Tick } from "./scale";

export interface PlotState {
  lines: readonly DrawnLine[];
  axis: Axis;
  /** Name of the series whose values are the x; null where x is the axis. */
  xName: string | null;
  logX: boolean;
  logY: boolean;
  ignoreOutliers: boolean;
  zoom: Range | null;
  focus: string | null;
  /** Name of the values, with their unit. */
  valueName: string;
  fromZero: boolean;
}

export interface PlotHandlers {
  /** The mouse is over the plot, or has left. */
  onHover(hits: Hit[] | null, at: { clientX: number; clientY: number } | null): void;
  /** A click on the plot, near these points. `again` where it is the second of a double click. */
  onPick(hits: Hit[], again: boolean): void;
  onZoom(range: Range): void;
  /** A range while it is being dragged along. */
  onPan(range: Range, done: boolean): void;
  onReset(): void;
}

/** The axes of a chart of this height in CSS pixels. */
export function axesOf(state: Omit<PlotState, "focus">, height: number): { x: PlotAxis; y: PlotAxis } {
  const { lines, axis, xName, logX, logY, zoom, ignoreOutliers, fromZero } = state;
  const data = placeRange(lines.map(({ line }) => line), logX);
  const room = Math.floor((height - 50) / LABEL_WIDTH);
  const x = xName === null ? placeAxis(axis, data, zoom, logX) : againstAxis(shorten(xName, 60), data, zoom, logX);
  const extent = valueRange(lines, x.range, { log: logY, ignoreOutliers, fromZero });
  return { x, y: valueAxis(shorten(state.valueName, room - (logY ? 6 : 0)), extent, logY) };
}

const TICK_PX = 62;
const BETWEEN_PX = 12;

/** The ticks of an x axis of this length in CSS pixels, fewer where their labels are long. */
export function ticksThatFit(axis: PlotAxis, length: number): Tick[] {
  for (let count = Math.max(2, Math.floor(length / TICK_PX)); ; count--) {
    const ticks = axis.ticks(count);
    const longest = Math.max(0, ...ticks.map(({ label }) => label.length));
    if (count <= 2 || ticks.length * (longest * LABEL_WIDTH + BETWEEN_PX) <= length + TICK_PX) return ticks;
  }
}

/** Pixels that the mouse may move between pressing and letting go of a click. */
const CLICK_REACH = 4;
const GUTTER = 52;
const WHEEL_REST_MS = 150;
/** Pixels that a character of an axis label takes. */
const LABEL_WIDTH = 6.4;
const FONT = "11px ui-sans-serif, system-ui, sans-serif";

export class Plot {
  private ink = readInk();
  private readonly u: uPlot;
  private readonly over: CanvasRenderingContext2D;
  private state: PlotState | null = null;
  private x: PlotAxis;
  private y: PlotAxis;
  private gutter = GUTTER;
  private panned: { from: number; range: Range } | null = null;
  private hovered = false;
  private frameAsked: number | null = null;
  private cursorAt: number | null = null;
  private fixedAt: { x: number; label: string } | null = null;
  private pressed = { x: 0, y: 0 };
  private wheelRest: ReturnType<typeof setTimeout> | undefined;

  constructor(
    host: HTMLElement,
    size: { width: number; height: number },
    private readonly handlers: PlotHandlers,
  ) {
    this.x = placeAxis("iteration", null, null, false);
    this.y = valueAxis("", null, false);
    this.u = new uPlot(
      this.options(size),
      [
        [0, 1],
        [0, 0],
      ],
      host,
    );
    const canvas = document.createElement("canvas");
    canvas.className = "plot-cursor";
    this.u.over.append(canvas);
    this.over = canvas.getContext("2d")!;
    this.u.over.addEventListener("wheel", this.onWheel, { passive: false });
    this.u.over.addEventListener("mousedown", (event) => (this.pressed = { x: event.clientX, y: event.clientY }));
    this.u.over.addEventListener("click", (event) => this.onClick(event));
  }

  destroy(): void {
    this.stopPan();
    clearTimeout(this.wheelRest);
    if (this.frameAsked !== null) cancelAnimationFrame(this.frameAsked);
    this.u.destroy();
  }

  resize(size: { width: number; height: number }): void {
    if (size.width !== this.u.width || size.height !== this.u.height) this.u.setSize(size);
  }

  /** Draw this; at the next frame, and of several states within a frame only the last. */
  update(state: PlotState): void {
    this.state = state;
    this.frameAsked ??= requestAnimationFrame(() => {
      this.frameAsked = null;
      if (this.state) this.redraw(this.state);
    });
  }

  private redraw(state: PlotState): void {
    this.ink = readInk();
    ({ x: this.x, y: this.y } = axesOf(state, this.u.height));
    this.u.axes[0]!.label = this.x.label;
    this.u.axes[1]!.label = this.y.label;
    this.gutter = Math.max(this.gutter, this.neededGutter());
    this.u.batch(() => {
      this.u.setScale("x", plotRange(this.x));
      this.u.setScale("y", plotRange(this.y));
      this.u.redraw(false, true);
    });
    this.showCursor(this.cursorAt);
  }

  /** Mark the iteration that is fixed, with its label. Null takes the mark away. */
  showFixed(fixed: { x: number; label: string } | null): void {
    this.fixedAt = fixed;
    this.showCursor(this.cursorAt);
  }

  /** Show the cursor of the page: a line there, and a dot on each line. Null takes it away. */
  showCursor(x: number | null): void {
    this.cursorAt = x;
    const ctx = this.clearCursor();
    if (!this.state) return;
    if (this.fixedAt) this.markFixed(ctx, this.fixedAt);
    const shown = x ?? this.fixedAt?.x;
    if (shown !== undefined) this.markCursor(ctx, shown, x !== null);
  }

  private markCursor(ctx: CanvasRenderingContext2D, x: number, line: boolean): void {
    const frame = this.frame();
    const place = placer(frame);
    const at = place.x(x);
    if (!isWithin(at, frame) || !this.state) return;
    if (line) this.crosshair(ctx, at - frame.left, frame.height, this.ink.cursor);
    const near = hitsAt(this.state.lines, place, { x: at, y: 0, data: x }, 0.5 * frame.ratio);
    // A line that stopped long before the cursor says nothing about this place.
    this.dots(
      ctx,
      near.filter((hit) => Math.abs(place.x(hit.x) - at) < 24 * frame.ratio),
    );
  }

  private markFixed(ctx: CanvasRenderingContext2D, { x, label }: { x: number; label: string }): void {
    const frame = this.frame();
    const at = placer(frame).x(x);
    if (!isWithin(at, frame)) return;
    this.crosshair(ctx, at - frame.left, frame.height, this.ink.fixed);
    ctx.font = `${10 * frame.ratio}px ui-sans-serif, system-ui, sans-serif`;
    const width = ctx.measureText(label).width + 6 * frame.ratio;
    const left = Math.max(0, Math.min(frame.width - width, at - frame.left - width / 2));
    ctx.fillStyle = this.ink.fixed;
    ctx.fillRect(left, 0, width, 14 * frame.ratio);
    ctx.fillStyle = this.ink.onFixed;
    ctx.fillText(label, left + 3 * frame.ratio, 10.5 * frame.ratio);
  }

  /** The points at the next x beyond a place that is on the screen, as if the mouse were there; null where none is. */
  step(from: number | null, direction: 1 | -1): Hit[] | null {
    if (!this.state) return null;
    const { low, high } = this.x.range;
    let next = direction > 0 ? Infinity : -Infinity;
    for (const { line } of this.state.lines) {
      const begin = from === null || from < low || from > high;
      const index =
        direction > 0
          ? begin
            ? lowerBound(line.x, low)
            : upperBound(line.x, from)
          : (begin ? upperBound(line.x, high) : lowerBound(line.x, from)) - 1;
      const x = line.x[index];
      if (x === undefined || index >= line.length || x < low || x > high) continue;
      next = direction > 0 ? Math.min(next, x) : Math.max(next, x);
    }
    return Number.isFinite(next) ? this.hitsOf(next) : null;
  }

  private hitsOf(x: number): Hit[] {
    const frame = this.frame();
    const place = placer(frame);
    const hits = hitsAt(this.state!.lines, place, { x: place.x(x), y: frame.top, data: x }, 0.5 * frame.ratio);
    // Lines that have a point just here come first: the next step counts from them.
    return hits.sort((a, b) => Number(a.x !== x) - Number(b.x !== x));
  }

  /** Where a place of the data is on the screen. */
  clientOf(x: number): { clientX: number; clientY: number } {
    const box = this.u.over.getBoundingClientRect();
    return { clientX: box.left + this.u.valToPos(this.x.scale.toPlot(x), "x"), clientY: box.top + box.height / 3 };
  }

  /** The range shown, made narrower (below 1) or wider around a place, or around its middle. */
  zoomed(factor: number, around: number | null): Range {
    const { min, max } = plotRange(this.x);
    const at = around === null ? (min + max) / 2 : this.x.scale.toPlot(around);
    const middle = at >= min && at <= max ? at : (min + max) / 2;
    return this.dataRange({ min: middle - (middle - min) * factor, max: middle + (max - middle) * factor });
  }

  private onClick(event: MouseEvent): void {
    const moved = Math.hypot(event.clientX - this.pressed.x, event.clientY - this.pressed.y);
    if (moved > CLICK_REACH || event.shiftKey || !this.state) return;
    const box = this.u.over.getBoundingClientRect();
    this.handlers.onPick(this.hitsUnder(event.clientX - box.left, event.clientY - box.top), event.detail > 1);
  }

  private hitsUnder(left: number, top: number): Hit[] {
    const frame = this.frame();
    const at = { x: frame.left + left * frame.ratio, y: frame.top + top * frame.ratio, data: this.dataAt(left) };
    return hitsAt(this.state!.lines, placer(frame), at, frame.ratio);
  }

  private options(size: { width: number; height: number }): uPlot.Options {
    return {
      ...size,
      padding: [8, 22, 0, 0],
      legend: { show: false },
      cursor: {
        x: false,
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: {
          mousedown: (_u, _target, handler) => (event) => (event.shiftKey ? this.startPan(event) : handler(event)),
          dblclick: () => () => {
            this.handlers.onReset();
            return null;
          },
        },
      },
      scales: { x: { time: false, auto: false }, y: { auto: false } },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [this.axisOptions("x"), this.axisOptions("y")],
      hooks: {
        draw: [() => this.draw()],
        setCursor: [(u) => this.onCursor(u)],
        setSelect: [(u) => this.onSelect(u)],
      },
    };
  }

  private axisOptions(which: "x" | "y"): uPlot.Axis {
    const upright = which === "x";
    return {
      scale: which,
      font: FONT,
      labelFont: FONT,
      labelSize: 15,
      labelGap: 0,
      gap: 4,
      size: upright ? 20 : () => this.gutter,
      ticks: { size: 4, width: 1, stroke: () => this.ink.line },
      grid: { width: 1, stroke: () => this.ink.grid },
      stroke: () => this.ink.text,
      // Ours, because uPlot's own know nothing of what lies behind the plot coordinates.
      splits: () => this.ticks(which).map((tick) => this[which].scale.toPlot(tick.value)),
      values: () => this.ticks(which).map((tick) => tick.label),
      // One increment that always fits: the ticks come from `splits`.
      incrs: (_u, _axis, low, high) => [roughIncrement(high - low)],
      space: 1,
    };
  }

  private ticks(which: "x" | "y"): Tick[] {
    if (which === "y") return this.y.ticks(Math.max(2, Math.floor((this.u.height - 40) / 30)));
    return ticksThatFit(this.x, this.u.width - this.gutter);
  }

  /** The gutter only grows, in steps, so that panels do not jump with each digit. */
  private neededGutter(): number {
    const longest = Math.max(0, ...this.ticks("y").map(({ label }) => label.length));
    return Math.min(110, Math.ceil((longest * LABEL_WIDTH + 12) / 8) * 8);
  }

  private frame(): Frame {
    const { left, top, width, height } = this.u.bbox;
    return { left, top, width, height, ratio: devicePixelRatio, x: this.x, y: this.y };
  }

  private draw(): void {
    if (this.state) paint(this.u.ctx, this.frame(), this.state.lines, this.state.focus);
  }

  private onCursor(u: uPlot): void {
    const { left = -10, top = -10 } = u.cursor;
    if (left < 0 || !this.state) {
      if (this.hovered) this.handlers.onHover(null, null);
      this.hovered = false;
      return;
    }
    this.hovered = true;
    const hits = this.hitsUnder(left, top);
    const box = u.over.getBoundingClientRect();
    this.handlers.onHover(hits, { clientX: box.left + left, clientY: box.top + top });
  }

  private dataAt(left: number): number {
    return this.x.scale.fromPlot(this.u.posToVal(left, "x"));
  }

  private onSelect(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.handlers.onZoom({ low: this.dataAt(left), high: this.dataAt(left + width) });
  }

  // A property, so that it can be taken off the element again.
  private readonly onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const factor = Math.exp(event.deltaY * 0.002);
    const at = (event.clientX - this.u.over.getBoundingClientRect().left) / this.u.over.clientWidth;
    const { min, max } = plotRange(this.x);
    const middle = min + (max - min) * at;
    const range = { min: middle - (middle - min) * factor, max: middle + (max - middle) * factor };
    const shown = this.dataRange(range);
    this.handlers.onPan(shown, false);
    clearTimeout(this.wheelRest);
    this.wheelRest = setTimeout(() => this.handlers.onPan(shown, true), WHEEL_REST_MS);
  };

  private startPan(event: MouseEvent): null {
    this.panned = { from: event.clientX, range: this.x.range };
    window.addEventListener("mousemove", this.onPanMove);
    window.addEventListener("mouseup", this.onPanEnd);
    return null;
  }

  private readonly onPanMove = (event: MouseEvent): void => this.pan(event, false);

  private readonly onPanEnd = (event: MouseEvent): void => {
    this.pan(event, true);
    this.stopPan();
  };

  private pan(event: MouseEvent, done: boolean): void {
    if (!this.panned) return;
    const { scale } = this.x;
    const low = scale.toPlot(this.panned.range.low);
    const high = scale.toPlot(this.panned.range.high);
    const shift = ((event.clientX - this.panned.from) / this.u.over.clientWidth) * (high - low);
    this.handlers.onPan(this.dataRange({ min: low - shift, max: high - shift }), done);
  }

  private dataRange({ min, max }: { min: number; max: number }): Range {
    return { low: this.x.scale.fromPlot(min), high: this.x.scale.fromPlot(max) };
  }

  private stopPan(): void {
    this.panned = null;
    window.removeEventListener("mousemove", this.onPanMove);
    window.removeEventListener("mouseup", this.onPanEnd);
  }

  private clearCursor(): CanvasRenderingContext2D {
    const { canvas } = this.over;
    const { width, height } = this.u.bbox;
    if (canvas.width !== Math.round(width) || canvas.height !== Math.round(height)) {
      canvas.width = Math.round(width);
      canvas.height = Math.round(height);
    } else this.over.clearRect(0, 0, canvas.width, canvas.height);
    return this.over;
  }

  private crosshair(ctx: CanvasRenderingContext2D, x: number, height: number, ink: string): void {
    ctx.strokeStyle = ink;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(Math.round(x) + 0.5, 0);
    ctx.lineTo(Math.round(x) + 0.5, height);
    ctx.stroke();
  }

  private dots(ctx: CanvasRenderingContext2D, hits: readonly Hit[]): void {
    const frame = this.frame();
    const place = placer(frame);
    ctx.strokeStyle = this.ink.paper;
    ctx.lineWidth = frame.ratio;
    for (const hit of hits) {
      const y = place.y(hit.smoothed ?? hit.value);
      if (Number.isNaN(y)) continue;
      ctx.fillStyle = hit.drawn.colour;
      ctx.beginPath();
      ctx.arc(place.x(hit.x) - frame.left, y - frame.top, 3.5 * frame.ratio, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
    }
  }
}

/** The theme's colours, read once for each drawing: asking for a computed style while the mouse moves is slow. */
function readInk() {
  return {
    line: cssColour("--line"),
    grid: cssColour("--grid"),
    text: cssColour("--text-dim"),
    cursor: cssColour("--text-faint"),
    paper: cssColour("--surface"),
    fixed: cssColour("--ink"),
    onFixed: cssColour("--on-ink"),
  };
}

function isWithin(at: number, { left, width }: Frame): boolean {
  return at >= left - 1 && at <= left + width + 1;
}

function plotRange({ scale, range }: PlotAxis): { min: number; max: number } {
  return { min: scale.toPlot(range.low), max: scale.toPlot(range.high) };
}

function roughIncrement(span: number): number {
  return 10 ** Math.max(-12, Math.min(14, Math.ceil(Math.log10(span || 1))));
}
