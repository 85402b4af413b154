// Changes pushed by the server: one EventSource for each subject however many listen, bursts gathered into one
// delivery, and a resync after every interruption, because what happened meanwhile was not heard.

import { setConnection } from "../state/connection";
import { API } from "./client";
import type { Change, TaskChange } from "./types";

export interface Listener {
  /** What changed since the last delivery; deliveries come at most every `GATHER_MS`. */
  onChange(changes: TaskChange[]): void;
  /** The stream was interrupted and is back: ask again for what is shown. */
  onResync?(): void;
}

export const GATHER_MS = 250;
const RETRY_MS = 2000;

/** Join two changes of one task into the one that says as much as both. */
export function mergeChange(earlier: TaskChange, later: TaskChange): TaskChange {
  return {
    id: later.id,
    status: later.status,
    scalars: earlier.scalars || later.scalars,
    console: earlier.console || later.console,
    detail: earlier.detail || later.detail,
    plots: earlier.plots || later.plots,
    samples: earlier.samples || later.samples,
    deleted: later.deleted,
    series: mergeSeries(earlier, later),
    points: earlier.points + later.points,
    readings: earlier.readings + later.readings,
  };
}

function mergeSeries(earlier: TaskChange, later: TaskChange): TaskChange["series"] {
  if (!earlier.scalars) return later.series;
  if (!later.scalars) return earlier.series;
  if (earlier.series === null || later.series === null) return null;
  const named = new Map([...earlier.series, ...later.series].map((pair) => [JSON.stringify(pair), pair]));
  return [...named.values()];
}

/** Gathers changes, one for each task, until they are taken. */
export class Gathered {
  private readonly byTask = new Map<string, TaskChange>();

  add(changes: readonly TaskChange[]): void {
    for (const change of changes) {
      const full = { ...change, series: change.series ?? null };
      const earlier = this.byTask.get(full.id);
      this.byTask.set(full.id, earlier ? mergeChange(earlier, full) : full);
    }
  }

  take(): TaskChange[] {
    const changes = [...this.byTask.values()];
    this.byTask.clear();
    return changes;
  }

  get empty(): boolean {
    return this.byTask.size === 0;
  }
}

class Channel {
  readonly listeners = new Set<Listener>();
  private readonly gathered = new Gathered();
  private source: EventSource | null = null;
  private flushTimer: ReturnType<typeof setTimeout> | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | null = null;
  private interrupted = false;

  constructor(private readonly url: string) {
    this.open();
  }

  close(): void {
    this.source?.close();
    if (this.flushTimer) clearTimeout(this.flushTimer);
    if (this.retryTimer) clearTimeout(this.retryTimer);
  }

  private open(): void {
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed(source);
    source.addEventListener("change", (event) => {
      const change = JSON.parse((event as MessageEvent<string>).data) as Change;
      this.gathered.add(change.tasks);
      this.flushTimer ??= setTimeout(() => this.flush(), GATHER_MS);
    });
  }

  private opened(): void {
    setConnection("online");
    if (!this.interrupted) return;
    this.interrupted = false;
    for (const listener of [...this.listeners]) listener.onResync?.();
  }

  /** The browser reconnects by itself after a lost connection, but not after an error status: do that here. */
  private failed(source: EventSource): void {
    this.interrupted = true;
    setConnection("lost");
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    this.retryTimer = setTimeout(() => this.open(), RETRY_MS);
  }

  private flush(): void {
    this.flushTimer = null;
    if (this.gathered.empty) return;
    const changes = this.gathered.take();
    for (const listener of [...this.listeners]) listener.onChange(changes);
  }
}

const channels = new Map<string, Channel>();

/** Listen to the changes of one task, or of all (`null`). Returns how to stop. */
export function subscribe(task: string | null, listener: Listener): () => void {
  const url = task === null ? `${API}/events` : `${API}/events?task=${encodeURIComponent(task)}`;
  const channel = channels.get(url) ?? new Channel(url);
  channels.set(url, channel);
  channel.listeners.add(listener);
  return () => {
    channel.listeners.delete(listener);
    if (channel.listeners.size > 0) return;
    channel.close();
    channels.delete(url);
  };
}
