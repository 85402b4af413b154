// The settings of a page of charts, each a parameter of the address, so that a link is a view.

import { useMemo } from "react";

import type { Axis } from "../api/types";
import { navigate, param, readParam, useSearch, withParam, type Param } from "../state/address";
import { settings } from "../state/settings";
import type { Center, Spread } from "./groupFeed";
import type { Range } from "./scale";
import { fitAmount, NO_SMOOTHING, type Smoothing, type SmoothingKind } from "./smoothing";

export type Ranks = "one" | "each" | "band";

export interface ChartView {
  axis: Axis;
  /** The series, as its `lineKey`, whose values are the x of all others; null for the axis of iterations or time. */
  against: string | null;
  logX: boolean;
  logY: boolean;
  smoothing: Smoothing;
  ignoreOutliers: boolean;
  /** Panels side by side; null fits them to the width. */
  columns: number | null;
  /** Height of the plot of a panel in CSS pixels. */
  height: number;
  filter: string;
  /** The x range shown, in units of the axis (iterations, microseconds, or values of `against`); null shows all. */
  zoom: Range | null;
  /** Lines hidden, as `lineKey`s. */
  hidden: readonly string[];
  /** Prefixes of sections that are folded away. */
  folded: readonly string[];
  /** Title of the panel that fills the page. */
  full: string | null;
  /** A table of values in place of the charts. */
  table: boolean;
  /** How groups of lines are summed up. */
  center: Center;
  spread: Spread;
  /** The process whose lines are drawn; null for the lowest rank of each, over all attempts. */
  rank: number | null;
  /** One process, a line for each, or one band over all. */
  ranks: Ranks;
  /** The attempt that is drawn; "all" draws earlier ones behind the live line, null the live line alone. */
  attempt: number | "all" | null;
  /** Panels that stand first, and panels that are put away, by id. */
  pins: readonly string[];
  away: readonly string[];
  /** Panels that were moved within their sections: each followed by the one that it stands before, as `arrangement.ts` reads it. */
  order: readonly string[];
}

export const HEIGHTS = { low: 120, high: 600, start: 200 };

const AXES: readonly Axis[] = ["iteration", "relative", "wall"];
export const CENTERS: readonly Center[] = ["mean", "median"];
export const SPREADS: readonly Spread[] = ["std", "stderr", "ci95", "minmax"];
export const RANKS: readonly Ranks[] = ["one", "each", "band"];
const KINDS: readonly SmoothingKind[] = ["none", "exponential", "gaussian", "mean"];

/** Identify a line of a task. A tab is the one character that names hardly hold. */
export function lineKey(title: string, series: string): string {
  return `${title}\t${series}`;
}

/** Title and series of a `lineKey`. */
export function namesOf(key: string): { title: string; series: string } {
  const tab = key.indexOf("\t");
  return tab < 0 ? { title: key, series: "" } : { title: key.slice(0, tab), series: key.slice(tab + 1) };
}

const NUMBER = String.raw`(-?\d{1,19}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?)`;
const ZOOM = new RegExp(`^${NUMBER}\\.\\.${NUMBER}$`);

export function parseZoom(raw: string | undefined): Range | null {
  const match = ZOOM.exec(raw ?? "");
  if (match === null) return null;
  const range = { low: Number(match[1]), high: Number(match[2]) };
  return range.low < range.high ? range : null;
}

export function formatZoom({ low, high }: Range): string {
  return `${numberText(low)}..${numberText(high)}`;
}

// Not String() of a whole number: it writes large ones with an exponent.
function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e19 ? BigInt(value).toString() : String(value);
}

/** The same range or a little more, in whole iterations or microseconds: the server knows no others. */
export function wholeRange({ low, high }: Range): Range {
  const range = { low: Math.floor(low), high: Math.ceil(high) };
  return range.high > range.low ? range : { low: range.low, high: range.low + 1 };
}

export function parseSmoothing(raw: string | undefined): Smoothing {
  const [name, amount] = (raw ?? "").split(":");
  const kind = KINDS.find((known) => known === name) ?? "none";
  return kind === "none" ? NO_SMOOTHING : { kind, amount: fitAmount(kind, amount ? Number(amount) : NaN) };
}

