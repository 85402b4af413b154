// The same plot of several tasks as one figure, where their axes are alike; tables as one table.

import { isJson, overlayKey, tableOf, type Figure, type Json, type Named } from "../plots/figure";
import { shorten } from "../state/format";
import type { Table } from "../tables/table";

export interface TaskFigure {
  task: string;
  /** What the task is called here. */
  name: string;
  colour: string;
  figure: Figure;
}

/** More tasks than this in one drawing are not told apart. */
export const MOST_OVERLAID = 24;
const LONGEST_NAME = 40;

/** Whether the figures can share a drawing, where each has the colour of its task; one alone may have it too. */
export function canOverlay(figures: readonly TaskFigure[], named: Named): boolean {
  if (figures.length === 0 || figures.length > MOST_OVERLAID) return false;
  const keys = new Set(figures.map(({ figure }) => overlayKey(figure, named)));
  return keys.size === 1 && !keys.has(null);
}

/** One figure of all: each task's traces in its colour, under its name. */
export function merged(figures: readonly TaskFigure[]): Figure {
  const data = figures.flatMap(({ name, colour, figure }) =>
    figure.data.map((trace, i) => tinted(trace, colour, i, traceName(name, trace, figure.data.length))),
  );
  const { title: _title, ...layout } = figures[0]?.figure.layout ?? {};
  const bars = data.some(({ type }) => type === "bar" || type === "histogram");
  const binned = data.some(({ type }) => type === "histogram");
  return { data, layout: { ...layout, showlegend: true, ...(bars ? { barmode: binned ? "overlay" : "group" } : {}) } };
}

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash"];

/** In the task's colour; the traces of one task differ by their dashes. */
function tinted(trace: Json, colour: string, place: number, name: string): Json {
  const line = isJson(trace["line"]) ? trace["line"] : {};
  const marker = isJson(trace["marker"]) ? trace["marker"] : {};
  const filled = trace["type"] === "histogram" ? { opacity: 0.6 } : {};
  const dash = line["dash"] ?? DASHES[place % DASHES.length];
  return {
    ...trace,
    ...filled,
    name,
    showlegend: true,
    marker: { ...marker, color: colour, colorscale: undefined, showscale: false },
    ...(trace["type"] === "bar" || trace["type"] === "histogram" ? {} : { line: { ...line, color: colour, dash } }),
  };
}

function traceName(task: string, trace: Json, traces: number): string {
  const own = typeof trace["name"] === "string" ? trace["name"] : "";
  const name = shorten(task, LONGEST_NAME);
  return asText(traces > 1 && own ? `${name}: ${own}` : name);
}

/** Names of traces are read as a little HTML by what draws them; those of tasks are text. */
export function asText(name: string): string {
  return name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Whether all are tables. */
export function areTables(figures: readonly TaskFigure[]): boolean {
  return figures.length > 0 && figures.every(({ figure }) => figure.data.length > 0 && figure.data.every(({ type }) => type === "table"));
}

/** Tables side by side as one: the columns of each task under its name. */
export function mergedTable(figures: readonly TaskFigure[]): Table {
  const parts = figures.flatMap(({ name, figure }) => figure.data.map((trace) => ({ name, table: tableOf(trace) })));
  const columns = parts.flatMap(({ name, table }) => table.columns.map((column) => ({ ...column, heads: [shorten(name, LONGEST_NAME), ...column.heads] })));
  return { columns, rows: Math.max(0, ...parts.map(({ table }) => table.rows)) };
}
