// Reading statistics over lines: one request for many groups, an Arrow stream back, typed arrays out.

import { tableFromIPC } from "@uwdata/flechette";

import { postBytes, type AskOptions } from "./client";
import { doubles } from "./series";
import type { GroupReadRequest, GroupResult } from "./types";

/** The columns of one group, ascending in x; all arrays have `result.rows` entries. */
export interface GroupPoints {
  result: GroupResult;
  /** In units of the request's axis, the middle of each column. */
  x: Float64Array;
  /** How many lines take part. */
  n: Float64Array;
  center: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

/** Read the groups of a request, one answer for each, in their order. */
export async function readGroups(request: GroupReadRequest, options: AskOptions = {}): Promise<GroupPoints[]> {
  return decodeGroups(await postBytes("/series/group", request, options));
}

/** Take an Arrow stream of `/series/group` apart. */
export function decodeGroups(bytes: Uint8Array): GroupPoints[] {
  const table = tableFromIPC(bytes, { useBigInt: true });
  const results = JSON.parse(table.schema.metadata?.get("groups") ?? "[]") as GroupResult[];
  const column = (name: string) => doubles(table.getChild(name).toArray());
  const [x, n, center, low, high] = ["x", "n", "center", "low", "high"].map(column) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let begin = 0;
  return results.map((result) => {
    const end = begin + result.rows;
    const part = (of: Float64Array) => of.subarray(begin, end);
    const group = { result, x: part(x), n: part(n), center: part(center), low: part(low), high: part(high) };
    begin = end;
    return group;
  });
}
