// Every point of lines exactly as it is stored, for files: iterations and times as whole numbers of 64 bits.

import { tableFromIPC } from "@uwdata/flechette";

import { ApiError, postBytes } from "../api/client";
import { FLAG, type SeriesReadRequest } from "../api/types";
import { describeFlags } from "../state/flags";
import { csvField } from "../tables/table";
import type { DrawnLine } from "./paint";
import { lowerBound, upperBound } from "./points";
import type { LineSource } from "./feed";
import type { Range } from "./scale";
import type { PanelLine } from "./sections";

/** A piece of a line, in the order of time. */
export interface Stored {
  iteration: ArrayLike<bigint | number>;
  timeUs: ArrayLike<bigint | number>;
  value: ArrayLike<number>;
  flags: ArrayLike<number>;
}

type Span = [low: number | null, high: number | null];

/** The pieces of a line, one after the other: where the server finds a range too long, its halves are asked for. */
export async function* readEvery(line: PanelLine, source: LineSource, signal?: AbortSignal): AsyncGenerator<Stored> {
  const times = [line.summary.first?.time_us ?? 0, line.summary.last?.time_us ?? 0];
  const spans: Span[] = [[null, null]];
  for (let span = spans.shift(); span; span = spans.shift()) {
    try {
      yield decode(await postBytes("/series/read", request(source, span), { signal }));
    } catch (error) {
      const halves = error instanceof ApiError && "points" in error.detail ? halved(span, times) : null;
      if (!halves) throw error;
      spans.unshift(...halves);
    }
  }
}

function halved([low, high]: Span, times: readonly number[]): [Span, Span] | null {
  const from = low ?? Math.min(...times);
  const to = high ?? Math.max(...times);
  const middle = Math.floor((from + to) / 2);
  return middle > from && middle < to ? [[low, middle], [middle + 1, high]] : null;
}

function request({ task, title, series, attempt, rank }: LineSource, [low, high]: Span): SeriesReadRequest {
  const line = attempt === null ? "live" : "line";
  // Over wall clock time, because points without an iteration have a time as well.
  return { axis: "wall", low, high, every_point: true, reads: [{ task, title, series, line, attempt, rank }] };
}

function decode(bytes: Uint8Array): Stored {
  const table = tableFromIPC(bytes, { useBigInt: true });
  const column = <T>(name: string) => table.getChild(name).toArray() as ArrayLike<unknown> as ArrayLike<T>;
  const [iteration, timeUs] = [column<bigint | number>("iteration"), column<bigint | number>("time_us")];
  return { iteration, timeUs, value: column<number>("value"), flags: column<number>("flags") };
}

/** What the lines of a panel are made of: of a group, of each of its members. */
export function sourcesOf(lines: readonly PanelLine[]): { line: PanelLine; source: LineSource }[] {
  return lines.flatMap((line) => (line.members ?? [line]).map((source) => ({ line, source })));
}

const HEADS = "task,title,series,attempt,rank,iteration,time_us,value,reported\n";
const ROWS_AT_ONCE = 20_000;

/** Every point of lines as CSV, in parts; empty attempt and rank mean the live line of the lowest rank. */
export async function csvOfEvery(lines: readonly PanelLine[], signal?: AbortSignal): Promise<string[]> {
  const parts = [HEADS];
  for (const { line, source } of sourcesOf(lines)) {
    const { task, title, series, attempt, rank } = source;
    const lead = [task, title, series, attempt ?? "", rank ?? ""].map((cell) => csvField(String(cell))).join(",");
    for await (const piece of readEvery(line, source, signal)) {
      for (let i = 0; i < piece.value.length; i += ROWS_AT_ONCE) parts.push(rowsOf(piece, lead, i));
    }
  }
  return parts;
}

function rowsOf(piece: Stored, lead: string, begin: number): string {
  let text = "";
  const end = Math.min(piece.value.length, begin + ROWS_AT_ONCE);
  for (let i = begin; i < end; i++) {
    const flags = piece.flags[i]!;
    const iteration = flags & FLAG.noIteration ? "" : piece.iteration[i];
    const reported = flags & FLAG.nonFinite ? describeFlags(flags).replace("−", "-") : "";
    text += `${lead},${iteration},${piece.timeUs[i]},${piece.value[i]},${reported}\n`;
  }
  return text;
}

/** Every point of lines as JSON, in parts: an object a line, with a list for each column; `value` is what is stored. */
export async function jsonOfEvery(lines: readonly PanelLine[], signal?: AbortSignal): Promise<string[]> {
  const parts = ["["];
  for (const { line, source } of sourcesOf(lines)) {
    const { task, title, series, attempt, rank } = source;
    const columns: Record<keyof Stored, string[]> = { iteration: [], timeUs: [], value: [], flags: [] };
    for await (const piece of readEvery(line, source, signal)) {
      for (const name of Object.keys(columns) as (keyof Stored)[])
        if (piece.value.length > 0) columns[name].push(Array.from(piece[name] as ArrayLike<unknown>, numberText).join(","));
    }
    const { iteration, timeUs: time_us, value, flags } = columns;
    const head = JSON.stringify({ task, title, series, attempt, rank }).slice(0, -1);
    const lists = Object.entries({ iteration, time_us, value, flags }).map(([name, of]) => `"${name}":[${of.join(",")}]`);
    parts.push(parts.length > 1 ? ",\n" : "\n", `${head},${lists.join(",")}}`);
  }
  return [...parts, "\n]\n"];
}

// Whole numbers of 64 bits in full: JSON has no limit, though some of its readers have.
function numberText(value: unknown): string {
  return typeof value === "number" && !Number.isFinite(value) ? "null" : String(value);
}

/** The points that are drawn within a range of x, as CSV. */
export function csvOfDrawn(lines: readonly DrawnLine[], range: Range | null): string {
  const smoothed = lines.some((drawn) => drawn.smoothed);
  const band = lines.some((drawn) => drawn.band);
  const heads = ["line", "x", "iteration", "time_us", "value", ...(smoothed ? ["smoothed"] : []), ...(band ? ["low", "high", "n"] : [])];
  const rows = [heads.join(",")];
  for (const { name, line, smoothed: values, band: of } of lines) {
    const begin = range ? lowerBound(line.x, range.low) : 0;
    const end = range ? upperBound(line.x, range.high) : line.length;
    for (let i = begin; i < end; i++) {
      const row = [csvField(name), line.x[i], known(line.iteration[i]!), known(line.timeUs[i]!), line.value[i]];
      if (smoothed) row.push(values?.[i] ?? "");
      if (band) row.push(of?.low[i] ?? "", of?.high[i] ?? "", of?.n[i] ?? "");
      rows.push(row.join(","));
    }
  }
  return `${rows.join("\n")}\n`;
}

function known(value: number): number | "" {
  return Number.isNaN(value) ? "" : value;
}
