import { expect, test } from "vitest";

import type { GroupPage, TaskPage, TaskQuery } from "../api/types";
import { shiftOf } from "./place";
import { GroupedRows, rowKey, type Rows } from "./rows";

const SIZES: Record<string, number> = { a: 3, b: 250, c: 1 };

async function askTasks(query: TaskQuery): Promise<TaskPage> {
  const group = (query.filters ?? []).at(-1) ?? "";
  const { offset = 0, limit = 100 } = query;
  const size = SIZES[group] ?? 0;
  const ids = Array.from({ length: Math.max(0, Math.min(limit, size - offset)) }, (_, i) => ({ id: `${group}${offset + i}` }));
  return { total: size, offset, tasks: ids as TaskPage["tasks"] };
}

async function askGroups(): Promise<GroupPage> {
  const groups = Object.entries(SIZES).map(([filter, tasks]) => ({ values: [filter], tasks, metrics: [], filter }));
  return { total: groups.length, offset: 0, groups };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

function keys(rows: Rows, first: number, last: number): (string | undefined)[] {
  return Array.from({ length: last - first + 1 }, (_, i) => rows.at(first + i)).map((row) => row && rowKey(row));
}

test("groups open and shut, and their tasks stand below them", async () => {
  const rows = new GroupedRows({}, { by: [], metrics: [] }, askTasks, askGroups);
  rows.look(0, 20);
  await settled();
  expect(rows.count).toBe(3);
  const open = (at: number) => {
    const row = rows.at(at);
    if (row?.kind !== "group") throw new Error("no group");
    rows.toggle(row.group);
  };
  open(0);
  await settled();
  expect(keys(rows, 0, 4)).toEqual(['group ["a"]', "a0", "a1", "a2", 'group ["b"]']);
  open(4);
  await settled();
  expect(rows.count).toBe(3 + 3 + 250);
  expect(keys(rows, 254, 256)).toEqual([undefined, 'group ["c"]', undefined]);
  rows.look(240, 256);
  await settled();
  expect(keys(rows, 252, 255)).toEqual(["b247", "b248", "b249", 'group ["c"]']);
  expect(rows.placeOf("b249")).toBe(254);
  open(0);
  expect(keys(rows, 0, 2)).toEqual(['group ["a"]', 'group ["b"]', "b0"]);
});

test("the place moves by what most rows moved by, and stays where they were put in another order", () => {
  const before = new Map([..."abcdef"].map((id, i) => [i + 10, id]));
  const after = (ids: string, from: number) => (id: string) => (ids.includes(id) ? from + ids.indexOf(id) : undefined);
  expect(shiftOf(before, after("abcdef", 12))).toBe(2);
  expect(shiftOf(before, after("abcdef", 10))).toBe(0);
  expect(shiftOf(before, after("xabcde", 10))).toBe(1);
  expect(shiftOf(before, after("fbdeca", 10))).toBe(0);
  expect(shiftOf(before, () => undefined)).toBe(0);
  expect(shiftOf(new Map(), () => 1)).toBe(0);
});
