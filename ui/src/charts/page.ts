// What the panels of one page of charts share without React: points, cursor, the range while it is being dragged.

import type { Axis } from "../api/types";
import type { At } from "../state/at";
import { createStore, type Store } from "../state/store";
import type { PageCursor } from "./cursor";
import { Feed, type LineSource } from "./feed";
import { GroupFeed } from "./groupFeed";
import type { TooltipModel } from "./hits";
import { Joins, MOST_JOINED, valueNear } from "./join";
import { Looks } from "./lines";
import type { Band } from "./paint";
import { placeOf, type Line } from "./points";
import type { Range } from "./scale";
import type { PanelLine } from "./sections";
import { namesOf, type ChartView } from "./view";

export interface ShownTooltip {
  heading: string;
  model: TooltipModel;
  clientX: number;
  clientY: number;
}

/** What is drawn of a line of a panel. */
export interface Shown {
  line: Line;
  band: Band | null;
  /** Only its points: between them there is no line. */
  dots: boolean;
  /** Points that are left out because x has no value at their iteration. */
  alone: number;
}

export interface Waiting {
  points: number;
  /** The connection was lost meanwhile: there may be more. */
  more: boolean;
}

const NONE_WAITING: Waiting = { points: 0, more: false };

/** Whether a line can stand on the axis that the view asks for: only so many points can be joined, and no group. */
export function canShow(line: PanelLine, against: string | null): boolean {
  return against === null || (!line.members && line.summary.count <= MOST_JOINED);
}

export class ChartPage {
  readonly feed: Feed;
  readonly groups = new GroupFeed();
  /** The x range in force: the address's, or the one that is being dragged right now. */
  readonly range: Store<Range | null>;
  readonly tooltip = createStore<ShownTooltip | null>(null);
  /** The line under the mouse, by its key. */
  readonly nearest = createStore<string | null>(null);
  /** The iteration that the reader has fixed. */
  readonly fixed = createStore<At | null>(null);
  /** What was done with the keyboard, for those who cannot see it. */
  readonly spoken = createStore("");
  /** How many points have come that are not shown, because the page is paused. */
  readonly waiting = createStore<Waiting>(NONE_WAITING);
  /** Every point, of lines that stand over another series. */
  private readonly every: Feed;
  private readonly joins: Joins;
  private against: string | null = null;
  private isPaused = false;

  /** `starts` tells when each task of the page started, in microseconds. */
  constructor(
    readonly starts: ReadonlyMap<string, number>,
    zoom: Range | null,
    readonly looks = new Looks(),
  ) {
    this.feed = new Feed((task) => this.startUs(task));
    this.every = new Feed((task) => this.startUs(task), undefined, true);
    this.joins = new Joins(this.every);
    this.range = createStore(zoom);
  }

  startUs(task: string): number {
    return this.starts.get(task) ?? 0;
  }

  open(): void {
    for (const feed of this.feeds()) feed.open();
  }

  close(): void {
    for (const feed of this.feeds()) feed.close();
  }

  pause(on: boolean): void {
    this.isPaused = on;
    this.waiting.set(NONE_WAITING);
    for (const feed of this.feeds()) feed.pause(on);
  }

  setView({ axis, zoom, center, spread, against }: ChartView): void {
    if (against !== this.against) this.joins.clear();
    this.against = against;
    // Of a joined line nothing is read again for a zoom: all of its points are here.
    this.feed.setView({ axis, zoom: against === null ? zoom : null });
    this.groups.setView({ axis, zoom: against === null ? zoom : null, center, spread });
  }

  /** So many points came for these series of a task; null for nobody knows which, or how many. */
  touch(task: string | null, names: readonly (readonly [string, string])[] | null, points: number | null): void {
    for (const feed of this.feeds()) feed.touch(task, names);
    if (!this.isPaused) return;
    const before = this.waiting.get();
    this.waiting.set({ points: before.points + (points ?? 0), more: before.more || points === null });
  }

  /** Say what a panel shows and how wide it is in device pixels. */
  want(panel: string, lines: readonly PanelLine[], columns: number): void {
    const { against } = this;
    this.unwant(panel);
    if (against !== null) {
      const whole = lines.filter((line) => canShow(line, against));
      this.every.want(panel, [...whole, ...whole.map((line) => xOf(line, against))], columns);
      return;
    }
    const groups = lines.flatMap(({ key, members }) => (members ? [{ key, members }] : []));
    this.feed.want(panel, lines.filter(({ members }) => !members), columns);
    this.groups.want(panel, groups, columns);
  }

  unwant(panel: string): void {
    for (const feed of this.feeds()) feed.unwant(panel);
  }

  /** What to draw of a line; null until it is here. */
  shown(line: PanelLine): Shown | null {
    if (this.against !== null) {
      const joined = canShow(line, this.against) ? this.joins.of(joinKey(line), xOf(line, this.against), line) : null;
      return joined && { line: joined.line, band: null, dots: !joined.steady, alone: joined.alone };
    }
    if (line.members) {
      const group = this.groups.line(line.key);
      return group && { ...group, dots: false, alone: 0 };
    }
    const points = this.feed.line(line);
    return points && { line: points, band: null, dots: false, alone: 0 };
  }

  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void {
    const stops = this.feeds().map((feed) => feed.subscribe(listener));
    return () => stops.forEach((stop) => stop());
  }

  /** Why the latest reading failed; null when it did not. */
  get problem(): string | null {
    return this.feed.problem ?? this.groups.problem ?? this.every.problem;
  }

  /** Where the page's cursor is on an axis. */
  placeOfCursor(cursor: PageCursor, axis: Axis): number {
    if (this.against !== null) return this.valueOfX(cursor.task, cursor.iteration);
    return placeOf(axis, cursor.iteration, cursor.timeUs, this.startUs(cursor.task));
  }

  /** Where the fixed iteration is in a panel; NaN where nothing tells. */
  placeOfFixed({ iteration, timeUs }: At, axis: Axis, lines: readonly { task: string; line: Line }[]): number {
    const [first] = lines;
    if (this.against !== null) return first ? this.valueOfX(first.task, iteration) : NaN;
    if (axis === "iteration") return iteration;
    if (timeUs !== null) return placeOf(axis, iteration, timeUs, first ? this.startUs(first.task) : NaN);
    for (const { line } of lines) {
      const index = line.iteration.indexOf(iteration);
      if (index >= 0) return line.x[index]!;
    }
    return NaN;
  }

  private valueOfX(task: string, iteration: number): number {
    const source = { ...namesOf(this.against!), task, attempt: null, rank: null };
    const line = this.every.line(source);
    return line ? valueNear(line, iteration) : NaN;
  }

  private feeds() {
    return [this.feed, this.groups, this.every] as const;
  }
}

/** The line of the same process and attempt that gives the x of a line. */
function xOf({ task, attempt, rank }: LineSource, against: string): LineSource {
  return { ...namesOf(against), task, attempt, rank };
}

function joinKey({ task, key }: PanelLine): string {
  return `${task}\t${key}`;
}

