// A long list that lives on the server, of which only the pages in view are here. Pages that may have changed stay
// on screen, are marked stale, and are asked for again when they are looked at: nothing flickers, nothing is
// fetched that nobody sees.

import { isAbort } from "../api/client";

export interface Answer<T> {
  total: number;
  offset: number;
  items: readonly T[];
}

export type Ask<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<Answer<T>>;

interface Page<T> {
  items: readonly T[];
  stale: boolean;
}

/** How many pages are kept beside those in view. */
const KEPT_PAGES = 60;

export class RangeCache<T> {
  /** How many items there are, as the latest answer said; undefined before the first. */
  total: number | undefined;
  error: Error | undefined;
  private readonly pages = new Map<number, Page<T>>();
  private readonly pending = new Map<number, { again: boolean }>();
  private readonly listeners = new Set<() => void>();
  private abort = new AbortController();
  private view: [number, number] = [0, 0];
  private changes = 0;
  /** After a refusal nothing is asked until something changed: asking the same again would be refused again. */
  private refused = false;

  constructor(
    readonly pageSize: number,
    private readonly ask: Ask<T>,
  ) {}

  /** Changes with every change of content; for `useSyncExternalStore`. */
  readonly version = (): number => this.changes;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  at(index: number): T | undefined {
    return this.pages.get(Math.floor(index / this.pageSize))?.items[index % this.pageSize];
  }

  /** Say which items are in view (both inclusive): what is missing or stale of them is asked for. */
  look(first: number, last: number): void {
    this.view = [Math.max(0, first), Math.max(0, last)];
    this.refresh();
  }

  /** Mark everything as possibly changed and ask again for what is in view. */
  invalidate(): void {
    this.refused = false;
    for (const page of this.pages.values()) page.stale = true;
    for (const request of this.pending.values()) request.again = true;
    this.refresh();
  }

  /** Let go of requests under way; `open` takes them up again. */
  close(): void {
    this.abort.abort();
    this.pending.clear();
  }

  open(): void {
    if (!this.abort.signal.aborted) return;
    this.abort = new AbortController();
    this.refresh();
  }

  /** The items that are here, in order; for moving about in what is loaded. */
  *loaded(): Generator<[number, T]> {
    for (const number of [...this.pages.keys()].sort((a, b) => a - b))
      for (const [i, item] of (this.pages.get(number)?.items ?? []).entries()) yield [number * this.pageSize + i, item];
  }

  private refresh(): void {
    // Closed: `open` asks for what is in view.
    if (this.refused || this.abort.signal.aborted) return;
    const [first, last] = this.view;
    const end = this.total === undefined ? last : Math.min(last, Math.max(0, this.total - 1));
    for (let n = Math.floor(Math.min(first, end) / this.pageSize); n <= Math.floor(end / this.pageSize); n++) {
      const page = this.pages.get(n);
      if ((!page || page.stale) && !this.pending.has(n)) void this.fetch(n);
    }
  }

  private async fetch(number: number): Promise<void> {
    const request = { again: false };
    const { signal } = this.abort;
    this.pending.set(number, request);
    try {
      const answer = await this.ask(number * this.pageSize, this.pageSize, signal);
      if (signal.aborted) return;
      this.pending.delete(number);
      this.take(number, answer, request.again);
      if (request.again) this.refresh();
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      this.pending.delete(number);
      this.error = error as Error;
      this.refused = true;
      this.changed();
    }
  }

  private take(number: number, answer: Answer<T>, stale: boolean): void {
    this.error = undefined;
    this.total = answer.total;
    this.pages.delete(number); // so that the order of the map is the order of arrival
    this.pages.set(number, { items: answer.items, stale });
    this.forgetBeyond(answer.total);
    this.forgetOldest();
    this.changed();
  }

  private forgetBeyond(total: number): void {
    for (const number of this.pages.keys()) if (number > 0 && number * this.pageSize >= total) this.pages.delete(number);
  }

  private forgetOldest(): void {
    const [first, last] = this.view.map((index) => Math.floor(index / this.pageSize)) as [number, number];
    for (const number of this.pages.keys()) {
      if (this.pages.size <= KEPT_PAGES) return;
      if (number < first || number > last) this.pages.delete(number);
    }
  }

  private changed(): void {
    this.changes++;
    for (const listener of [...this.listeners]) listener();
  }
}