/** The parameters of a page of charts. Pages that differ in their defaults make their own. */
export function viewParams(axis: Axis): { [K in keyof ChartView]: Param<ChartView[K]> } {
  return {
    axis: preferred(param.choice("axis", AXES, axis), () => (axis === "iteration" ? AXES.find((one) => one === settings.get().axis) : undefined)),
    against: textOrNone("against"),
    logX: param.flag("logx"),
    logY: param.flag("logy"),
    smoothing: preferred(SMOOTHING, () => (settings.get().smoothing ? parseSmoothing(settings.get().smoothing) : undefined)),
    ignoreOutliers: param.flag("outliers"),
    columns: fitted(param.int("columns", null), 1, 4),
    height: fitted(param.int("height", HEIGHTS.start), HEIGHTS.low, HEIGHTS.high),
    filter: param.text("filter"),
    zoom: { key: "x", parse: (raw) => parseZoom(raw[0]), format: (zoom) => (zoom ? [formatZoom(zoom)] : []) },
    table: param.flag("table"),
    rank: param.int("rank", null),
    ranks: param.choice("ranks", RANKS, "one"),
    attempt: {
      key: "attempt",
      parse: ([raw = ""]) => (raw === "all" ? raw : /^\d{1,9}$/.test(raw) ? Number(raw) : null),
      format: (attempt) => (attempt === null ? [] : [String(attempt)]),
    },
    pins: param.list("pin"),
    away: param.list("away"),
    order: param.list("move"),
    center: param.choice("center", CENTERS, "mean"),
    spread: param.choice("band", SPREADS, "std"),
    hidden: param.list("hide"),
    folded: param.list("fold"),
    full: textOrNone("full"),
  };
}

function textOrNone(key: string): Param<string | null> {
  return { key, parse: (raw) => raw[0] ?? null, format: (text) => (text === null ? [] : [text]) };
}

const SMOOTHING: Param<Smoothing> = {
  key: "smooth",
  parse: (raw) => parseSmoothing(raw[0]),
  format: ({ kind, amount }) => (kind === "none" ? [] : [`${kind}:${amount}`]),
};

/** The parameter with the reader's own default (their settings) in the place of the page's, where they have one. */
function preferred<T>(of: Param<T>, mine: () => T | undefined): Param<T> {
  const start = () => mine() ?? of.parse([]);
  const same = (a: T, b: T) => JSON.stringify(a) === JSON.stringify(b);
  const written = (value: T) => {
    const raw = of.format(value);
    // The page's default leaves no trace by itself; beside another default it must be said.
    return raw.length > 0 ? raw : [typeof value === "string" ? value : "none"];
  };
  return {
    key: of.key,
    parse: (raw) => (raw.length === 0 ? start() : of.parse(raw)),
    format: (value) => (same(value, start()) ? [] : written(value)),
  };
}

function fitted<T extends number | null>(of: Param<T>, low: number, high: number): Param<T> {
  const fit = (value: T): T => (value === null ? value : (Math.min(high, Math.max(low, value)) as T));
  return { ...of, parse: (raw) => fit(of.parse(raw)) };
}

export type ViewParams = ReturnType<typeof viewParams>;
export type SetView = (change: Partial<ChartView>, how?: { push?: boolean }) => void;

/** The view that the address says, and how to change some of it in one step of the history. */
export function useChartView(params: ViewParams): [ChartView, SetView] {
  const search = useSearch();
  const view = useMemo(() => readView(search, params), [search, params]);
  const set = useMemo<SetView>(
    () => (change, how) => {
      const next = withView(location.search, params, change);
      navigate(location.pathname + next + location.hash, { replace: !how?.push });
    },
    [params],
  );
  return [view, set];
}

export function readView(search: string, params: ViewParams): ChartView {
  const against = readParam(search, params.against);
  const zoom = readParam(search, params.zoom);
  return {
    axis: readParam(search, params.axis),
    against,
    logX: readParam(search, params.logX),
    logY: readParam(search, params.logY),
    smoothing: readParam(search, params.smoothing),
    ignoreOutliers: readParam(search, params.ignoreOutliers),
    columns: readParam(search, params.columns),
    height: readParam(search, params.height),
    filter: readParam(search, params.filter),
    zoom: zoom === null || against !== null ? zoom : wholeRange(zoom),
    hidden: readParam(search, params.hidden),
    folded: readParam(search, params.folded),
    full: readParam(search, params.full),
    table: readParam(search, params.table),
    rank: readParam(search, params.rank),
    ranks: readParam(search, params.ranks),
    attempt: readParam(search, params.attempt),
    pins: readParam(search, params.pins),
    away: readParam(search, params.away),
    order: readParam(search, params.order),
    center: readParam(search, params.center),
    spread: readParam(search, params.spread),
  };
}

export function withView(search: string, params: ViewParams, change: Partial<ChartView>): string {
  let next = search;
  for (const key of Object.keys(change) as (keyof ChartView)[]) {
    next = withParam(next, params[key] as Param<unknown>, change[key]);
  }
  return next;
}

/** The address of this page with one panel alone in front. */
export function panelAddress(id: string): string {
  const params = new URLSearchParams(location.search);
  params.set("full", id);
  return `${location.pathname}?${params}`;
}
