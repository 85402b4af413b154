// What the task table shows, as the address has it, and the question that it makes for the server.

import type { MetricRef, TaskQuery, TaskSort } from "../api/types";
import { param, type Param } from "./address";
import { formatMetric, METRIC_COLUMNS, parseMetric } from "./metricColumn";

export type SortField = TaskSort["field"];

const FIELDS: readonly SortField[] = ["started", "updated", "name", "status", "project", "iteration", "duration"];
const DEFAULT_SORT: TaskSort = { field: "started", metric: null, parameter: null, descending: true };

/** `-started`, `name`, `-metric:last~loss~train`; a leading minus descends. */
export const SORT: Param<TaskSort> = {
  key: "sort",
  parse([raw = ""]) {
    const descending = raw.startsWith("-");
    const name = descending ? raw.slice(1) : raw;
    if (name.startsWith("metric:")) {
      const metric = parseMetric(name.slice("metric:".length));
      return metric ? { field: "started", metric, parameter: null, descending } : DEFAULT_SORT;
    }
    const field = FIELDS.find((known) => known === name);
    return field ? { field, metric: null, parameter: null, descending } : DEFAULT_SORT;
  },
  format(sort) {
    const name = sort.metric ? `metric:${formatMetric(sort.metric)}` : sort.field;
    const text = (sort.descending ? "-" : "") + name;
    return text === "-started" ? [] : [text];
  },
};

export const PROJECT = param.text("project");
export const SEARCH = param.text("q");
export const STATUS = param.list("status");
export { METRIC_COLUMNS };

export interface TaskView {
  project: string;
  search: string;
  status: readonly string[];
  sort: TaskSort;
  metrics: readonly MetricRef[];
}

export function taskQuery(view: TaskView, offset: number, limit: number): TaskQuery {
  return {
    project: view.project || null,
    recursive: true,
    status: [...view.status],
    search: view.search,
    sort: view.sort,
    metrics: [...view.metrics],
    offset,
    limit,
  };
}

/** The sort that a click on a header means: by it, and the other way round at the next click. Names ascend first. */
export function toggled(sort: TaskSort, field: SortField, metric: MetricRef | null): TaskSort {
  const same = metric
    ? sort.metric !== null && formatMetric(sort.metric) === formatMetric(metric)
    : sort.metric === null && sort.field === field;
  if (same) return { ...sort, descending: !sort.descending };
  return { field, metric, parameter: null, descending: metric !== null || !["name", "project", "status"].includes(field) };
}
