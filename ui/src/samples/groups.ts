// From the list of samples to what the page lays out, and the walk through the samples of one series.

import type { Sample, SampleGroup } from "../api/types";
import { byName, type Filter } from "../charts/sections";

export interface Section {
  title: string;
  cards: readonly Sample[];
}

/** Sections by title, samples by series, then rank. */
export function sectionsOf(samples: readonly Sample[], filter: Filter, sort: Sort = "name"): Section[] {
  const titles = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (filter.test(sample.title, sample.series) === "none") continue;
    const list = titles.get(sample.title);
    if (list) list.push(sample);
    else titles.set(sample.title, [sample]);
  }
  const order = (a: Sample, b: Sample) =>
    (sort === "newest" ? b.time_us - a.time_us : 0) || byName(a.series, b.series) || a.rank - b.rank || a.time_us - b.time_us;
  const sections = [...titles.keys()].sort(byName).map((title) => ({ title, cards: titles.get(title)!.sort(order) }));
  // Of each title the first card is its newest now.
  return sort === "newest" ? sections.sort((a, b) => b.cards[0]!.time_us - a.cards[0]!.time_us) : sections;
}

export const SORTS = ["name", "newest"] as const;
export type Sort = (typeof SORTS)[number];

/** When an iteration was reported, by the samples at hand; null where none of them is of it. */
export function timeOf(samples: readonly Sample[], iteration: number): number | null {
  return samples.find((sample) => sample.iteration === iteration)?.time_us ?? null;
}

/** What a sample is compared with until the reader chooses: the one before it, of the first the one after. */
export function besideOf(ordered: readonly Sample[], place: number): Sample | undefined {
  return ordered[place - 1] ?? ordered[place + 1];
}

/** Every iteration of the groups that the filter leaves, ascending, "none" first. */
export function iterationsOf(groups: readonly SampleGroup[], filter: Filter): (number | null)[] {
  const all = new Set<number | null>();
  for (const group of groups) {
    if (filter.test(group.title, group.series) === "none") continue;
    for (const iteration of group.iterations) all.add(iteration);
  }
  return [...all].sort(ascending);
}

function ascending(a: number | null, b: number | null): number {
  return a === null ? (b === null ? 0 : -1) : b === null ? 1 : a - b;
}

/** In the order in which a viewer steps through them. */
export function inOrder(samples: readonly Sample[]): Sample[] {
  return [...samples].sort((a, b) => ascending(a.iteration, b.iteration) || a.rank - b.rank || a.time_us - b.time_us);
}

/** The place of the sample named, else of the one that the iteration of the page asks for; -1 in an empty list. */
export function placeIn(ordered: readonly Sample[], id: string, at: number | null): number {
  const named = ordered.findIndex((sample) => sample.id === id);
  if (named >= 0 || ordered.length === 0) return named;
  if (at === null) return ordered.length - 1;
  const below = ordered.filter(({ iteration }) => iteration === null || iteration <= at).length;
  return Math.max(0, below - 1);
}

/** The series shown beside one another on the page, in its order: what the viewer steps through up and down. */
export function seriesOf(sections: readonly Section[]): { title: string; series: string }[] {
  const seen = new Map<string, { title: string; series: string }>();
  for (const { cards } of sections)
    for (const { title, series } of cards) seen.set(seriesKey(title, series), { title, series });
  return [...seen.values()];
}

/** Names a series in the address. A tab is the one character that names hardly hold. */
export function seriesKey(title: string, series: string): string {
  return `${title}\t${series}`;
}
