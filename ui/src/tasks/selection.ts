// The tasks that are selected: some by name, or all that a question finds.

import { postJson } from "../api/client";
import type { TaskPage, TaskQuery, TaskRow, TaskSelection } from "../api/types";
import { createStore } from "../state/store";
import { quoted } from "./columnFilter";

export interface Picked {
  id: string;
  name: string;
  status: string;
}

export interface Selection {
  picked: ReadonlyMap<string, Picked>;
  /** All that fit a question, so many when it was asked. */
  all: { query: TaskQuery; count: number } | null;
}

const NOTHING: Selection = { picked: new Map(), all: null };

/** One for the whole page: it stays while one looks at a task and comes back. */
export const selection = createStore<Selection>(NOTHING);

/** Selections by hand have an end: past it one means all that match. */
export const MOST_PICKED = 10_000;

/** All that match are picked by name up to here, past it by what they were asked for. */
const MOST_BY_NAME = 1000;

export function countOf({ picked, all }: Selection): number {
  return all ? all.count : picked.size;
}

export function clearSelection(): void {
  selection.set(NOTHING);
}

/** Pick every task of a question: so few by name, as those can be compared and stay picked whatever is done to them. */
export async function selectAll(query: TaskQuery, count: number): Promise<void> {
  const all = { query, count };
  selection.set({ picked: new Map(), all });
  if (count > MOST_BY_NAME) return;
  // Where this fails the question goes on to stand for them.
  const rows = await tasksBetween(query, 0, count - 1).catch(() => null);
  if (rows && selection.get().all === all) pickOnly(rows);
}

export function isPicked({ picked, all }: Selection, id: string): boolean {
  return all !== null || picked.has(id);
}

export function togglePicked(row: Picked): void {
  const picked = new Map(selection.get().picked);
  if (!picked.delete(row.id)) picked.set(row.id, pick(row));
  selection.set({ picked, all: null });
}

export function pickOnly(rows: readonly Picked[]): void {
  selection.set({ picked: new Map(rows.map((row) => [row.id, pick(row)])), all: null });
}

export function pickMore(rows: readonly Picked[]): void {
  const picked = new Map(selection.get().picked);
  for (const row of rows) if (picked.size < MOST_PICKED) picked.set(row.id, pick(row));
  selection.set({ picked, all: null });
}

function pick({ id, name, status }: Picked): Picked {
  return { id, name, status };
}

/** The tasks from one place of a list to another, those that are not on screen included. */
export async function tasksBetween(query: TaskQuery, from: number, to: number): Promise<TaskRow[]> {
  const offset = Math.min(from, to);
  const limit = Math.min(MOST_PICKED, Math.abs(from - to) + 1);
  const page = await postJson<TaskPage>("/tasks/query", { ...query, metrics: [], parameters: [], offset, limit });
  return page.tasks;
}

/** How the server is told of it. */
export function selectOf({ picked, all }: Selection): TaskSelection {
  return all ? { query: all.query, expected: all.count } : { ids: [...picked.keys()] };
}

/** A question that finds the selected tasks; null where they are too many to name. */
export function questionOf({ picked, all }: Selection): TaskQuery | null {
  if (all) return all.query;
  if (picked.size > MOST_NAMED) return null;
  return { filter: `id==${[...picked.keys()].map(quoted).join(",")}` };
}

const MOST_NAMED = 250;
