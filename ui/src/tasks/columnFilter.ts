// The filter of one column, as its menu makes it, as the address has it, and as the language of filters says it.

import type { Param } from "../state/address";
import { columnId, parseColumn, type ColumnKey } from "./column";

export type ColumnFilter = { column: ColumnKey } & (
  | { kind: "text"; pattern: string }
  /** Both ends included; empty: open. Numbers, moments (`-7d`, `2026-11-01`) or durations (`2h`), as the column is. */
  | { kind: "range"; low: string; high: string }
  /** Any of these; null stands for tasks that have none. */
  | { kind: "set"; values: readonly (string | null)[] }
);

export type FilterKind = "text" | "number" | "time" | "duration" | "set";

const KINDS: Record<string, readonly FilterKind[]> = {
  status: ["set"],
  user: ["set", "text"],
  host: ["set", "text"],
  type: ["set"],
  tags: ["set", "text"],
  project: ["set", "text"],
  name: ["text"],
  id: ["text"],
  started: ["time"],
  ended: ["time"],
  updated: ["time"],
  duration: ["duration"],
  iteration: ["number"],
  attempts: ["number"],
  lost: ["number"],
};

/** The ways in which a column can be filtered, the usual one first. */
export function filterKinds(key: ColumnKey): readonly FilterKind[] {
  if (key.kind === "metric") return ["number"];
  if (key.kind === "parameter") return ["set", "number", "text"];
  return KINDS[key.field] ?? [];
}

/** A name or value so that it is read as it is. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function subject(key: ColumnKey): string {
  if (key.kind === "parameter") return `param.${quoted(key.name)}`;
  if (key.kind === "metric") return `metric.${quoted(key.metric.title)}/${quoted(key.metric.series)}.${key.metric.stat}`;
  return key.field === "tags" ? "tag" : key.field;
}

/** The filter in the language of filters; empty where it asks for nothing. */
export function filterText(filter: ColumnFilter): string {
  const name = subject(filter.column);
  if (filter.kind === "text") return filter.pattern ? `${name}~${quoted(filter.pattern)}` : "";
  if (filter.kind === "range") return rangeText(name, filter.low, filter.high);
  return setText(name, filter.column, filter.values);
}

function rangeText(name: string, low: string, high: string): string {
  const ends = [low && `${name}>=${quoted(low)}`, high && `${name}<=${quoted(high)}`];
  return ends.filter(Boolean).join(" and ");
}

function setText(name: string, column: ColumnKey, values: readonly (string | null)[]): string {
  const compare = column.kind === "field" && column.field === "project" ? ":" : exact(column);
  const known = values.filter((value) => value !== null).map(quoted);
  const parts = known.length > 0 ? [`${name}${compare}${known.join(",")}`] : [];
  if (values.includes(null)) parts.push(`not ${name}:*`);
  return parts.length > 1 ? `(${parts.join(" or ")})` : (parts[0] ?? "");
}

/** Values of a menu are meant to the letter; a status has names of its own. */
function exact(column: ColumnKey): string {
  return column.kind === "field" && column.field === "status" ? ":" : "==";
}

/** What is searched in name, project, tags and id, as a regular expression. */
export function regexText(pattern: string): string {
  if (!pattern) return "";
  const text = quoted(pattern);
  return `(${["name", "project", "tag", "id"].map((field) => `${field}~${text}`).join(" or ")})`;
}

/** For the address: parts between tabs, which names hardly hold and which are escaped where they do. */
export const COLUMN_FILTERS: Param<readonly ColumnFilter[]> = {
  key: "only",
  parse: (raw) => raw.map(parseFilter).filter((filter) => filter !== null),
  format: (filters) => filters.map(formatFilter),
};

function formatFilter(filter: ColumnFilter): string {
  const parts =
    filter.kind === "text"
      ? [filter.pattern]
      : filter.kind === "range"
        ? [filter.low, filter.high]
        : filter.values.map((value) => (value === null ? "-" : `=${value}`));
  return [columnId(filter.column), filter.kind, ...parts].map((part) => part.replaceAll("!", "!0").replaceAll("\t", "!1")).join("\t");
}

function parseFilter(raw: string): ColumnFilter | null {
  const [id = "", kind, ...parts] = raw.split("\t").map((part) => part.replaceAll("!1", "\t").replaceAll("!0", "!"));
  const column = parseColumn(id);
  if (!column) return null;
  const [first = "", second = ""] = parts;
  if (kind === "text") return { column, kind, pattern: first };
  if (kind === "range") return { column, kind, low: first, high: second };
  if (kind !== "set") return null;
  return { column, kind, values: parts.map((part) => (part.startsWith("=") ? part.slice(1) : null)) };
}

/** The filter in a few words, for a chip. */
export function describeFilter(filter: ColumnFilter): string {
  if (filter.kind === "text") return `~ ${filter.pattern}`;
  if (filter.kind === "set") return filter.values.map((value) => value ?? "none").join(", ");
  if (filter.low && filter.high) return `${filter.low} … ${filter.high}`;
  return filter.low ? `≥ ${filter.low}` : `≤ ${filter.high}`;
}

export function sameColumn(a: ColumnKey, b: ColumnKey): boolean {
  return a.kind === b.kind && columnId(a) === columnId(b);
}

