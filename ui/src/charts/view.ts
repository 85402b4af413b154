// The settings of a page of charts, each a parameter of the address, so that a link is a view.

import { useMemo } from "react";

import type { Axis } from "../api/types";
import { navigate, param, readParam, useSearch, withParam, type Param } from "../state/address";
import type { Center, Spread } from "./groupFeed";
import type { Range } from "./scale";
import { fitAmount, NO_SMOOTHING, type Smoothing, type SmoothingKind } from "./smoothing";

export interface ChartView {
  axis: Axis;
  logX: boolean;
  logY: boolean;
  smoothing: Smoothing;
  ignoreOutliers: boolean;
  /** Panels side by side; null fits them to the width. */
  columns: number | null;
  /** Height of the plot of a panel in CSS pixels. */
  height: number;
  filter: string;
  /** The x range shown, in units of the axis (iterations or microseconds); null shows all. */
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
}

export const HEIGHTS = { low: 120, high: 600, start: 200 };

const AXES: readonly Axis[] = ["iteration", "relative", "wall"];
export const CENTERS: readonly Center[] = ["mean", "median"];
export const SPREADS: readonly Spread[] = ["std", "stderr", "ci95", "minmax"];
const KINDS: readonly SmoothingKind[] = ["none", "exponential", "gaussian", "mean"];

/** Identify a line of a task. A tab is the one character that names hardly hold. */
export function lineKey(title: string, series: string): string {
  return `${title}\t${series}`;
}

export function parseZoom(raw: string | undefined): Range | null {
  const match = /^(-?\d{1,19})\.\.(-?\d{1,19})$/.exec(raw ?? "");
  if (match === null) return null;
  const range = { low: Number(match[1]), high: Number(match[2]) };
  return range.low < range.high ? range : null;
}

export function formatZoom(zoom: Range): string {
  return `${whole(Math.floor(zoom.low))}..${whole(Math.ceil(zoom.high))}`;
}

// Not String(): it writes large numbers with an exponent.
function whole(value: number): string {
  return BigInt(value).toString();
}

export function parseSmoothing(raw: string | undefined): Smoothing {
  const [name, amount] = (raw ?? "").split(":");
  const kind = KINDS.find((known) => known === name) ?? "none";
  return kind === "none" ? NO_SMOOTHING : { kind, amount: fitAmount(kind, amount ? Number(amount) : NaN) };
}

/** The parameters of a page of charts. Pages that differ in their defaults make their own. */
export function viewParams(axis: Axis): { [K in keyof ChartView]: Param<ChartView[K]> } {
  return {
    axis: param.choice("axis", AXES, axis),
    logX: param.flag("logx"),
    logY: param.flag("logy"),
    smoothing: {
      key: "smooth",
      parse: (raw) => parseSmoothing(raw[0]),
      format: ({ kind, amount }) => (kind === "none" ? [] : [`${kind}:${amount}`]),
    },
    ignoreOutliers: param.flag("outliers"),
    columns: fitted(param.int("columns", null), 1, 4),
    height: fitted(param.int("height", HEIGHTS.start), HEIGHTS.low, HEIGHTS.high),
    filter: param.text("filter"),
    zoom: { key: "x", parse: (raw) => parseZoom(raw[0]), format: (zoom) => (zoom ? [formatZoom(zoom)] : []) },
    table: param.flag("table"),
    rank: param.int("rank", null),
    center: param.choice("center", CENTERS, "mean"),
    spread: param.choice("band", SPREADS, "std"),
    hidden: param.list("hide"),
    folded: param.list("fold"),
    full: {
      key: "full",
      parse: (raw) => raw[0] ?? null,
      format: (title) => (title === null ? [] : [title]),
    },
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
  return {
    axis: readParam(search, params.axis),
    logX: readParam(search, params.logX),
    logY: readParam(search, params.logY),
    smoothing: readParam(search, params.smoothing),
    ignoreOutliers: readParam(search, params.ignoreOutliers),
    columns: readParam(search, params.columns),
    height: readParam(search, params.height),
    filter: readParam(search, params.filter),
    zoom: readParam(search, params.zoom),
    hidden: readParam(search, params.hidden),
    folded: readParam(search, params.folded),
    full: readParam(search, params.full),
    table: readParam(search, params.table),
    rank: readParam(search, params.rank),
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
