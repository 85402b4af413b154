// A metric as a column of the task table, and as text in the address.

import type { MetricRef, Stat } from "../api/types";
import type { Param } from "./address";

export const STATS: readonly Stat[] = ["last", "min", "max", "mean", "first", "min_iteration", "max_iteration", "count", "non_finite"];

/** `stat~title~series`, where `!0` is `!` and `!1` is `~`. */
export function formatMetric(metric: MetricRef): string {
  const escape = (text: string) => text.replaceAll("!", "!0").replaceAll("~", "!1");
  return [metric.stat, escape(metric.title), escape(metric.series)].join("~");
}

export function parseMetric(text: string): MetricRef | null {
  const [stat, title, series, ...rest] = text.split("~");
  const known = STATS.find((name) => name === stat);
  if (!known || title === undefined || series === undefined || rest.length > 0) return null;
  const unescape = (part: string) => part.replaceAll("!1", "~").replaceAll("!0", "!");
  return { stat: known, title: unescape(title), series: unescape(series) };
}

export const METRIC_COLUMNS: Param<readonly MetricRef[]> = {
  key: "metric",
  parse: (raw) => raw.map(parseMetric).filter((metric) => metric !== null),
  format: (metrics) => metrics.map(formatMetric),
};

export function metricName(metric: MetricRef): string {
  return metric.title === metric.series || !metric.series ? metric.title : `${metric.title} / ${metric.series}`;
}
