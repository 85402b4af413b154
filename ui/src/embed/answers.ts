// What the file without a server answers, in place of one: the same paths, the same shapes (docs/reference/http-api.md).

import { tableFromArrays, tableToIPC, float64, int64, uint32, uint8 } from "@uwdata/flechette";

import { API } from "../api/client";
import { decodeSeries, type SeriesPoints } from "../api/series";
import type { Axis, ConsoleLine, ConsolePage, ReadResult, Sample, SampleList, SeriesList, SeriesListRequest, SeriesOfTasks, SeriesReadRequest } from "../api/types";
import { parseAnsi } from "../console/ansi";

export interface FileData {
  task: string;
  version: string;
  made_us: number;
  columns: number;
  /** Points of the live lines in the file, and in the task. */
  points_held: number;
  points_of: number;
  left_out: string[];
  /** By path below the API. */
  answers: Record<string, unknown>;
  /** What each part of `points` is. */
  lines: { title: string; series: string; attempt?: number | null; rank?: number | null }[];
  /** An Arrow stream as of `/series/read`, in base64. */
  points: string;
  console: ConsoleLine[];
  figures: { title: string; series: string; rank: number; iteration: number | null; figure: unknown }[];
  samples: SampleList;
  /** By address. */
  files: Record<string, { type: string; base64: string }>;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const missing = (what = "This file holds one task, and not this of it."): Refusal => new Refusal(404, "not_found", what);

export class Answers {
  private readonly lines = new Map<string, SeriesPoints>();
  private readonly links = new Map<string, string>();

  constructor(private readonly data: FileData) {
    const parts = decodeSeries(bytesOf(data.points));
    data.lines.forEach((line, i) => parts[i] && this.lines.set(nameOf(line), parts[i]));
    for (const [address, { type, base64 }] of Object.entries(data.files)) {
      const link = URL.createObjectURL(new Blob([bytesOf(base64)], { type }));
      // What a file is, its name tells: a blob has none, but may have a fragment.
      this.links.set(address, `${link}#${address.slice(address.lastIndexOf("/") + 1)}`);
    }
  }

