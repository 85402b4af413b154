// Debug samples of many tasks as a grid: a row for each title and series, a column for each task.

import type { Sample, SampleList } from "../api/types";
import { byName, type Filter } from "../charts/sections";
import { seriesKey } from "../samples/groups";
import type { Param } from "../state/address";

export interface SampleRow {
  key: string;
  title: string;
  series: string;
  /** By task, in the order of the tasks; null where a task has none. */
  cells: readonly (Sample | null)[];
}

/** Of several ranks the lowest stands for its task. */
export function sampleRows(ids: readonly string[], lists: ReadonlyMap<string, SampleList>, filter: Filter): SampleRow[] {
  const names = new Map<string, { title: string; series: string }>();
  const cells = new Map<string, Sample>();
  for (const id of ids) {
    for (const { title, series } of lists.get(id)?.groups ?? [])
      if (filter.test(title, series) !== "none") names.set(seriesKey(title, series), { title, series });
    for (const sample of lists.get(id)?.samples ?? []) {
      const key = `${id}\t${seriesKey(sample.title, sample.series)}`;
      const before = cells.get(key);
      if (!before || sample.rank < before.rank) cells.set(key, sample);
    }
  }
  return [...names]
    .map(([key, { title, series }]) => ({ key, title, series, cells: ids.map((id) => cells.get(`${id}\t${key}`) ?? null) }))
    .sort((a, b) => byName(a.title, b.title) || byName(a.series, b.series));
}

/** Every iteration of a series, or of all where none is named, over some tasks, ascending, "none" first. */
export function iterationsOver(lists: Iterable<SampleList | undefined>, row: { title: string; series: string } | null): (number | null)[] {
  const all = new Set<number | null>();
  for (const list of lists)
    for (const { title, series, iterations } of list?.groups ?? [])
      if (!row || (title === row.title && series === row.series)) for (const iteration of iterations) all.add(iteration);
  return [...all].sort((a, b) => (a === null ? -1 : b === null ? 1 : a - b));
}

/** One of two that are held against each other; without an iteration of its own it is at the page's. */
export interface SideChoice {
  task: string;
  iteration: number | null;
}

/** `left=task`, `left=task@100`. */
export function sideParam(key: string): Param<SideChoice | null> {
  return {
    key,
    parse: ([raw = ""]) => {
      const match = /^([^@]+)(?:@(-?\d{1,15}))?$/.exec(raw);
      return match && { task: match[1]!, iteration: match[2] === undefined ? null : Number(match[2]) };
    },
    format: (side) => (side === null ? [] : [side.iteration === null ? side.task : `${side.task}@${side.iteration}`]),
  };
}
