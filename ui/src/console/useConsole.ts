// The lines of a task's console and the places where a search found something, both kept up by push.

import { useEffect } from "react";

import { API, getJson, queryString } from "../api/client";
import { subscribe } from "../api/events";
import type { ConsoleLine, ConsolePage, ConsoleQuery } from "../api/types";
import type { RangeCache } from "../state/ranges";
import { throttle } from "../state/throttle";
import { useRanges } from "../state/useRanges";

const PAGE_LINES = 250;
const REFRESH_MS = 400;
const SEARCH_REFRESH_MS = 2500;

export type Filter = Pick<ConsoleQuery, "pattern" | "ignore_case" | "stream" | "minimum_level" | "rank" | "attempt">;

const consolePath = (task: string): string => `/tasks/${encodeURIComponent(task)}/console`;

export function readLines(task: string, query: ConsoleQuery, signal: AbortSignal): Promise<ConsolePage> {
  return getJson<ConsolePage>(consolePath(task), { signal, query: { ...query } });
}

/** Where all lines that fit are as a text file; with their times where they are shown. */
export function textAddress(task: string, filter: Filter, times: boolean): string {
  return `${API}${consolePath(task)}.txt${queryString({ ...filter, ...(times ? { times } : {}) })}`;
}

/** `stream` is whose changes are listened to; null is that of all tasks, where several are shown: each takes a connection. */
export function useConsoleLines(task: string, filter: Filter, stream: string | null = task): RangeCache<ConsoleLine> {
  return useLines(task, filter, stream, REFRESH_MS);
}

/** Every line of the log (under the other filters) that the pattern is found in; asked for only where `wanted`. */
export function useMatches(task: string, filter: Filter, wanted: boolean, stream: string | null = task): RangeCache<ConsoleLine> {
  const matches = useLines(task, filter, stream, SEARCH_REFRESH_MS);
  useEffect(() => {
    if (wanted && filter.pattern !== null && matches.total === undefined) matches.look(0, 0);
  }, [matches, filter.pattern, wanted]);
  return matches;
}

function useLines(task: string, filter: Filter, stream: string | null, refreshMs: number): RangeCache<ConsoleLine> {
  const lines = useRanges<ConsoleLine>(JSON.stringify([task, filter]), PAGE_LINES, async (offset, limit, signal) => {
    const page = await readLines(task, { ...filter, offset, limit }, signal);
    return { total: page.total, offset: page.offset, items: page.lines };
  });
  useEffect(() => {
    const refresh = throttle(() => lines.invalidate(), refreshMs);
    const stop = subscribe(stream, {
      onChange: (changes) => changes.some(({ id, console: printed }) => printed && id === task) && refresh(),
      onResync: refresh,
    });
    return () => {
      stop();
      refresh.cancel();
    };
  }, [task, stream, lines, refreshMs]);
  return lines;
}
