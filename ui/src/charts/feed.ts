// The points of the lines that are on screen, kept current: one request for all of them, later only what came since,
// and an exact reading of the range that is zoomed into. What is drawn stays until its replacement is here.

import { isAbort } from "../api/client";
import { readSeries, type SeriesPoints } from "../api/series";
import type { Axis, SeriesReadRequest } from "../api/types";
import { lineOf, PointBuffer, type Line, type PointRange } from "./points";
import type { Range } from "./scale";
import { lineKey } from "./view";

export interface FeedView {
  axis: Axis;
  zoom: Range | null;
}

/** Which points a line is made of. */
export interface LineSource {
  task: string;
  title: string;
  series: string;
  /** The line of one attempt; null for the live line, which joins them. Of one process, or of the lowest. */
  attempt: number | null;
  rank: number | null;
}

/** Identify what a line is made of, over all tasks. */
export function sourceKey({ task, title, series, attempt, rank }: LineSource): string {
  return `${task}\t${attempt ?? ""}\t${rank ?? ""}\t${title}\t${series}`;
}

export type ReadSeries = (request: SeriesReadRequest, options: { signal: AbortSignal }) => Promise<SeriesPoints[]>;

/** Raw points behind a reduced answer before it is asked for again, as a multiple of the points one column takes. */
const TAIL_LIMIT = 4;
/** Read this share beyond the range on either side, so that the line leaves the panel where it should. */
const MARGIN = 0.1;
const ZOOM_WAIT_MS = 120;
const RETRY_MS = 5000;
// What the server takes in one request: so many reads, and so many reads times columns.
const MOST_READS = 2000;
const MOST_READ_COLUMNS = 800_000;
const MOST_ENTRIES = 4000;
// Of lines that are read without reduction.
const MOST_READS_OF_EVERY = 8;

interface Entry {
  key: string;
  source: LineSource;
  whole: PointBuffer | null;
  wholeColumns: number;
  wholeStale: boolean;
  part: (PointRange & { columns: number }) | null;
  partStale: boolean;
  reading: AbortController | null;
  line: Line | null;
}

interface Job {
  entry: Entry;
  target: PointBuffer;
  range: Range | null;
}

export class Feed {
  private readonly entries = new Map<string, Entry>();
  private readonly wanted = new Map<string, { sources: readonly LineSource[]; columns: number }>();
  private readonly listeners = new Set<(changed: ReadonlySet<string>) => void>();
  private view: FeedView = { axis: "iteration", zoom: null };
  private timer: ReturnType<typeof setTimeout> | null = null;
  private closed = true;
  private paused = false;
  /** Why the latest reading failed; null when it did not. */
  problem: string | null = null;

  constructor(
    /** When a task started, should an answer not say. */
    private readonly startUs: (task: string) => number,
    private readonly read: ReadSeries = readSeries,
    /** Read every point, for what cannot be made of a reduced line. Who asks sees to it that the lines are short. */
    private readonly everyPoint = false,
  ) {}

  /** Say what a panel shows and how wide it is in device pixels. */
  want(panel: string, sources: readonly LineSource[], columns: number): void {
    this.wanted.set(panel, { sources, columns });
    this.schedule(0);
  }

  unwant(panel: string): void {
    this.wanted.delete(panel);
  }

  setView(view: FeedView): void {
    const old = this.view;
    const same = old.axis === view.axis;
    if (same && old.zoom?.low === view.zoom?.low && old.zoom?.high === view.zoom?.high) return;
    this.view = view;
    for (const entry of this.entries.values()) {
      if (entry.reading) this.drop(entry);
      if (!same) entry.part = null;
      else if (view.zoom === null) entry.part = null;
      entry.line = null;
    }
    this.schedule(old.zoom === null || view.zoom === null ? 0 : ZOOM_WAIT_MS);
  }

  /** Points came for these series of a task, or for nobody knows which (`null`, of all tasks or of none that is known). */
  touch(task: string | null, names: readonly (readonly [string, string])[] | null): void {
    const touched = names && new Set(names.map(([title, series]) => lineKey(title, series)));
    for (const entry of this.entries.values()) {
      const { source } = entry;
      if (task !== null && source.task !== task) continue;
      if (touched && !touched.has(lineKey(source.title, source.series))) continue;
      entry.wholeStale = true;
      entry.partStale = true;
    }
    this.schedule(0);
  }

  /** While paused nothing new is read of what is already here; what becomes visible still is. */
  pause(on: boolean): void {
    this.paused = on;
    if (!on) this.schedule(0);
  }

  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Start to read; until then wishes are only noted. */
  open(): void {
    this.closed = false;
    this.schedule(0);
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    for (const entry of this.entries.values()) if (entry.reading) this.drop(entry);
  }

  /** What to draw of a line; null until its first points are here. */
  line(source: LineSource): Line | null {
    const entry = this.entries.get(sourceKey(source));
    if (!entry?.whole) return null;
    const onAxis = entry.whole.axis === this.view.axis ? entry.whole : entry.whole.onAxis(this.view.axis);
    entry.line ??= lineOf(onAxis, entry.part, onAxis.startUs ?? this.startUs(source.task));
    return entry.line;
  }

