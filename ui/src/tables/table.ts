// A table of any values by column: which rows are shown in which order, and what leaves the page as CSV.

import { formatNumber } from "../state/format";

export interface Column {
  /** The head, one text a level, outermost first. */
  heads: readonly string[];
  cells: ArrayLike<unknown>;
  /** How a number is shown; six significant digits where absent. */
  format?(value: number): string;
}

export interface Table {
  columns: readonly Column[];
  rows: number;
}

export interface Order {
  column: number;
  descending: boolean;
}

/** A run of columns under one head. */
export interface HeadCell {
  text: string;
  span: number;
}

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return Object.is(value, -0) ? "0" : String(value);
  if (typeof value === "object") return JSON.stringify(value) ?? "";
  return String(value);
}

/** The text to show: numbers in six significant digits, whole ones in full. */
export function shownText(value: unknown, format: (value: number) => string = formatCell): string {
  return typeof value === "number" ? format(value) : cellText(value);
}

function formatCell(value: number): string {
  return Number.isSafeInteger(value) ? String(value).replace("-", "−") : formatNumber(value);
}

const SPECIAL: Record<string, number> = {
  nan: NaN,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  infinity: Infinity,
  "-infinity": -Infinity,
};
const NUMERAL = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;

/** A cell as a number: numbers, numerals and the names of what is not finite; null for anything else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > 40) return null;
  return SPECIAL[value.trim().toLowerCase()] ?? (NUMERAL.test(value) ? Number(value) : null);
}

const LOOKED_AT = 200;

/** Whether a column is one of numbers, to stand at the right; judged by its first cells. */
export function isNumeric(column: Column): boolean {
  let numbers = 0;
  for (let i = 0; i < Math.min(LOOKED_AT, column.cells.length); i++) {
    const cell = column.cells[i];
    if (cell === null || cell === undefined || cell === "") continue;
    if (numberOf(cell) === null) return false;
    numbers++;
  }
  return numbers > 0;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The rows that hold the text (anywhere, in either case), in order; numbers before texts, empty cells and NaN last. */
export function chosenRows(table: Table, search: string, order: Order | null): Uint32Array {
  const found = search ? searched(table, search.toLowerCase()) : Uint32Array.from({ length: table.rows }, (_, i) => i);
  const column = order ? table.columns[order.column] : undefined;
  return order && column ? sorted(found, column, order.descending) : found;
}

function searched(table: Table, wanted: string): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (table.columns.some(({ cells }) => cellText(cells[row]).toLowerCase().includes(wanted))) rows.push(row);
  }
  return Uint32Array.from(rows);
}

function sorted(rows: Uint32Array, column: Column, descending: boolean): Uint32Array {
  const numbers: [number, number][] = [];
  const texts: [string, number][] = [];
  const last: number[] = [];
  for (const row of rows) {
    const number = numberOf(column.cells[row]);
    const text = number === null ? cellText(column.cells[row]) : "";
    if (number !== null && !Number.isNaN(number)) numbers.push([number, row]);
    else if (text !== "") texts.push([text, row]);
    else last.push(row);
  }
  const sign = descending ? -1 : 1;
  // Equal infinities differ by NaN: compare, do not subtract.
  numbers.sort(([a, i], [b, j]) => (a < b ? -sign : a > b ? sign : i - j));
  texts.sort(([a, i], [b, j]) => sign * collator.compare(a, b) || i - j);
  const parts = descending ? [texts, numbers] : [numbers, texts];
  return Uint32Array.from([...parts.flatMap((part) => part.map(([, row]) => row)), ...last]);
}

/** The rows of the head: neighbours with the same head under the same heads stand under one cell, the lowest row apart. */
export function headRows(columns: readonly Column[]): HeadCell[][] {
  const depth = Math.max(1, ...columns.map(({ heads }) => heads.length));
  return Array.from({ length: depth }, (_, level) => headRow(columns, level, level === depth - 1));
}

function headRow(columns: readonly Column[], level: number, lowest: boolean): HeadCell[] {
  const row: HeadCell[] = [];
  let above = "";
  for (const { heads } of columns) {
    const text = heads[level] ?? "";
    const path = JSON.stringify(heads.slice(0, level + 1));
    const before = row.at(-1);
    if (before && !lowest && path === above && text !== "") before.span++;
    else row.push({ text, span: 1 });
    above = path;
  }
  return row;
}

/** The whole table as RFC 4180 text, numbers in full; heads of several levels are joined by a slash. */
export function toCsv(table: Table, rows: Uint32Array): string {
  const lines = [table.columns.map(({ heads }) => csvField(heads.filter(Boolean).join("/"))).join(",")];
  for (const row of rows) lines.push(table.columns.map(({ cells }) => csvField(cellText(cells[row]))).join(","));
  return lines.join("\r\n") + "\r\n";
}

/** A field of RFC 4180 text. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const FIGURE_SPACE = "\u2007";
const POINT_SPACE = "\u2008";

/** How many characters the numbers of a column have after their point, point included; by its first cells. */
export function decimalsOf({ cells, format }: Column): number {
  let most = 0;
  for (let i = 0; i < Math.min(LOOKED_AT, cells.length); i++) {
    if (numberOf(cells[i]) !== null) most = Math.max(most, afterPoint(shownText(cells[i], format)).length);
  }
  return most;
}

function afterPoint(text: string): string {
  const point = text.indexOf(".");
  return point < 0 ? "" : text.slice(point);
}

/** The text padded so that the points of a column of numbers stand under each other. */
export function alignedText(text: string, decimals: number): string {
  const after = afterPoint(text).length;
  if (after >= decimals) return text;
  return text + (after === 0 ? POINT_SPACE + FIGURE_SPACE.repeat(decimals - 1) : FIGURE_SPACE.repeat(decimals - after));
}

const WIDTH = { least: 6, most: 42 };

/** How wide each column is, in characters: its head and what its first cells and some further ones hold. */
export function columnWidths(table: Table): number[] {
  const step = Math.max(1, Math.floor(table.rows / LOOKED_AT));
  return table.columns.map((column) => {
    const { heads, cells, format } = column;
    const decimals = isNumeric(column) ? decimalsOf(column) : 0;
    let width = Math.max(WIDTH.least, ...heads.map((text) => text.length + 2));
    for (let i = 0; i < table.rows && width < WIDTH.most; i += i < LOOKED_AT ? 1 : step)
      width = Math.max(width, alignedText(shownText(cells[i], format), decimals).length);
    return Math.min(WIDTH.most, width);
  });
}
