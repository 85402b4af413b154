// Which columns the task table shows, in which order and how wide.

import type { MetricRef } from "../api/types";
import { readParam, type Param } from "../state/address";
import { METRIC_COLUMNS } from "../state/metricColumn";
import { columnId, parseColumn, type ColumnKey, type Field } from "./column";

export interface Placed {
  key: ColumnKey;
  /** In CSS pixels; null fits it to the room there is. */
  widthPx: number | null;
}

export const WIDTHS = { least: 36, most: 1600 };

const SHOWN: readonly Field[] = [
  "status",
  "name",
  "project",
  "tags",
  "user",
  "host",
  "started",
  "duration",
  "updated",
  "iteration",
];

function field(name: Field): Placed {
  return { key: { kind: "field", field: name }, widthPx: null };
}

export const DEFAULT_COLUMNS: readonly Placed[] = SHOWN.map(field);

/** `name`, or `240|name` with a width. */
function format({ key, widthPx }: Placed): string {
  return widthPx === null ? columnId(key) : `${widthPx}|${columnId(key)}`;
}

function parse(raw: string): Placed | null {
  const [, width, id = raw] = /^(\d{1,4})\|(.*)$/s.exec(raw) ?? [];
  const key = parseColumn(id);
  return key && { key, widthPx: width === undefined ? null : fitWidth(Number(width)) };
}

export function fitWidth(px: number): number {
  return Math.round(Math.min(WIDTHS.most, Math.max(WIDTHS.least, px)));
}

/** Columns of an address or of a kept layout, each once; null where it says none. */
export function parseColumns(raw: readonly unknown[]): readonly Placed[] | null {
  const found = new Map<string, Placed>();
  for (const text of raw) {
    const placed = typeof text === "string" ? parse(text) : null;
    if (placed && !found.has(columnId(placed.key))) found.set(columnId(placed.key), placed);
  }
  return found.size > 0 ? [...found.values()] : null;
}

export const COLUMNS: Param<readonly Placed[] | null> = {
  key: "col",
  parse: parseColumns,
  format: (columns) => (columns ?? []).map(format),
};

/** The columns that an address names; null where it leaves them to the project. */
export function columnsOf(search: string): readonly Placed[] | null {
  const named = readParam(search, COLUMNS);
  if (named) return named;
  // Links from before columns could be placed name metrics only.
  const metrics = readParam(search, METRIC_COLUMNS);
  return metrics.length > 0 ? withMetrics(metrics) : null;
}

function withMetrics(metrics: readonly MetricRef[]): readonly Placed[] {
  const added = metrics.map((metric): Placed => ({ key: { kind: "metric", metric }, widthPx: null }));
  return [...DEFAULT_COLUMNS.slice(0, 4), ...added, ...DEFAULT_COLUMNS.slice(4)];
}

export function hasColumn(columns: readonly Placed[], key: ColumnKey): boolean {
  return columns.some((placed) => columnId(placed.key) === columnId(key));
}

/** A metric or parameter goes behind the last of its like, where one looks for it; a field goes to the end. */
export function withColumn(columns: readonly Placed[], key: ColumnKey): readonly Placed[] {
  if (hasColumn(columns, key)) return columns;
  const placed = { key, widthPx: null };
  if (key.kind === "field") return [...columns, placed];
  const like = columns.findLastIndex((other) => other.key.kind !== "field");
  const behind = like >= 0 ? like : columns.findIndex(({ key: other }) => other.kind === "field" && other.field === "name");
  return columns.toSpliced(behind + 1, 0, placed);
}

/** Without the column; the last one stays. */
export function withoutColumn(columns: readonly Placed[], key: ColumnKey): readonly Placed[] {
  const rest = columns.filter((placed) => columnId(placed.key) !== columnId(key));
  return rest.length > 0 ? rest : columns;
}

/** The column moved to a place among the others. */
export function movedColumn(columns: readonly Placed[], id: string, to: number): readonly Placed[] {
  const from = columns.findIndex(({ key }) => columnId(key) === id);
  const moved = columns[from];
  if (!moved) return columns;
  const place = Math.min(columns.length - 1, Math.max(0, to));
  return columns.toSpliced(from, 1).toSpliced(place, 0, moved);
}

export function resizedColumn(columns: readonly Placed[], id: string, widthPx: number | null): readonly Placed[] {
  return columns.map((placed) =>
    columnId(placed.key) === id ? { ...placed, widthPx: widthPx === null ? null : fitWidth(widthPx) } : placed,
  );
}
