// Metrics of the compared tasks: which there are, and the values of those that are asked for.

import { useEffect, useMemo } from "react";

import { getJson, postJson } from "../api/client";
import { subscribe } from "../api/events";
import { MONITOR_PREFIX, type MetricRef, type SeriesList, type TaskPage } from "../api/types";
import { byName } from "../charts/sections";
import { lineKey } from "../charts/view";
import { useResource } from "../state/resource";
import { throttle } from "../state/throttle";
import { metricKey } from "./axes";
import type { Value } from "./placing";

/** Tasks of one comparison report much the same: so many are asked what. */
const ASKED = 8;
const MOST_NAMES = 2000;
/** What the server takes in one question. */
const MOST_METRICS = 100;
const REFRESH_MS = 2000;

/** The metrics that most of the tasks have first, then by name; undefined until known. */
export function useMetricNames(ids: readonly string[]): readonly { title: string; series: string }[] | undefined {
  const asked = ids.slice(0, ASKED);
  const { data } = useResource(`names ${asked.join(",")}`, async (signal) => {
    const lists = await Promise.all(
      asked.map((id) =>
        getJson<SeriesList>(`/tasks/${encodeURIComponent(id)}/series`, { signal, query: { limit: MOST_NAMES } }).catch(() => null),
      ),
    );
    const counts = new Map<string, { title: string; series: string; count: number }>();
    for (const list of lists)
      for (const { title, series } of list?.series ?? []) {
        if (title.startsWith(MONITOR_PREFIX)) continue;
        const key = lineKey(title, series);
        const before = counts.get(key);
        counts.set(key, { title, series, count: (before?.count ?? 0) + 1 });
      }
    return [...counts.values()].sort((a, b) => b.count - a.count || byName(a.title, b.title) || byName(a.series, b.series));
  });
  return data;
}

/** The values of metrics, by `metricKey`, in the order of the tasks. */
export function useMetricValues(ids: readonly string[], metrics: readonly MetricRef[]): ReadonlyMap<string, readonly Value[]> {
  const key = JSON.stringify([ids, metrics.map(metricKey)]);
  const { data, reload } = useResource(key, async (signal) => {
    const asked = metrics.slice(0, MOST_METRICS);
    if (asked.length === 0 || ids.length === 0) return new Map<string, readonly Value[]>();
    const query = { filter: `id:${ids.map((id) => `"${id}"`).join(",")}`, metrics: [...asked], limit: ids.length };
    const { tasks } = await postJson<TaskPage>("/tasks/query", query, { signal });
    const rows = new Map(tasks.map((row) => [row.id, row.metrics]));
    return new Map(asked.map((metric, i) => [metricKey(metric), ids.map((id) => rows.get(id)?.[i] ?? null)]));
  });
  useEffect(() => {
    const mine = new Set(ids);
    const refresh = throttle(reload, REFRESH_MS);
    const stop = subscribe(null, { onChange: (changes) => changes.some(({ id, scalars }) => scalars && mine.has(id)) && refresh(), onResync: refresh });
    return () => {
      stop();
      refresh.cancel();
    };
  }, [ids, reload]);
  return useMemo(() => data ?? new Map<string, readonly Value[]>(), [data]);
}
