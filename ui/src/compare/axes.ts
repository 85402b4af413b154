// What tasks are placed by: parameters, single values and metrics, each with a value for every task.

import { MONITOR_PREFIX, type MetricRef, type Stat } from "../api/types";
import { readingOf } from "../charts/monitor";
import { formatMetric, metricName, parseMetric } from "../state/metricColumn";
import type { Choice } from "./Picker";
import { axisOf, type Value, type ValueAxis } from "./placing";
import type { Metric } from "./useMetrics";

export interface TaskAxis extends ValueAxis {
  /** `p:General/lr`, `m:last~loss~train`: names the axis in the address. */
  key: string;
  label: string;
  values: readonly Value[];
}

const STATS: readonly Stat[] = ["last", "min", "max", "first", "mean"];

export const parameterKey = (name: string): string => `p:${name}`;
export const metricKey = (metric: MetricRef): string => `m:${formatMetric(metric)}`;

/** What stands for a metric where nobody has chosen: its last value; of a single value there is no other. */
export const lastOf = ({ title, series }: Pick<Metric, "title" | "series">): MetricRef => ({ title, series, stat: "last" });

/** The metric that a key names; null for a parameter's. */
export function metricOf(key: string): MetricRef | null {
  return key.startsWith("m:") ? parseMetric(key.slice(2)) : null;
}

/** The values of the tasks at a key; undefined where they are not known yet, null where there are none. */
export function valuesAt(
  key: string,
  parameters: readonly (ReadonlyMap<string, string> | undefined)[],
  metrics: ReadonlyMap<string, readonly Value[]>,
): readonly Value[] {
  if (key.startsWith("p:")) return parameters.map((of) => of && (of.get(key.slice(2)) ?? null));
  return metrics.get(key) ?? parameters.map(() => undefined);
}

/** `singles` are the keys of single values: those are called by their names alone. */
export function labelOf(key: string, singles: ReadonlySet<string>): string {
  const metric = metricOf(key);
  if (!metric) return key.slice(2).replace(/^General\//, "");
  if (singles.has(key)) return metric.series;
  const reading = metric.title.startsWith(MONITOR_PREFIX) ? readingOf(metric.title, metric.series) : null;
  return `${reading ? `${reading.heading}: ${reading.name}` : metricName(metric)}, ${metric.stat}`;
}

/** Parameters that differ, single values, every statistic of each metric, then parameters that are the same everywhere. */
export function choicesOf(differ: readonly string[], same: readonly string[], metrics: readonly Metric[], singles: ReadonlySet<string>): Choice[] {
  const choice = (note: string) => (key: string) => ({ key, label: labelOf(key, singles), note });
  return [
    ...differ.map(parameterKey).map(choice("parameter")),
    ...[...singles].map(choice("single value")),
    ...metrics.filter(({ single }) => !single).flatMap((metric) => STATS.map((stat) => metricKey({ ...lastOf(metric), stat })).map(choice("metric"))),
    ...same.map(parameterKey).map(choice("same parameter")),
  ];
}

export function taskAxis(key: string, label: string, values: readonly Value[], flipped: boolean): TaskAxis {
  return { key, label, values, ...axisOf(values, flipped) };
}

/** How much of the second colour, 0 to 100, a place on an axis has; null for what has no place. */
export function tint(place: number | null): string {
  if (place === null) return "var(--text-faint)";
  return `color-mix(in oklab, var(--series-1) ${Math.round(place * 100)}%, var(--series-0))`;
}
