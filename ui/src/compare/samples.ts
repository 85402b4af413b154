// Debug samples of many tasks as a grid: a row for each title and series, a column for each task.

import type { Sample, SampleList } from "../api/types";
import { append, byName, type Filter } from "../charts/sections";
import { seriesKey } from "../samples/groups";
import type { Param } from "../state/address";
import { distinctRanks } from "./ranks";

export interface SampleRow {
  key: string;
  title: string;
  series: string;
  /** By task, in the order of the tasks; null where a task has none. */
  cells: readonly (Sample | null)[];
  /** By task, the ranks that have it. */
  ranks: readonly (readonly number[])[];
}

/** Of several ranks one stands for its task: the one asked for, or the lowest. */
export function sampleRows(ids: readonly string[], lists: ReadonlyMap<string, SampleList>, filter: Filter, rank: number | null = null): SampleRow[] {
  const names = new Map<string, { title: string; series: string }>();
  const found = new Map<string, Sample[]>();
  for (const id of ids) {
    for (const { title, series } of lists.get(id)?.groups ?? [])
      if (filter.test(title, series) !== "none") names.set(seriesKey(title, series), { title, series });
    for (const sample of lists.get(id)?.samples ?? []) append(found, `${id}\t${seriesKey(sample.title, sample.series)}`, sample);
  }
  return [...names]
    .map(([key, { title, series }]) => {
      const every = ids.map((id) => found.get(`${id}\t${key}`) ?? []);
      return { key, title, series, cells: every.map((samples) => ofRank(samples, rank)), ranks: every.map((samples) => distinctRanks(samples.map((one) => one.rank))) };
    })
    .sort((a, b) => byName(a.title, b.title) || byName(a.series, b.series));
}

/** The sample of a rank; of the lowest where none is asked for. */
export function ofRank(samples: readonly Sample[], rank: number | null): Sample | null {
  if (rank !== null) return samples.find((sample) => sample.rank === rank) ?? null;
  return samples.reduce<Sample | null>((lowest, sample) => (lowest && lowest.rank <= sample.rank ? lowest : sample), null);
}

/** Every rank that has a sample in any task. */
export function sampleRanks(lists: ReadonlyMap<string, SampleList>): number[] {
  return distinctRanks([...lists.values()].flatMap(({ samples }) => samples.map(({ rank }) => rank)));
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
