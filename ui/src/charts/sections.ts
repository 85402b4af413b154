// From the list of series to what the page lays out: sections by the prefix of the title, panels by title, filtered.

import type { SeriesSummary } from "../api/types";
import type { LineSource } from "./feed";
import { lineKey, type ChartView, type Ranks } from "./view";

export interface PanelLine extends LineSource {
  /** Names the line within the page and in its address. */
  key: string;
  /** What the page calls it. */
  name: string;
  summary: SeriesSummary;
  /** What its colour is chosen by, where that is not its name. */
  look?: string;
  /** A group: the lines that it sums up. The line's own source is then that of the first. */
  members?: readonly LineSource[];
  /** Stands behind the others. */
  faded?: boolean;
}

/** What the series of one task are asked for by: the live line, or those of processes and attempts. */
export interface Whose {
  task: string;
  rank: number | null;
  ranks?: Ranks;
  attempt?: ChartView["attempt"];
}

export interface PanelModel {
  /** Names the panel within the page and in its address. */
  id: string;
  heading: string;
  /** What the y axis says: a name, or a unit. */
  valueName: string;
  /** The y axis always holds zero: of a share or an amount, what is left out deceives. */
  fromZero?: boolean;
  /** In order of name; those that the filter leaves. */
  lines: readonly PanelLine[];
}

export interface Section {
  /** Names the section in the address. */
  id: string;
  heading: string;
  panels: readonly PanelModel[];
}

export interface Filter {
  test(title: string, series: string): "panel" | "series" | "none";
  /** What is wrong with the expression; null where nothing is. */
  problem: string | null;
}

/** A regular expression over titles and series, case-insensitive; a wrong one filters nothing and says what is wrong. */
export function parseFilter(text: string): Filter {
  if (text === "") return { test: () => "panel", problem: null };
  let expression: RegExp;
  try {
    expression = new RegExp(text, "iu");
  } catch (error) {
    return { test: () => "panel", problem: reasonOf(error) };
  }
  const test: Filter["test"] = (title, series) => {
    if (expression.test(title)) return "panel";
    return expression.test(series) || expression.test(`${title}/${series}`) ? "series" : "none";
  };
  return { test, problem: null };
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Engines repeat the expression before the reason: the reader has just typed it.
  return message.slice(message.lastIndexOf(": ") + 1).trim();
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export const byName = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

export function prefixOf(title: string): string {
  const slash = title.indexOf("/");
  return slash > 0 ? title.slice(0, slash) : "";
}

/** Group series into panels by title and panels into sections by prefix; titles without a prefix come first. */
export function layOut(series: readonly SeriesSummary[], filter: Filter, whose: Whose): Section[] {
  const panels = new Map<string, SeriesSummary[]>();
  for (const one of series) {
    if (filter.test(one.title, one.series) === "none") continue;
    append(panels, one.title, one);
  }
  const sections = new Map<string, PanelModel[]>();
  for (const title of [...panels.keys()].sort(byName))
    append(sections, prefixOf(title), panelOf(title, panels.get(title)!, whose));
  return [...sections.keys()]
    .sort(byName)
    .map((prefix) => ({ id: prefix, heading: prefix || "Charts", panels: sections.get(prefix)! }));
}

function panelOf(title: string, series: SeriesSummary[], whose: Whose): PanelModel {
  const prefix = prefixOf(title);
  const heading = prefix ? title.slice(prefix.length + 1) || title : title;
  const lines = series
    .sort((a, b) => byName(a.series, b.series))
    .flatMap((summary) => linesOf(summary, whose));
  return { id: title, heading, valueName: heading.slice(heading.lastIndexOf("/") + 1) || heading, lines };
}

/** The lines that a view shows of one series: usually one. `name` is what the page calls it. */
export function linesOf(summary: SeriesSummary, whose: Whose, name = summary.series): PanelLine[] {
  const { task, rank, ranks = "one", attempt = null } = whose;
  const { title, series } = summary;
  const key = lineKey(title, series);
  const line = { task, title, series, rank, attempt: attempt === "all" ? null : attempt, key, name, summary };
  if (line.attempt !== null && !summary.attempts.includes(line.attempt)) return [];
  if (ranks !== "one" && summary.ranks.length > 1) return linesOfRanks(line, ranks);
  if (attempt !== "all") return [line];
  const earlier = [...summary.attempts].sort((a, b) => a - b).slice(0, -1);
  const faded = earlier.map((number) => ({
    ...line,
    attempt: number,
    key: `${key}\tattempt ${number}`,
    name: `${name} · attempt ${number}`,
    look: name,
    faded: true,
  }));
  return [line, ...faded];
}

/** A line for each process, or one for all: their mean within its band. */
function linesOfRanks(line: PanelLine, how: Ranks): PanelLine[] {
  const each = [...line.summary.ranks]
    .sort((a, b) => a - b)
    .map((rank) => ({ ...line, rank, key: `${line.key}\trank ${rank}`, name: `${line.name} · rank ${rank}` }));
  if (how === "each") return each;
  return [{ ...each[0]!, key: `${line.key}\tranks`, name: `${line.name} · ${each.length} ranks`, look: line.name, members: each }];
}

/** The attempts that have a line here, ascending. */
export function attemptsOf(panels: readonly Pick<PanelModel, "lines">[]): number[] {
  const attempts = new Set(panels.flatMap(({ lines }) => lines.flatMap(({ summary }) => summary.attempts)));
  return [...attempts].sort((a, b) => a - b);
}

/** The processes that have a line here, ascending. */
export function ranksOf(panels: readonly Pick<PanelModel, "lines">[]): number[] {
  const ranks = new Set(panels.flatMap(({ lines }) => lines.flatMap(({ summary }) => summary.ranks)));
  return [...ranks].sort((a, b) => a - b);
}

export function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
