// What a column of the task table is, and how it is called in an address, in a filter and on the page.

import type { MetricRef, TaskSort } from "../api/types";
import { formatMetric, metricName, parseMetric } from "../state/metricColumn";

export const FIELDS = [
  "status",
  "name",
  "project",
  "tags",
  "user",
  "host",
  "type",
  "started",
  "ended",
  "duration",
  "updated",
  "iteration",
  "attempts",
  "lost",
  "id",
] as const;
export type Field = (typeof FIELDS)[number];

export type ColumnKey =
  | { kind: "field"; field: Field }
  | { kind: "metric"; metric: MetricRef }
  | { kind: "parameter"; name: string };

/** `name`, `metric:last~loss~train`, `param:General/lr`. */
export function columnId(key: ColumnKey): string {
  if (key.kind === "field") return key.field;
  return key.kind === "metric" ? `metric:${formatMetric(key.metric)}` : `param:${key.name}`;
}

export function parseColumn(id: string): ColumnKey | null {
  if (id.startsWith("param:")) return { kind: "parameter", name: id.slice("param:".length) };
  if (id.startsWith("metric:")) {
    const metric = parseMetric(id.slice("metric:".length));
    return metric && { kind: "metric", metric };
  }
  const field = FIELDS.find((known) => known === id);
  return field ? { kind: "field", field } : null;
}

const FIELD_NAMES: Partial<Record<Field, string>> = { updated: "Updated", lost: "Lost records", id: "Id" };

export function columnName(key: ColumnKey): string {
  if (key.kind === "metric") return metricName(key.metric);
  if (key.kind === "parameter") return key.name;
  return FIELD_NAMES[key.field] ?? key.field.charAt(0).toUpperCase() + key.field.slice(1);
}

const STAT_NAMES: Partial<Record<MetricRef["stat"], string>> = { min_iteration: "at min", max_iteration: "at max", non_finite: "NaN, Inf" };

/** Which value of a metric a column shows: `last`, `at min` (the iteration of the lowest value). */
export function statName(stat: MetricRef["stat"]): string {
  return STAT_NAMES[stat] ?? stat;
}

/** The sort by a column; null where the server sorts by no such thing. */
export function sortBy(key: ColumnKey, descending: boolean): TaskSort | null {
  if (key.kind === "metric") return { field: "started", metric: key.metric, parameter: null, descending };
  if (key.kind === "parameter") return { field: "started", metric: null, parameter: key.name, descending };
  if (key.field === "tags" || key.field === "id") return null;
  return { field: key.field, metric: null, parameter: null, descending };
}

/** The column that a sort is by. */
export function sortedColumn(sort: TaskSort): ColumnKey {
  if (sort.metric) return { kind: "metric", metric: sort.metric };
  if (sort.parameter !== null) return { kind: "parameter", name: sort.parameter };
  return { kind: "field", field: sort.field };
}

const TEXTS: readonly Field[] = ["status", "name", "project", "user", "host", "type"];

/** Whether the first click sorts from Z to A, the newest or the highest first. */
export function fallsFirst(key: ColumnKey): boolean {
  return key.kind === "metric" || (key.kind === "field" && !TEXTS.includes(key.field));
}

/**
 * The sorts that a click on a head means: by that column alone, and the other way round at the next click. With
 * `further` the column becomes the last of the keys, turns round if it is one, and a third such click takes it out.
 */
export function clicked(sorts: readonly TaskSort[], key: ColumnKey, further: boolean): readonly TaskSort[] {
  const id = columnId(key);
  const place = sorts.findIndex((sort) => columnId(sortedColumn(sort)) === id);
  const first = sortBy(key, fallsFirst(key));
  if (!first) return sorts;
  const old = sorts[place];
  if (!further) return [old && sorts.length === 1 ? { ...old, descending: !old.descending } : first];
  if (!old) return [...sorts, first].slice(-MOST_SORTS);
  if (old.descending !== first.descending && sorts.length > 1) return sorts.filter((sort) => sort !== old);
  return sorts.map((sort) => (sort === old ? { ...old, descending: !old.descending } : sort));
}

const MOST_SORTS = 4;
