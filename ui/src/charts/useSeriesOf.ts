// The series of the tasks of a page: asked for once, and of a task again when the server says that it has new ones.

import { useEffect, useMemo, useRef, useState } from "react";

import { getJson, isAbort } from "../api/client";
import { subscribe } from "../api/events";
import type { SeriesList, SeriesSummary, TaskChange } from "../api/types";
import { throttle } from "../state/throttle";
import type { ChartTask } from "./Charts";
import type { ChartPage } from "./page";
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
}

const REFRESH_MS = 1000;
/** Lists asked for at once: a browser has six connections to a server, and one listens. */
const AT_ONCE = 4;

export function useSeriesOf(tasks: readonly ChartTask[], page: ChartPage, paused: boolean): SeriesOf {
  const ids = tasks.map(({ id }) => id).join(" ");
  const [lists, setLists] = useState<{ ids: string; by: ReadonlyMap<string, SeriesList>; error?: Error }>({
    ids,
    by: new Map(),
  });
  const known = useRef(new Map<string, Set<string>>());
  const wanted = useRef(new Set<string>());
  const isPaused = useRef(paused);
  isPaused.current = paused;
  const refresh = useRef<() => void>(() => undefined);

  useEffect(() => {
    const all = ids.split(" ").filter(Boolean);
    const abort = new AbortController();
    known.current = new Map();
    wanted.current = new Set(all);
    let running = false;
    const readOne = async (id: string) => {
      const list = await getJson<SeriesList>(`/tasks/${encodeURIComponent(id)}/series`, { signal: abort.signal });
      known.current.set(id, new Set(list.series.map(({ title, series }) => lineKey(title, series))));
      setLists((old) => ({ ids, by: new Map(old.ids === ids ? old.by : []).set(id, list) }));
    };
    const readAll = async () => {
      if (running) return;
      running = true;
      while (wanted.current.size > 0 && !abort.signal.aborted) {
        const some = [...wanted.current].slice(0, AT_ONCE);
        for (const id of some) wanted.current.delete(id);
        const done = await Promise.allSettled(some.map(readOne));
        const failed = done.find((one) => one.status === "rejected");
        if (failed && !isAbort(failed.reason)) {
          const error = failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
          setLists((old) => ({ ids, by: old.ids === ids ? old.by : new Map<string, SeriesList>(), error }));
        }
      }
      running = false;
    };
    const soon = throttle(() => void readAll(), REFRESH_MS);
    refresh.current = soon;
    void readAll();

    const onChange = (changes: TaskChange[]) => {
      for (const change of changes) {
        if (!change.scalars || !all.includes(change.id)) continue;
        page.touch(change.id, change.series);
        const has = known.current.get(change.id);
        const fresh = change.series?.some(([title, series]) => !has?.has(lineKey(title, series))) ?? true;
        if (fresh) wanted.current.add(change.id);
      }
      if (wanted.current.size > 0 && !isPaused.current) soon();
    };
    const onResync = () => {
      page.touch(null, null);
      for (const id of all) wanted.current.add(id);
      soon();
    };
    // Of one task the stream names the series that changed; a stream for each of many would take all connections.
    const stop = subscribe(all.length === 1 ? all[0]! : null, { onChange, onResync });
    return () => {
      stop();
      soon.cancel();
      abort.abort();
    };
  }, [ids, page]);
  useEffect(() => {
    if (!paused && wanted.current.size > 0) refresh.current();
  }, [paused]);

  return useMemo(() => {
    const by = lists.ids === ids ? lists.by : new Map<string, SeriesList>();
    const listed = tasks.flatMap((task) => {
      const list = by.get(task.id);
      return list ? [{ task, series: list.series }] : [];
    });
    const shown = listed.reduce((sum, { series }) => sum + series.length, 0);
    const of = [...by.values()].reduce((sum, { total }) => sum + total, 0);
    const isEmpty = listed.length === 0 && tasks.length > 0;
    return { listed: isEmpty ? undefined : listed, total: { shown, of }, error: lists.error };
  }, [lists, ids, tasks]);
}