  /** Answer a request to the API. */
  answer(address: string, init: RequestInit = {}): Response {
    try {
      const { pathname, searchParams } = new URL(address, "http://file");
      const body = this.of(pathname.slice(API.length), searchParams, init);
      if (body instanceof Uint8Array) return new Response(body as Uint8Array<ArrayBuffer>);
      return json(200, this.linked(body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return json(error.status, { error: { code: error.code, message: error.message, detail: {} } });
    }
  }

  private of(path: string, query: URLSearchParams, { method = "GET", body }: RequestInit): unknown {
    const task = `/tasks/${this.data.task}`;
    if (method === "POST" && path === "/series/read") return this.read(JSON.parse(String(body)) as SeriesReadRequest);
    if (method === "POST" && path === "/series/list") return this.listed(task, JSON.parse(String(body)) as SeriesListRequest);
    if (path === "/layouts" && method === "GET") return { version: Number(query.get("version")), document: null, updated_us: 0, note: "" };
    if (method !== "GET") throw new Refusal(403, "read_only", "Nothing can be changed in a file.");
    if (path === `${task}/console`) return consolePage(this.data.console, query);
    if (path === `${task}/plot`) return this.figure(query);
    if (path === `${task}/samples`) return samplesOf(this.data.samples, query);
    if (Object.hasOwn(this.data.answers, path)) return this.data.answers[path];
    throw missing();
  }

  private listed(path: string, { tasks }: SeriesListRequest): SeriesOfTasks {
    const list = this.data.answers[`${path}/series`] as SeriesList;
    const { code, message } = missing();
    return {
      tasks: tasks.map((task) =>
        task === this.data.task ? { ...list, task, code: "", message: "" } : { task, series: [], total: 0, offset: 0, code, message },
      ),
    };
  }

  private figure(query: URLSearchParams): unknown {
    const iteration = query.get("iteration");
    const found = this.data.figures.find(
      (one) =>
        one.title === query.get("title") &&
        one.series === query.get("series") &&
        String(one.rank) === (query.get("rank") ?? "0") &&
        (iteration === null ? one.iteration === null : String(one.iteration) === iteration),
    );
    if (!found) throw missing("This figure was left out of the file.");
    return found.figure;
  }

  private read(request: SeriesReadRequest): Uint8Array {
    const parts = request.reads.map((read) => {
      const points = this.lines.get(nameOf(read));
      if (request.every_point && points && !points.result.exact)
        throw new Refusal(400, "reduced", "This file does not hold every point of the line, only those that draw it.");
      return points ? within(points, request) : null;
    });
    return encode(parts);
  }

  /** The answer with the addresses of files that are here as links that work here. */
  private linked(body: unknown): unknown {
    if (Array.isArray(body)) return body.map((item) => this.linked(item));
    if (typeof body !== "object" || body === null) return body;
    const entries = Object.entries(body).map(([key, value]) => {
      const isFile = (key === "url" || key === "thumbnail") && typeof value === "string";
      return [key, isFile ? (this.links.get(value) ?? value) : this.linked(value)] as const;
    });
    return Object.fromEntries(entries);
  }
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
}

function nameOf({ title, series, attempt, rank }: FileData["lines"][number]): string {
  return JSON.stringify([title, series, attempt ?? null, rank ?? null]);
}

/** The points of a range of x, all that there are: a chart draws them as it would the server's. */
export function within(points: SeriesPoints, { axis = "iteration", low, high }: Pick<SeriesReadRequest, "axis" | "low" | "high">): SeriesPoints {
  const { iteration, timeUs, value, flags, result } = points;
  const x = xOf(axis, result);
  const kept: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const at = x(iteration[i]!, timeUs[i]!);
    if ((low ?? -Infinity) <= at && at <= (high ?? Infinity)) kept.push(i);
  }
  if (axis !== "iteration") kept.sort((a, b) => timeUs[a]! - timeUs[b]!);
  const of = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!);
  const marks = (result.marks ?? []).filter((mark) => {
    const at = x(mark.iteration, mark.time_us);
    return (low ?? -Infinity) <= at && at <= (high ?? Infinity);
  });
  return {
    iteration: of(iteration),
    timeUs: of(timeUs),
    value: of(value),
    flags: Uint8Array.from(kept, (i) => flags[i]!),
    result: { ...result, rows: kept.length, reset: true, marks },
  };
}

function xOf(axis: Axis, { start_us }: ReadResult): (iteration: number, timeUs: number) => number {
  if (axis === "iteration") return (iteration) => iteration;
  return axis === "wall" ? (_, timeUs) => timeUs : (_, timeUs) => timeUs - (start_us ?? 0);
}

const NOTHING: ReadResult = { rows: 0, points: 0, exact: true, cursor: "", reset: true, start_us: null, marks: [] };

function encode(parts: readonly (SeriesPoints | null)[]): Uint8Array {
  const whole = (values: ArrayLike<number>): bigint[] => Array.from(values, (value) => BigInt(Math.round(value)));
  const all = <T>(take: (part: SeriesPoints) => Iterable<T>): T[] => parts.flatMap((part) => (part ? [...take(part)] : []));
  const table = tableFromArrays(
    {
      read: parts.flatMap((part, i) => Array<number>(part?.value.length ?? 0).fill(i)),
      iteration: all((part) => whole(part.iteration)),
      time_us: all((part) => whole(part.timeUs)),
      value: all((part) => part.value),
      flags: all((part) => part.flags),
    },
    { types: { read: uint32(), iteration: int64(), time_us: int64(), value: float64(), flags: uint8() } },
  );
  table.schema.metadata = new Map([["reads", JSON.stringify(parts.map((part) => part?.result ?? NOTHING))]]);
  return tableToIPC(table, { format: "stream" })!;
}

/** A page of console lines, filtered as the server does. */
export function consolePage(lines: readonly ConsoleLine[], query: URLSearchParams): ConsolePage {
  const number = (key: string): number | null => (query.has(key) ? Number(query.get(key)) : null);
  const pattern = query.get("pattern");
  const expression = pattern ? expressionOf(pattern, query.get("ignore_case") !== "false") : null;
  const [streams, ranks, attempts] = ["stream", "rank", "attempt"].map((key) => query.getAll(key)) as [string[], string[], string[]];
  const fitting = lines.filter(
    (line) =>
      line.level >= (number("minimum_level") ?? 0) &&
      (streams.length === 0 || streams.includes(line.stream)) &&
      (ranks.length === 0 || ranks.includes(String(line.rank))) &&
      (attempts.length === 0 || attempts.includes(String(line.attempt))) &&
      (expression === null || placesOf(expression, line.text).length > 0),
  );
  const begin = beginOf(fitting, number("offset") ?? 0, number("from_line"), number("from_us"));
  const page = fitting.slice(begin, begin + (number("limit") ?? 500));
  const found = expression ? page.map((line) => ({ ...line, found: placesOf(expression, line.text) })) : page;
  return { total: fitting.length, offset: begin, lines: found };
}

function beginOf(lines: readonly ConsoleLine[], offset: number, fromLine: number | null, fromUs: number | null): number {
  let base = offset < 0 ? lines.length : 0;
  const fits = (line: ConsoleLine) => (fromLine !== null ? line.number >= fromLine : line.time_us >= fromUs!);
  if (fromLine !== null || fromUs !== null) {
    const at = lines.findIndex(fits);
    base = at < 0 ? lines.length : at;
  }
  return Math.min(lines.length, Math.max(0, base + offset));
}

function expressionOf(pattern: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoreCase ? "giu" : "gu");
  } catch (error) {
    throw new Refusal(400, "bad_request", error instanceof Error ? error.message : String(error));
  }
}

/** Where something is found, in characters (not UTF-16 units) of the text without its colour codes. */
function placesOf(expression: RegExp, text: string): [number, number][] {
  const plain = parseAnsi(text).map((span) => span.text).join("");
  const length = (units: number): number => [...plain.slice(0, units)].length;
  return [...plain.matchAll(expression)].filter(([found]) => found).map((match) => [length(match.index), length(match.index + match[0].length)]);
}

/** The samples asked for: of each series and rank the one at or before an iteration, or the latest ones. */
export function samplesOf({ groups, samples }: SampleList, query: URLSearchParams): SampleList {
  const of = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (query.has("title") && sample.title !== query.get("title")) continue;
    if (query.has("series") && sample.series !== query.get("series")) continue;
    const key = JSON.stringify([sample.title, sample.series, sample.rank]);
    of.set(key, [...(of.get(key) ?? []), sample]);
  }
  const at = query.has("at") ? Number(query.get("at")) : null;
  const latest = query.has("latest") ? Number(query.get("latest")) : at === null ? 1 : Infinity;
  const kept = [...of.values()].flatMap((ofSeries) => {
    const ordered = [...ofSeries].sort((a, b) => (a.iteration ?? -Infinity) - (b.iteration ?? -Infinity) || a.time_us - b.time_us);
    if (at === null) return latest === Infinity ? ordered : ordered.slice(-latest);
    return [ordered.filter(({ iteration }) => (iteration ?? -Infinity) <= at).at(-1) ?? ordered[0]!];
  });
  return { groups, samples: kept };
}
