// Reading points: one request for many series, an Arrow stream back, typed arrays out.

import { tableFromIPC } from "@uwdata/flechette";

import { postBytes, type AskOptions } from "./client";
import type { ReadResult, SeriesReadRequest } from "./types";

/** The points of one read, ordered by (x, time); all arrays have `result.rows` entries. */
export interface SeriesPoints {
  result: ReadResult;
  /** Exact up to 2^53; beyond that to the nearest double, as everything drawn is. */
  iteration: Float64Array;
  timeUs: Float64Array;
  value: Float64Array;
  flags: Uint8Array;
}

/** Read the series of a request, one answer for each of its `reads`, in their order. */
export async function readSeries(request: SeriesReadRequest, options: AskOptions = {}): Promise<SeriesPoints[]> {
  return decodeSeries(await postBytes("/series/read", request, options));
}

/** Take an Arrow stream of `/series/read` apart. */
export function decodeSeries(bytes: Uint8Array): SeriesPoints[] {
  const table = tableFromIPC(bytes, { useBigInt: true });
  const results = JSON.parse(table.schema.metadata?.get("reads") ?? "[]") as ReadResult[];
  const iteration = doubles(table.getChild("iteration").toArray());
  const timeUs = doubles(table.getChild("time_us").toArray());
  const value = doubles(table.getChild("value").toArray());
  const flags = Uint8Array.from(table.getChild("flags").toArray() as ArrayLike<number>);
  let begin = 0;
  return results.map((result) => {
    const end = begin + result.rows;
    const part = {
      result,
      iteration: iteration.subarray(begin, end),
      timeUs: timeUs.subarray(begin, end),
      value: value.subarray(begin, end),
      flags: flags.subarray(begin, end),
    };
    begin = end;
    return part;
  });
}

/** Numbers of any type as doubles: exact up to 2^53. */
export function doubles(values: ArrayLike<unknown>): Float64Array {
  if (values instanceof Float64Array) return values;
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = Number(values[i]);
  return out;
}