  private schedule(wait: number): void {
    if (this.closed) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.flush();
    }, wait);
  }

  private flush(): void {
    if (this.closed) return;
    this.forget();
    const batches = new Map<string, Job[]>();
    for (const { sources, columns } of this.wanted.values()) {
      for (const source of sources) {
        const job = this.jobOf(this.entryOf(source), columns);
        if (!job) continue;
        const at = `${columns} ${job.range === null}`;
        const batch = batches.get(at);
        if (batch) batch.push(job);
        else batches.set(at, [job]);
      }
    }
    for (const [at, jobs] of batches) {
      const columns = Number(at.split(" ")[0]);
      const most = this.everyPoint ? MOST_READS_OF_EVERY : MOST_READS;
      const atOnce = Math.max(1, Math.min(most, Math.floor(MOST_READ_COLUMNS / columns)));
      for (let i = 0; i < jobs.length; i += atOnce) void this.run(jobs.slice(i, i + atOnce), columns);
    }
  }

  /** Let go of the points of lines that were looked at longest ago, once there are very many. */
  private forget(): void {
    if (this.entries.size <= MOST_ENTRIES) return;
    const wanted = new Set([...this.wanted.values()].flatMap(({ sources }) => sources.map(sourceKey)));
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= MOST_ENTRIES) return;
      if (!wanted.has(key) && !entry.reading) this.entries.delete(key);
    }
  }

  private entryOf(source: LineSource): Entry {
    const key = sourceKey(source);
    let entry = this.entries.get(key);
    if (!entry) {
      entry = {
        key,
        source,
        whole: null,
        wholeColumns: 0,
        wholeStale: false,
        part: null,
        partStale: false,
        reading: null,
        line: null,
      };
      this.entries.set(key, entry);
    }
    return entry;
  }

  /** What a line needs next, marked as under way; null for nothing. */
  private jobOf(entry: Entry, columns: number): Job | null {
    if (entry.reading) return null;
    const job = this.wholeJob(entry, columns) ?? this.partJob(entry, columns);
    if (job) entry.reading = new AbortController();
    return job;
  }

  private wholeJob(entry: Entry, columns: number): Job | null {
    const { whole } = entry;
    const unfit =
      whole === null ||
      whole.axis !== this.view.axis ||
      (!whole.exact && columns > entry.wholeColumns * 1.25) ||
      (whole.tail > TAIL_LIMIT * columns && !this.everyPoint);
    // The parts that a zoom shows are read for themselves; the whole can wait until it is seen again.
    const stale = entry.wholeStale && !this.paused && !(this.view.zoom && whole && !whole.exact);
    if (!unfit && !stale) return null;
    entry.wholeStale = false;
    if (unfit) entry.wholeColumns = columns;
    return { entry, target: unfit ? new PointBuffer(this.view.axis) : whole, range: null };
  }

  private partJob(entry: Entry, columns: number): Job | null {
    const { zoom, axis } = this.view;
    if (!zoom || !entry.whole || entry.whole.exact) return null;
    const range = withMargin(zoom);
    const { part } = entry;
    const same = part !== null && part.low === range.low && part.high === range.high;
    const unfit = !same || columns > part.columns * 1.25 || part.buffer.tail > TAIL_LIMIT * columns;
    if (!unfit && (!entry.partStale || this.paused)) return null;
    entry.partStale = false;
    return { entry, target: unfit ? new PointBuffer(axis) : part.buffer, range };
  }

  private async run(jobs: Job[], columns: number): Promise<void> {
    const abort = new AbortController();
    for (const { entry } of jobs) entry.reading = abort;
    try {
      const answers = await this.read(this.request(jobs, columns), { signal: abort.signal });
      if (abort.signal.aborted || this.closed) return;
      this.problem = null;
      jobs.forEach((job, i) => answers[i] && this.accept(job, answers[i], columns));
      this.finish(jobs, abort);
    } catch (error) {
      if (isAbort(error) || abort.signal.aborted || this.closed) return;
      this.problem = error instanceof Error ? error.message : String(error);
      for (const { entry } of jobs) if (entry.reading === abort) this.drop(entry);
      this.emit(jobs);
      setTimeout(() => this.schedule(0), RETRY_MS);
    }
  }

  /** Give up a reading under way; what it would have brought is still to be read. */
  private drop(entry: Entry): void {
    entry.reading?.abort();
    entry.reading = null;
    entry.wholeStale = true;
    entry.partStale = true;
  }

  private request(jobs: Job[], columns: number): SeriesReadRequest {
    const range = jobs[0]!.range;
    return {
      axis: this.view.axis,
      low: range === null ? null : range.low,
      high: range === null ? null : range.high,
      every_point: this.everyPoint,
      // The margins of a part get columns of their own, at the same points for each pixel.
      columns: Math.ceil(range === null ? columns : columns * (1 + 2 * MARGIN)),
      reads: jobs.map(({ entry: { source }, target }) => ({
        task: source.task,
        title: source.title,
        series: source.series,
        line: source.attempt === null ? "live" : "line",
        attempt: source.attempt,
        rank: source.rank,
        after: target.cursor,
      })),
    };
  }

  private accept({ entry, target, range }: Job, answer: SeriesPoints, columns: number): void {
    target.take(answer);
    if (range === null) entry.whole = target;
    else entry.part = { ...range, buffer: target, columns };
    entry.line = null;
  }

  private finish(jobs: Job[], abort: AbortController): void {
    for (const { entry } of jobs) if (entry.reading === abort) entry.reading = null;
    this.emit(jobs);
    // A zoom may now need a part, a change may have come meanwhile: asks only where something is missing.
    this.schedule(0);
  }

  private emit(jobs: Job[]): void {
    const changed = new Set(jobs.map(({ entry }) => entry.key));
    for (const listener of [...this.listeners]) listener(changed);
  }
}

function withMargin({ low, high }: Range): Range {
  const margin = (high - low) * MARGIN;
  return { low: Math.floor(low - margin), high: Math.ceil(high + margin) };
}
