// What a figure is to the page: something plotly draws, an image, or tables; and which figures can share a drawing.

import type { Column, Table } from "../tables/table";

export type Json = Record<string, unknown>;

export interface Figure {
  data: Json[];
  layout: Json;
  frames?: unknown[];
}

export type Shape =
  | { kind: "plot" }
  | { kind: "image"; source: string; caption: string }
  | { kind: "tables"; tables: { name: string; table: Table }[] };

/** Who a figure is. */
export interface Named {
  title: string;
  series: string;
}

/** Read what the server sent as a figure.
 *  Throws an `Error` that says what is wrong, in words for the reader. */
export function parseFigure(text: string): Figure {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The figure is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJson(value)) throw new Error("The figure is not an object with “data” and “layout”.");
  const data = value["data"] ?? [];
  if (!Array.isArray(data) || !data.every(isJson)) throw new Error("“data” of the figure is not a list of traces.");
  const { layout, frames } = value;
  return {
    data: data.map((trace) => withTitles(trace, TITLES_DEEP) as Json),
    layout: isJson(layout) ? (withTitles(layout, TITLES_DEEP) as Json) : {},
    ...(Array.isArray(frames) ? { frames } : {}),
  };
}

/** Layout, scene, axis; trace, marker, colour bar. Not deeper: data may nest as it likes. */
const TITLES_DEEP = 3;

/** Titles and their fonts as plotly wrote them until version 2 are written as version 3 and later read them. */
function withTitles(part: unknown, deep: number): unknown {
  if (!isJson(part) || deep === 0) return part;
  const { titlefont, titleside, ...rest } = part;
  const next: Json = {};
  for (const [key, value] of Object.entries(rest)) next[key] = isJson(value) ? withTitles(value, deep - 1) : value;
  if (!("title" in part) && titlefont === undefined) return next;
  const title = isJson(next["title"]) ? next["title"] : typeof next["title"] === "string" ? { text: next["title"] } : {};
  const older = { ...(titlefont === undefined ? {} : { font: titlefont }), ...(titleside === undefined ? {} : { side: titleside }) };
  return { ...next, title: { ...older, ...title } };
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How to show a figure. */
export function shapeOf(figure: Figure, task: string): Shape {
  const { data, layout } = figure;
  if (data.length > 0 && data.every((trace) => trace["type"] === "table")) {
    const tables = data.map((trace, i) => ({ name: textOf(trace["name"]) || `table ${i + 1}`, table: tableOf(trace) }));
    return { kind: "tables", tables };
  }
  const images = layout["images"];
  if (data.length === 0 && Array.isArray(images) && images.length === 1 && isJson(images[0])) {
    const source = imageSource(textOf(images[0]["source"]), task);
    if (source) return { kind: "image", source, caption: titleOf(layout) };
  }
  return { kind: "plot" };
}

/** Where the browser finds a figure's image: in itself, or a file of the task's folder. Other places are not asked. */
export function imageSource(source: string, task: string): string | null {
  if (/^data:image\//i.test(source) || source.startsWith("/files/")) return source;
  if (/^(media|artifacts)\//.test(source) && !source.split("/").includes("..")) {
    return `/files/${encodeURIComponent(task)}/${source.split("/").map(encodeURIComponent).join("/")}`;
  }
  return null;
}

export function titleOf(part: Json): string {
  return isJson(part["title"]) ? textOf(part["title"]["text"]) : "";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A trace of type table by columns; its heads may have levels, its cells are by column. */
export function tableOf(trace: Json): Table {
  const heads = listOf(isJson(trace["header"]) ? trace["header"]["values"] : []);
  const cells = listOf(isJson(trace["cells"]) ? trace["cells"]["values"] : []);
  const columns: Column[] = Array.from({ length: Math.max(heads.length, cells.length) }, (_, i) => ({
    heads: levels(heads[i]),
    cells: listOf(cells[i]),
  }));
  return { columns, rows: Math.max(0, ...columns.map((column) => column.cells.length)) };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function levels(head: unknown): string[] {
  const list = Array.isArray(head) ? head : [head];
  return list.map((text) => plainText(text === null || text === undefined ? "" : String(text)));
}

/** Heads often are set in bold with plotly's few tags; the page shows text. */
function plainText(text: string): string {
  return text.replace(/<br\s*\/?>/gi, " ").replace(/<\/?(b|i|sub|sup|em|strong)>/gi, "");
}

const XY = new Set(["scatter", "scattergl", "bar", "histogram"]);

/** What two figures of one title must share to be drawn as one: kind of trace and axes. Null: stands alone. */
export function overlayKey(figure: Figure, { title, series }: Named): string | null {
  const { data, layout } = figure;
  const kinds = new Set(data.map((trace) => (trace["type"] ?? "scatter") as string));
  const alone =
    data.length === 0 ||
    ![...kinds].every((kind) => XY.has(kind)) ||
    data.some((trace) => "xaxis" in trace || "yaxis" in trace) ||
    ["images", "annotations", "shapes", "updatemenus", "sliders", "grid", "xaxis2", "yaxis2"].some((key) => notEmpty(layout[key])) ||
    figure.frames !== undefined;
  if (alone) return null;
  const family = kinds.has("bar") || kinds.has("histogram") ? "bars" : "points";
  const own = saysTheSame(titleOf(layout), { title, series }) ? "" : titleOf(layout);
  return JSON.stringify([family, own, axisKey(layout["xaxis"]), axisKey(layout["yaxis"]), layout["barmode"] ?? null]);
}

function notEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

function axisKey(axis: unknown): unknown[] {
  if (!isJson(axis)) return ["", null, null, null];
  return [titleOf(axis), axis["type"] ?? null, axis["autorange"] ?? null, axis["range"] ?? null];
}

/** Whether a figure's title only repeats its name, which stands above it anyway. */
export function saysTheSame(text: string, { title, series }: Named): boolean {
  return ["", title, series, `${title}/${series}`, `${title} / ${series}`].includes(text);
}

/** One figure of several with the same overlay key; the traces are named after their series, and `earlier`, where one is older. */
export function overlay(figures: readonly (Named & { figure: Figure; earlier?: string })[]): Figure {
  const data = figures.flatMap(({ series, figure, earlier = "" }) =>
    figure.data.map((trace) => ({ ...trace, name: traceName(trace, series, figure.data.length) + earlier, showlegend: true })),
  );
  const { title: _title, ...layout } = figures[0]?.figure.layout ?? {};
  return { data, layout: { ...layout, showlegend: true } };
}

function traceName(trace: Json, series: string, traces: number): string {
  const name = textOf(trace["name"]);
  return traces === 1 || name === "" || name === series ? series || name : `${series}: ${name}`;
}
