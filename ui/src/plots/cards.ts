// From the list of plots to what the page lays out: sections by title, and in them cards of one figure or several overlaid.

import type { PlotInfo } from "../api/types";
import { byName, type Filter } from "../charts/sections";
import { placeOf } from "../widgets/IterationSlider";

export interface Card {
  /** Names the card in the address. */
  key: string;
  heading: string;
  /** More than one where figures of the same axes share a drawing. */
  plots: readonly PlotInfo[];
  /** Of all its plots, ascending, "none" first. */
  iterations: readonly (number | null)[];
  /** Whether it could share a drawing with others of its title, and was taken apart. */
  apart: boolean;
}

export interface Section {
  title: string;
  cards: readonly Card[];
}

/** More than this is read and drawn only when asked for. */
export const LARGE_BYTES = 8 * 1024 * 1024;
/** More series than this in one drawing are not told apart. */
const MOST_OVERLAID = 24;

/** What is known of a plot's overlay key: not yet read, stands alone, or the key. */
export type Keys = ReadonlyMap<string, string | null>;

export function plotKey({ title, series, rank }: Pick<PlotInfo, "title" | "series" | "rank">): string {
  return `${title}\t${series}\t${rank}`;
}

export function sectionsOf(plots: readonly PlotInfo[], filter: Filter, keys: Keys, apart: readonly string[]): Section[] {
  const titles = new Map<string, PlotInfo[]>();
  for (const plot of plots) {
    if (filter.test(plot.title, plot.series) === "none") continue;
    titles.set(plot.title, [...(titles.get(plot.title) ?? []), plot]);
  }
  return [...titles.keys()].sort(byName).map((title) => {
    const list = titles.get(title)!.sort((a, b) => byName(a.series, b.series) || a.rank - b.rank);
    return sectionOf(title, list, keys, apart.includes(title));
  });
}

function sectionOf(title: string, plots: readonly PlotInfo[], keys: Keys, apart: boolean): Section {
  const ranks = new Set(plots.map(({ rank }) => rank)).size > 1;
  const groups = groupsOf(plots, keys);
  if (!apart) return { title, cards: groups.map((group, i) => cardOf(title, group, i, ranks)) };
  const single = groups.flatMap((group) => group.map((plot) => ({ ...cardOf(title, [plot], 0, ranks), apart: group.length > 1 })));
  return { title, cards: single };
}

/** Plots of one key together. Those not read yet are taken to share theirs, so that little moves when they come. */
function groupsOf(plots: readonly PlotInfo[], keys: Keys): PlotInfo[][] {
  if (plots.length > MOST_OVERLAID) return plots.map((plot) => [plot]);
  const groups = new Map<string, PlotInfo[]>();
  const first = plots.map((plot) => keys.get(plotKey(plot))).find((key) => typeof key === "string") ?? "?";
  for (const plot of plots) {
    const known = keys.get(plotKey(plot));
    const alone = known === null || plot.size_bytes > LARGE_BYTES;
    const group = alone ? plotKey(plot) : (known ?? first);
    groups.set(group, [...(groups.get(group) ?? []), plot]);
  }
  return [...groups.values()];
}

/** What a figure may weigh to be read only to learn where it belongs, and how many are. */
const AHEAD_BYTES = 64 * 1024;
const AHEAD_MOST = 300;

/** Plots whose key decides how many cards their title has. Read before they come near the screen, so that the page does not
 *  grow as one scrolls. */
export function aheadOf(plots: readonly PlotInfo[], keys: Keys): PlotInfo[] {
  const counts = new Map<string, number>();
  for (const { title } of plots) counts.set(title, (counts.get(title) ?? 0) + 1);
  const open = plots.filter((plot) => {
    const count = counts.get(plot.title) ?? 0;
    return count > 1 && count <= MOST_OVERLAID && plot.size_bytes <= AHEAD_BYTES && !keys.has(plotKey(plot));
  });
  return open.sort((a, b) => byName(a.title, b.title)).slice(0, AHEAD_MOST);
}

function cardOf(title: string, plots: readonly PlotInfo[], index: number, ranks: boolean): Card {
  const one = plots.length === 1 ? plots[0] : undefined;
  return {
    key: one ? plotKey(one) : `${title}\t*${index}`,
    heading: one ? nameOf(one, ranks) : plots.map((plot) => nameOf(plot, ranks)).join(", "),
    plots,
    iterations: allIterations(plots),
    apart: false,
  };
}

/** The series, with the rank where a title has several; the title where the series has no name. */
export function nameOf({ title, series, rank }: PlotInfo, ranks: boolean): string {
  return (series || title) + (ranks ? ` (rank ${rank})` : "");
}

export function allIterations(lists: readonly { iterations: readonly (number | null)[] }[]): (number | null)[] {
  const all = new Set(lists.flatMap(({ iterations }) => iterations));
  return [...all].sort((a, b) => (a === null ? -1 : b === null ? 1 : a - b));
}

/** Where a slider stands: at the latest, or at the highest iteration not above the one chosen. */
export function iterationOf({ iterations }: Pick<Card, "iterations">, chosen: number | null | undefined): number | null {
  if (chosen === undefined) return iterations.at(-1) ?? null;
  return iterations[placeOf(iterations, chosen)] ?? null;
}

/** The iteration whose figure a plot shows when its card stands at one: the highest not above it. Undefined: it has none yet. */
export function shownAt({ iterations }: Pick<PlotInfo, "iterations">, at: number | null): number | null | undefined {
  return iterations.findLast((one) => one === null || (at !== null && one <= at));
}

/** The iterations chosen on cards, by key; on a card that is not named each plot shows its latest. */
export function parseChosen(raw: readonly string[]): ReadonlyMap<string, number | null> {
  const chosen = new Map<string, number | null>();
  for (const text of raw) {
    const match = /^(none|-?\d{1,15})@(.*)$/s.exec(text);
    if (match) chosen.set(match[2]!, match[1] === "none" ? null : Number(match[1]));
  }
  return chosen;
}

/** The iterations held on cards, to be drawn with the one that each stands at, by key. */
export type Held = ReadonlyMap<string, readonly (number | null)[]>;

export function parseHeld(raw: readonly string[]): Held {
  const held = new Map<string, (number | null)[]>();
  for (const text of raw) {
    const match = /^((?:none|-?\d{1,15})(?:,-?\d{1,15})*)@(.*)$/s.exec(text);
    if (match) held.set(match[2]!, match[1]!.split(",").map((word) => (word === "none" ? null : Number(word))));
  }
  return held;
}

export function formatHeld(held: Held): string[] {
  return [...held].map(([key, iterations]) => `${iterations.map((one) => one ?? "none").join(",")}@${key}`);
}

/** Hold an iteration of a card, or let go of it; none comes first, the others rise. */
export function toggleHeld(held: Held, key: string, iteration: number | null): Held {
  const before = held.get(key) ?? [];
  const after = before.includes(iteration) ? before.filter((one) => one !== iteration) : [...before, iteration];
  const next = new Map(held);
  if (after.length === 0) next.delete(key);
  else next.set(key, after.sort((a, b) => (a ?? -Infinity) - (b ?? -Infinity)));
  return next;
}

export function formatChosen(chosen: ReadonlyMap<string, number | null>): string[] {
  return [...chosen].map(([key, iteration]) => `${iteration ?? "none"}@${key}`);
}
