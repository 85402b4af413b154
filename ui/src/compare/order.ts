// Tasks in the order of something that each has: numbers first, then texts, what is missing last either way.

import { byName } from "../charts/sections";
import { numberOf } from "../tables/table";
import { param } from "../state/address";

export interface Sorting {
  /** The row that the tasks are ordered by. */
  row: string;
  descending: boolean;
}

/** `sort=row`, `sort=-row`; the order of the address where there is none. */
export const SORTING = param.text("order");

export function parseSorting(text: string): Sorting | null {
  if (text === "") return null;
  return text.startsWith("-") ? { row: text.slice(1), descending: true } : { row: text.replace(/^\+/, ""), descending: false };
}

/** Rising, falling, as they were. */
export function nextSorting(now: Sorting | null, row: string): string {
  if (now?.row !== row) return `+${row}`;
  return now.descending ? "" : `-${row}`;
}

/** The indices of the values in order. */
export function orderOf(values: readonly (number | string | null | undefined)[], descending: boolean): number[] {
  const sign = descending ? -1 : 1;
  const keys = values.map((value) => {
    const number = numberOf(value);
    if (number !== null && !Number.isNaN(number)) return { kind: 0, number, text: "" };
    return typeof value === "string" && value !== "" ? { kind: 1, number: 0, text: value } : { kind: 2, number: 0, text: "" };
  });
  return values
    .map((_, i) => i)
    .sort((i, j) => {
      const [a, b] = [keys[i]!, keys[j]!];
      if (a.kind !== b.kind) return a.kind === 2 || b.kind === 2 ? a.kind - b.kind : sign * (a.kind - b.kind);
      if (a.kind === 0) return a.number === b.number ? i - j : a.number < b.number ? -sign : sign;
      return a.kind === 1 ? sign * byName(a.text, b.text) || i - j : i - j;
    });
}

/** Where the lowest and the highest of some numbers are; none where all are the same or there is but one. */
export function extremesOf(values: readonly (number | null | undefined)[]): { low: number | null; high: number | null } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? { low, high } : { low: null, high: null };
}
