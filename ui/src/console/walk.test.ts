import { describe, expect, test } from "vitest";

import type { ConsoleLine, ConsolePage } from "../api/types";
import { findNext } from "./useMatchWalk";

const line = (number: number): ConsoleLine => ({
  number,
  time_us: number,
  stream: "stdout",
  level: 0,
  rank: 0,
  attempt: 0,
  text: "",
  open: false,
  found: [],
});

/** The server's rule, over matches at these lines. */
const server =
  (numbers: number[]) =>
  (query: { from_line?: number; offset: number; limit: number }): Promise<ConsolePage> => {
    const below = numbers.filter((number) => number < (query.from_line ?? 0)).length;
    const begin = query.from_line === undefined && query.offset < 0 ? numbers.length + query.offset : below + query.offset;
    const offset = Math.max(0, begin);
    return Promise.resolve({ total: numbers.length, offset, lines: numbers.slice(offset, offset + query.limit).map(line) });
  };

describe("the next match", () => {
  const ask = server([10, 20, 900_000]);
  test.each([
    [1, null, 15, 1, 20],
    [1, 20, 15, 2, 900_000],
    [1, 900_000, 15, 0, 10],
    [1, null, 950_000, 0, 10],
    [-1, null, 15, 0, 10],
    [-1, 20, 15, 0, 10],
    [-1, 10, 15, 2, 900_000],
    [-1, null, 5, 2, 900_000],
  ] as const)("%i from %j, seen from %i", async (by, current, inView, at, number) => {
    const next = await findNext(by, current, inView, ask);
    expect([next?.at, next?.line.number]).toEqual([at, number]);
  });

  test("of none is none", async () => {
    expect(await findNext(1, null, 0, server([]))).toBeNull();
    expect(await findNext(-1, 5, 0, server([]))).toBeNull();
  });
});
