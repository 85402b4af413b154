import { tableFromArrays, tableToIPC, int64, uint8, uint32, float64 } from "@uwdata/flechette";
import { expect, test } from "vitest";

import { decodeSeries } from "./series";
import type { ReadResult } from "./types";

function result(rows: number): ReadResult {
  return { rows, points: rows, exact: true, cursor: "c", reset: true, start_us: 5, marks: [] };
}

function stream(results: ReadResult[], iteration: bigint[], value: number[]): Uint8Array {
  const table = tableFromArrays(
    {
      read: results.flatMap(({ rows }, index) => Array<number>(rows).fill(index)),
      iteration,
      time_us: iteration.map((i) => 1_700_000_000_000_000n + i),
      value,
      flags: value.map((v) => (Number.isNaN(v) ? 1 : 0)),
    },
    { types: { read: uint32(), iteration: int64(), time_us: int64(), value: float64(), flags: uint8() } },
  );
  table.schema.metadata = new Map([["reads", JSON.stringify(results)]]);
  return tableToIPC(table, { format: "stream" }) as Uint8Array;
}

test("rows go to their reads, empty ones included", () => {
  const answer = decodeSeries(stream([result(2), result(0), result(1)], [0n, -3n, 7n], [0.5, NaN, 2]));
  expect(answer.map(({ iteration }) => [...iteration])).toEqual([[0, -3], [], [7]]);
  expect(answer[0]?.value[0]).toBe(0.5);
  expect(answer[0]?.value[1]).toBeNaN();
  expect(answer[0]?.flags[1]).toBe(1);
  expect(answer[2]?.timeUs[0]).toBe(1_700_000_000_000_007);
  expect(answer[1]?.result.start_us).toBe(5);
});

test("no points at all", () => {
  expect(decodeSeries(stream([result(0)], [], [])).map(({ value }) => value.length)).toEqual([0]);
});

test("the largest iterations do not stop the reading", () => {
  const answer = decodeSeries(stream([result(1)], [9223372036854775807n], [1]));
  expect(answer[0]?.iteration[0]).toBe(2 ** 63);
});
