// The groups that a page of charts shows: statistics over lines, read by the server for what is in view. A group is read
// whole each time (a median does not add up), at most once in two seconds while its lines grow.

import { isAbort } from "../api/client";
import { readGroups, type GroupPoints } from "../api/groups";
import type { GroupReadRequest } from "../api/types";
import type { FeedView, LineSource } from "./feed";
import { sourceKey } from "./feed";
import type { Band } from "./paint";
import type { Line } from "./points";

export type Center = NonNullable<GroupReadRequest["center"]>;
export type Spread = NonNullable<GroupReadRequest["band"]>;

export interface GroupView extends FeedView {
  center: Center;
  spread: Spread;
}

export interface GroupSource {
  /** Names the group within the page. */
  key: string;
  members: readonly LineSource[];
}

export interface GroupLine {
  line: Line;
  band: Band;
}

export type ReadGroups = (request: GroupReadRequest, options: { signal: AbortSignal }) => Promise<GroupPoints[]>;

/** More columns than this tell a reader of a mean nothing. */
const MOST_COLUMNS = 600;
// What the server takes in one request: so many lines, and so many lines times columns.
const MOST_MEMBERS = 1500;
const MOST_MEMBER_COLUMNS = 800_000;
const WAIT_MS = 2000;
const RETRY_MS = 5000;

interface Entry {
  source: GroupSource;
  shown: GroupLine | null;
  /** The view and members that `shown` is of. */
  of: string;
  stale: boolean;
}

export class GroupFeed {
  private readonly entries = new Map<string, Entry>();
  private readonly wanted = new Map<string, { groups: readonly GroupSource[]; columns: number }>();
  private readonly listeners = new Set<(changed: ReadonlySet<string>) => void>();
  private view: GroupView = { axis: "iteration", zoom: null, center: "mean", spread: "std" };
  private timer: ReturnType<typeof setTimeout> | null = null;
  private reading: AbortController | null = null;
  private closed = true;
  private paused = false;
  private readAt = -Infinity;
  problem: string | null = null;

  constructor(private readonly read: ReadGroups = readGroups) {}

  want(panel: string, groups: readonly GroupSource[], columns: number): void {
    this.wanted.set(panel, { groups, columns: Math.min(columns, MOST_COLUMNS) });
    this.schedule(0);
  }

  unwant(panel: string): void {
    this.wanted.delete(panel);
  }

  setView(view: GroupView): void {
    if (JSON.stringify(view) === JSON.stringify(this.view)) return;
    this.view = view;
    this.reading?.abort();
    this.reading = null;
    this.schedule(0);
  }

  touch(task: string | null, names: readonly (readonly [string, string])[] | null): void {
    const touched = names && new Set(names.map((name) => name.join("\t")));
    for (const entry of this.entries.values()) {
      entry.stale ||= entry.source.members.some(
        (line) => (task === null || line.task === task) && (!touched || touched.has(`${line.title}\t${line.series}`)),
      );
    }
    this.schedule(Math.max(0, this.readAt + WAIT_MS - performance.now()));
  }

  pause(on: boolean): void {
    this.paused = on;
    if (!on) this.schedule(0);
  }

  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  open(): void {
    this.closed = false;
    this.schedule(0);
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.reading?.abort();
    this.reading = null;
  }

  /** What to draw of a group; null until it is here. */
  line(key: string): GroupLine | null {
    return this.entries.get(key)?.shown ?? null;
  }

  private schedule(wait: number): void {
    if (this.closed || this.reading) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, wait);
  }

  private async flush(): Promise<void> {
    const due = this.due();
    const next = due[0];
    if (!next || this.closed) return;
    const { columns } = next;
    const batch: { entry: Entry; of: string }[] = [];
    let members = 0;
    for (const job of due) {
      members += job.entry.source.members.length;
      const fits = members <= MOST_MEMBERS && members * columns <= MOST_MEMBER_COLUMNS;
      if (job.columns === columns && (fits || batch.length === 0)) batch.push(job);
    }
    const abort = (this.reading = new AbortController());
    const fresh = batch.map(({ entry }) => entry);
    for (const entry of fresh) entry.stale = false;
    try {
      const answers = await this.read(this.request(fresh, columns), { signal: abort.signal });
      if (abort.signal.aborted) return;
      this.problem = null;
      batch.forEach(({ entry, of }, i) => {
        if (!answers[i]) return;
        entry.shown = groupLine(answers[i], this.view);
        entry.of = of;
      });
      this.done(abort, fresh, 0);
    } catch (error) {
      if (isAbort(error) || abort.signal.aborted) {
        for (const entry of fresh) entry.stale = true;
        return;
      }
      this.problem = error instanceof Error ? error.message : String(error);
      for (const entry of fresh) entry.stale = true;
      this.done(abort, fresh, RETRY_MS);
    }
  }

  private done(abort: AbortController, entries: readonly Entry[], wait: number): void {
    if (this.reading === abort) this.reading = null;
    this.readAt = performance.now();
    const changed = new Set(entries.map(({ source }) => source.key));
    for (const listener of [...this.listeners]) listener(changed);
    this.schedule(wait);
  }

  /** The groups on the screen that are not as they should be. */
  private due(): { entry: Entry; columns: number; of: string }[] {
    const due: { entry: Entry; columns: number; of: string }[] = [];
    for (const { groups, columns } of this.wanted.values()) {
      for (const source of groups) {
        const entry = this.entries.get(source.key) ?? { source, shown: null, of: "", stale: false };
        entry.source = source;
        this.entries.set(source.key, entry);
        const of = `${JSON.stringify(this.view)} ${source.members.map(sourceKey).join("\0")}`;
        if (entry.of !== of || (entry.stale && !this.paused)) due.push({ entry, columns, of });
      }
    }
    return due;
  }

  private request(entries: readonly Entry[], columns: number): GroupReadRequest {
    const { axis, zoom, center, spread } = this.view;
    return {
      axis,
      low: zoom?.low ?? null,
      high: zoom?.high ?? null,
      columns: Math.max(1, columns),
      center,
      band: spread,
      groups: entries.map(({ source }) => ({
        members: source.members.map(({ task, title, series, attempt, rank }) => ({
          task,
          title,
          series,
          attempt,
          rank,
          line: attempt === null ? "live" : "line",
        })),
      })),
    };
  }
}

/** A group as a line that can be drawn. It has an iteration or a time, as its axis is. */
function groupLine({ x, n, center, low, high }: GroupPoints, { axis }: GroupView): GroupLine {
  const unknown = new Float64Array(x.length).fill(NaN);
  return {
    line: {
      length: x.length,
      x,
      iteration: axis === "iteration" ? x : unknown,
      timeUs: axis === "wall" ? x : unknown,
      value: center,
      flags: new Uint8Array(x.length),
      marks: [],
      exact: true,
      points: x.length,
    },
    band: { low, high, n },
  };
}
