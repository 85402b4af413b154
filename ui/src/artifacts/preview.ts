// How the preview of an artifact is shown: as a table, as text, or not at all.

import { reachOf } from "../api/reported";
import type { Artifact } from "../api/types";
import type { Table } from "../tables/table";
import { parseTree } from "../widgets/JsonTree";

export type Preview = { kind: "none" } | { kind: "image"; source: string } | { kind: "file"; source: string } | { kind: "table"; table: Table } | { kind: "tree"; value: unknown } | { kind: "text"; text: string };

const IMAGE = /\.(png|jpe?g|gif|webp|bmp|svg|avif)$/i;
const TABLES = /pandas|dataframe|csv|numpy|ndarray/i;

export function previewOf({ type, url, preview }: Pick<Artifact, "type" | "url" | "preview">): Preview {
  if (reachOf(url) === "here" && (/image/i.test(type) || IMAGE.test(url.split("?")[0] ?? ""))) return { kind: "image", source: url };
  if (reachOf(url) === "here" && /\.csv(\.gz)?$/i.test(url)) return { kind: "file", source: url };
  if (preview === "") return { kind: "none" };
  if (TABLES.test(type)) {
    const table = tableFromCsv(preview);
    if (table) return { kind: "table", table };
  }
  const value = parseTree(preview);
  return value === undefined ? { kind: "text", text: preview } : { kind: "tree", value };
}

/** The text up to its last whole line: what was read may end in the middle of one. */
export function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

/** JSON on several lines; anything else as it is. */
export function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The table that a text of comma-separated values is; null where it is not one: fewer than two columns, or ragged. */
export function tableFromCsv(text: string): Table | null {
  const [head, ...rows] = parseCsv(text);
  if (!head || head.length < 2 || rows.length === 0) return null;
  if (rows.some((row) => row.length !== head.length)) return null;
  const columns = head.map((name, i) => ({ heads: [name], cells: rows.map((row) => row[i] ?? "") }));
  return { columns, rows: rows.length };
}

/** RFC 4180, with either line end. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  for (let at = 0; at < text.length; at = cell.lastIndex) {
    cell.lastIndex = at;
    const match = cell.exec(text);
    if (!match) return [];
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") {
      if (cell.lastIndex === text.length) row.push("");
      else continue;
    }
    rows.push(row);
    row = [];
  }
  if (row.length) rows.push(row);
  return rows;
}
