// Metrics of the compared tasks, single values among them: which there are, and the values of those that are asked for.

import { useRef } from "react";

import { postJson } from "../api/client";
import type { ColumnInfo, ColumnList, ColumnQuery, MetricRef, TaskPage, TaskQuery } from "../api/types";
import { useResource } from "../state/resource";
import { metricKey } from "./axes";
import type { Value } from "./placing";
import { useRefresh } from "./useRefresh";

/** What the server names in one answer; of more the rest is found by searching. */
const MOST_NAMES = 1000;
/** What the server takes in one question. */
const MOST_METRICS = 100;

export interface Metric {
  title: string;
  series: string;
  /** Reported once, by its name alone. */
  single: boolean;
  /** How many of the tasks have it. */
  tasks: number;
}

export interface MetricNames {
  /** What most of the tasks have first, then by name; the machine's readings last. */
  metrics: readonly Metric[];
  /** How many there are in all. */
  total: number;
}

const NO_VALUES: ReadonlyMap<string, readonly Value[]> = new Map();
const NOTHING: MetricNames = { metrics: [], total: 0 };

/** The question that finds the tasks of these ids. */
export function namedTasks(ids: readonly string[]): TaskQuery {
  return { filter: `id:${ids.map((id) => `"${id}"`).join(",")}`, limit: ids.length };
}

/** What any of the tasks has reported, the machine's readings last; with words only what has them in its name. */
export function useMetricNames(ids: readonly string[], search = ""): MetricNames | undefined {
  const key = JSON.stringify([ids, search]);
  const { data, reload } = useResource(key, async (signal): Promise<MetricNames> => {
    if (ids.length === 0) return NOTHING;
    const query: ColumnQuery = { kind: "metric", tasks: namedTasks(ids), search, sort: "tasks", limit: MOST_NAMES };
    const { columns, total } = await postJson<ColumnList>("/tasks/columns", query, { signal });
    return { metrics: columns.map(metricOf), total };
  });
  useRefresh(ids, ({ scalars }) => scalars, reload);
  return data;
}

function metricOf({ name, series, single, tasks }: ColumnInfo): Metric {
  return { title: name, series, single, tasks };
}

/** The values of metrics, by `metricKey`, in the order of the tasks. */
export function useMetricValues(ids: readonly string[], metrics: readonly MetricRef[]): ReadonlyMap<string, readonly Value[]> {
  const key = JSON.stringify([ids, metrics.map(metricKey)]);
  const { data, reload } = useResource(key, async (signal) => {
    const found = new Map<string, readonly Value[]>();
    if (ids.length === 0) return found;
    for (let begin = 0; begin < metrics.length; begin += MOST_METRICS) {
      const asked = metrics.slice(begin, begin + MOST_METRICS);
      const { tasks } = await postJson<TaskPage>("/tasks/query", { ...namedTasks(ids), metrics: asked }, { signal });
      const rows = new Map(tasks.map((row) => [row.id, row.metrics]));
      asked.forEach((metric, i) => found.set(metricKey(metric), ids.map((id) => rows.get(id)?.[i] ?? null)));
    }
    return found;
  });
  useRefresh(ids, ({ scalars }) => scalars, reload);
  // While another metric is asked for, those that were stay.
  const last = useRef({ ids, found: NO_VALUES });
  if (data) last.current = { ids, found: data };
  return data ?? (last.current.ids === ids ? last.current.found : NO_VALUES);
}
