// Every metric of every task by one of its numbers: rows of a table, and the same as CSV.

import type { SeriesSummary } from "../api/types";
import { append, byName, type Filter } from "../charts/sections";
import type { Listed } from "../charts/useSeriesOf";
import { lineKey } from "../charts/view";
import { describeFlags } from "../state/flags";
import type { Column, Table } from "../tables/table";

export const STATS = ["last", "min", "max", "first", "mean"] as const;
export type ShownStat = (typeof STATS)[number];

export interface MetricRow {
  key: string;
  title: string;
  series: string;
  /** By task, in the order of the tasks that were given. */
  summaries: readonly (SeriesSummary | null)[];
}

/** A single value by task, in the same order. */
export interface SingleRow {
  key: string;
  name: string;
  values: readonly (number | null)[];
  /** How often NaN or Inf was reported in its place. */
  nonFinite: readonly number[];
}

export function metricRows(ids: readonly string[], listed: readonly Listed[], filter: Filter): MetricRow[] {
  const found = new Map<string, { task: string; summary: SeriesSummary }[]>();
  for (const { task, series } of listed)
    for (const summary of series) {
      if (filter.test(summary.title, summary.series) === "none") continue;
      append(found, lineKey(summary.title, summary.series), { task: task.id, summary });
    }
  return [...found]
    .map(([key, list]) => {
      const { title, series } = list[0]!.summary;
      const by = new Map(list.map(({ task, summary }) => [task, summary]));
      return { key, title, series, summaries: ids.map((id) => by.get(id) ?? null) };
    })
    .sort((a, b) => Number(a.title.startsWith(":")) - Number(b.title.startsWith(":")) || byName(a.title, b.title) || byName(a.series, b.series));
}

/** A number, or the name of what was reported in place of one; null where there is neither. */
export function statOf(summary: SeriesSummary | null, stat: ShownStat): number | string | null {
  if (!summary) return null;
  if (stat === "mean") return summary.mean;
  const point = { last: summary.last, first: summary.first, min: summary.minimum, max: summary.maximum }[stat];
  return point === null ? null : (point.value ?? (describeFlags(point.flags) || null));
}

/** Where the value stood. */
export function iterationOf(summary: SeriesSummary | null, stat: ShownStat): number | null {
  if (!summary || stat === "mean") return null;
  return { last: summary.last, first: summary.first, min: summary.minimum, max: summary.maximum }[stat]?.iteration ?? null;
}

/** All numbers of all tasks, a row for each metric and task; a single value is the last of its name. */
export function everyValue(names: readonly string[], singles: readonly SingleRow[], rows: readonly MetricRow[]): Table {
  const cells: Cell[] = [
    ...singles.flatMap(({ name, values, nonFinite }) => values.flatMap((value, i) => (value === null && nonFinite[i] === 0 ? [] : [{ title: name, series: "", task: names[i]!, value, summary: null, nonFinite: nonFinite[i]! }]))),
    ...rows.flatMap(({ title, series, summaries }) => summaries.flatMap((summary, i) => (summary ? [{ title, series, task: names[i]!, value: null, summary, nonFinite: summary.non_finite }] : []))),
  ];
  const column = (head: string, of: (cell: Cell) => unknown): Column => ({ heads: [head], cells: cells.map(of) });
  return {
    columns: [
      column("title", ({ title }) => title),
      column("series", ({ series }) => series),
      column("task", ({ task }) => task),
      ...STATS.map((stat) => column(stat, ({ summary, value }) => statOf(summary, stat) ?? (stat === "last" ? value : null))),
      column("min at", ({ summary }) => summary?.minimum?.iteration ?? null),
      column("max at", ({ summary }) => summary?.maximum?.iteration ?? null),
      column("points", ({ summary }) => summary?.count ?? null),
      column("NaN, Inf", ({ nonFinite }) => nonFinite),
    ],
    rows: cells.length,
  };
}

interface Cell {
  title: string;
  series: string;
  task: string;
  value: number | null;
  summary: SeriesSummary | null;
  nonFinite: number;
}
