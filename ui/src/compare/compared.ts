// The tasks that are compared: which, in which order, against which, and what each is called beside the others.

import type { TaskRow } from "../api/types";
import { Looks, type Look } from "../charts/lines";
import { address, param, withParam, type Param } from "../state/address";
import { fixedAt, type At } from "../state/at";
import { shorten } from "../state/format";
import { RANK } from "../widgets/RankSelect";

/** `tasks=a,b,c`, each once. */
export const TASKS: Param<readonly string[]> = {
  key: "tasks",
  parse: (raw) => [...new Set(raw.flatMap((text) => text.split(",")).map((id) => id.trim()))].filter(Boolean),
  format: (ids) => (ids.length > 0 ? [ids.join(",")] : []),
};

/** The task that others are held against; the first where none is named. */
export const BASE = param.text("base");

/** What stays from tab to tab. */
export interface Kept {
  base: string;
  at: At | null;
  rank: number | null;
}

/** The address of a tab for the same tasks. */
export function tabAddress(ids: readonly string[], tab: string, { base, at, rank }: Kept): string {
  const [path = "", search = ""] = address.compare(ids, tab).split("?");
  return fixedAt(path + withParam(withParam(search, BASE, base), RANK, rank), at);
}

export interface Compared {
  id: string;
  /** Null where there is no such task (any more), undefined while that is not known. */
  row: TaskRow | null | undefined;
  /** What it is called here: no two have the same name. */
  name: string;
}

const LONGEST_NAME = 80;
const SHORTEST_ID = 6;

/** A name for each: its own, cut where it is very long, with a piece of its id where several have it. */
export function distinctNames(tasks: readonly { id: string; name: string }[]): string[] {
  const plain = tasks.map(({ name }) => shorten(name.trim() || "no name", LONGEST_NAME));
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set(plain.filter((name) => counts.get(name) === 1));
  return plain.map((name, i) => {
    if (counts.get(name) === 1) return name;
    const { id } = tasks[i]!;
    let length = SHORTEST_ID;
    while (taken.has(`${name} · ${id.slice(0, length)}`) && length < id.length) length++;
    const distinct = `${name} · ${id.slice(0, length)}`;
    taken.add(distinct);
    return distinct;
  });
}

/** The innermost project that all lie in, itself or below it; empty where they have none in common. */
export function commonProject(projects: readonly string[]): string {
  const [first = [], ...rest] = projects.map((project) => project.split("/"));
  const apart = first.findIndex((part, i) => rest.some((parts) => parts[i] !== part));
  return (apart < 0 ? first : first.slice(0, apart)).join("/");
}

/** Each moved by so many places, the others closing up. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(Math.min(next.length, Math.max(0, to)), 0, one);
  return next;
}

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [14, 4]];
const SERIES_MARK = "\t#";

/** The look of a task's line; where a panel has several series of it, the n-th has the same colour and another dash. */
export function lookName(task: string, series: number): string {
  return series === 0 ? task : `${task}${SERIES_MARK}${series}`;
}

/** Looks of tasks: what a task's lines share is the colour, wherever it is drawn. */
export class TaskLooks extends Looks {
  override learn(panels: readonly (readonly string[])[]): void {
    super.learn(panels.map((names) => [...new Set(names.map((name) => split(name)[0]))]));
  }

  override of(name: string): Look {
    const [task, series] = split(name);
    const look = super.of(task);
    return series === 0 ? look : { ...look, dash: DASHES[series % DASHES.length]! };
  }
}

function split(name: string): [string, number] {
  const mark = name.lastIndexOf(SERIES_MARK);
  return mark < 0 ? [name, 0] : [name.slice(0, mark), Number(name.slice(mark + SERIES_MARK.length))];
}

/** One for as long as the page is open: whatever tasks come and go, none changes its colour. */
export const taskLooks = new TaskLooks();
