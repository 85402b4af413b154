// The series of the tasks of a page: the first of each asked for once, and of a task again when the server says that it
// has new ones. Of a task with very many the rest comes in pages; what a plain filter finds among them is asked for.

import { useEffect, useMemo, useRef, useState } from "react";

import { subscribe } from "../api/events";
import type { SeriesList, SeriesSummary, TaskChange } from "../api/types";
import { throttle } from "../state/throttle";
import type { ChartTask } from "./Charts";
import type { ChartPage } from "./page";
import { PAGE, readLists, searchLists } from "./seriesLists";
import { lineKey } from "./view";

export interface Listed {
  task: ChartTask;
  series: readonly SeriesSummary[];
}

export interface SeriesOf {
  /** In the order of the tasks, of those that have answered; undefined until the first has. */
  listed: readonly Listed[] | undefined;
  total: { shown: number; of: number };
  error: Error | undefined;
  /** The text that was looked for among all series, those that are not loaded included; null for none. */
  searched: string | null;
  /** Load the next page of each task that has more. */
  more(): void;
}

const REFRESH_MS = 1000;
const SEARCH_WAIT_MS = 300;
/** Answers of many tasks are shown together: each time the page is laid out anew, and lines that come alone are read alone. */
const SHOW_MS = 400;

interface Lists {
  ids: string;
  by: ReadonlyMap<string, SeriesList>;
  error?: Error | undefined;
}

/** What of a change is counted while the page is paused: what was reported, or what was read of the machine. */
export type Counted = "points" | "readings";

export function useSeriesOf(
  tasks: readonly ChartTask[],
  page: ChartPage,
  { paused, filter, counted }: { paused: boolean; filter: string; counted: Counted },
): SeriesOf {
  const ids = tasks.map(({ id }) => id).join(" ");
  const [lists, setLists] = useState<Lists>({ ids, by: new Map() });
  const known = useRef(new Map<string, Set<string>>());
  const wanted = useRef(new Set<string>());
  const pages = useRef(1);
  const isPaused = useRef(paused);
  isPaused.current = paused;
  const refresh = useRef<() => void>(() => undefined);

  useEffect(() => {
    const all = ids.split(" ").filter(Boolean);
    const abort = new AbortController();
    known.current = new Map();
    wanted.current = new Set(all);
    pages.current = 1;
    let running = false;
    const answered = new Map<string, SeriesList>();
    let unseen = false;
    let problem: Error | undefined;
    const show = () => {
      unseen = false;
      setLists((old) => ({ ids, by: new Map([...(old.ids === ids ? old.by : NONE), ...answered]), error: problem }));
    };
    const showSoon = throttle(show, SHOW_MS);
    const take = (some: ReadonlyMap<string, SeriesList>) => {
      for (const [id, list] of some) {
        known.current.set(id, new Set(list.series.map(({ title, series }) => lineKey(title, series))));
        answered.set(id, list);
      }
      unseen = true;
      showSoon();
    };
    const readAll = async () => {
      if (running) return;
      running = true;
      while (wanted.current.size > 0 && !abort.signal.aborted) {
        const some = [...wanted.current];
        wanted.current.clear();
        problem = undefined;
        try {
          await readLists(some, pages.current, abort.signal, take);
        } catch (error) {
          problem = error instanceof Error ? error : new Error(String(error));
        }
        if (!abort.signal.aborted && (unseen || problem)) show();
      }
      running = false;
    };
    const soon = throttle(() => void readAll(), REFRESH_MS);
    refresh.current = soon;
    void readAll();

    const onChange = (changes: TaskChange[]) => {
      for (const change of changes) {
        if (!change.scalars || !all.includes(change.id)) continue;
        page.touch(change.id, change.series, change[counted]);
        const has = known.current.get(change.id);
        const fresh = change.series?.some(([title, series]) => !has?.has(lineKey(title, series))) ?? true;
        if (fresh) wanted.current.add(change.id);
      }
      if (wanted.current.size > 0 && !isPaused.current) soon();
    };
    const onResync = () => {
      page.touch(null, null, null);
      for (const id of all) wanted.current.add(id);
      soon();
    };
    // Of one task the stream names the series that changed; a stream for each of many would take all connections.
    const stop = subscribe(all.length === 1 ? all[0]! : null, { onChange, onResync });
    return () => {
      stop();
      soon.cancel();
      showSoon.cancel();
      abort.abort();
    };
  }, [ids, page, counted]);
  useEffect(() => {
    if (!paused && wanted.current.size > 0) refresh.current();
  }, [paused]);

  const by = lists.ids === ids ? lists.by : NONE;
  const partial = useMemo(() => [...by].filter(([, { total, series }]) => total > series.length).map(([id]) => id), [by]);
  const found = useFound(partial, searchOf(filter));
  return useMemo(() => {
    const listed = tasks.flatMap((task) => {
      const list = by.get(task.id);
      return list ? [{ task, series: joined(list.series, found?.by.get(task.id)?.series) }] : [];
    });
    const shown = listed.reduce((sum, { series }) => sum + series.length, 0);
    const of = [...by.values()].reduce((sum, { total }) => sum + total, 0);
    const isEmpty = listed.length === 0 && tasks.length > 0;
    const more = () => {
      pages.current = Math.ceil(Math.max(1, ...[...by.values()].map(({ series }) => series.length)) / PAGE) + 1;
      for (const id of partial) wanted.current.add(id);
      refresh.current();
    };
    return { listed: isEmpty ? undefined : listed, total: { shown, of }, error: lists.error, searched: found?.text ?? null, more };
  }, [by, lists.error, found, partial, tasks]);
}

const NONE: ReadonlyMap<string, SeriesList> = new Map();

/** What a filter is to a server that knows no regular expressions; null where it is one. */
export function searchOf(filter: string): string | null {
  return filter !== "" && !/[\\^$*+?()[\]{}|]/.test(filter) ? filter : null;
}

interface Found {
  text: string;
  by: ReadonlyMap<string, SeriesList>;
}

/** What has a text in its name, of tasks whose series are not all loaded; null for nothing to look for. */
function useFound(tasks: readonly string[], text: string | null): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  const ids = tasks.join(" ");
  useEffect(() => {
    if (text === null || ids === "") return setFound(null);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      // What could not be looked for shows as not searched.
      searchLists(ids.split(" "), text, abort.signal).then((by) => setFound({ text, by }), () => undefined);
    }, SEARCH_WAIT_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [ids, text]);
  return text === null ? null : found;
}

function joined(series: readonly SeriesSummary[], found: readonly SeriesSummary[] | undefined): readonly SeriesSummary[] {
  if (!found || found.length === 0) return series;
  const known = new Set(series.map((one) => lineKey(one.title, one.series)));
  const added = found.filter((one) => !known.has(lineKey(one.title, one.series)));
  return added.length > 0 ? [...series, ...added] : series;
}
