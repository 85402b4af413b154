// What tasks are placed by: parameters and metrics, each with a value for every task.

import type { MetricRef, TaskDetail } from "../api/types";
import { formatMetric, metricName, parseMetric } from "../state/metricColumn";
import { axisOf, type Value, type ValueAxis } from "./placing";

export interface TaskAxis extends ValueAxis {
  /** `p:General/lr`, `m:last~loss~train`: names the axis in the address. */
  key: string;
  label: string;
  values: readonly Value[];
}

export const parameterKey = (name: string): string => `p:${name}`;
export const metricKey = (metric: MetricRef): string => `m:${formatMetric(metric)}`;

/** The metric that a key names; null for a parameter's. */
export function metricOf(key: string): MetricRef | null {
  return key.startsWith("m:") ? parseMetric(key.slice(2)) : null;
}

/** The values of the tasks at a key. */
export function valuesAt(key: string, parameters: readonly ReadonlyMap<string, string>[], metrics: ReadonlyMap<string, readonly Value[]>): readonly Value[] {
  if (key.startsWith("p:")) return parameters.map((of) => of.get(key.slice(2)) ?? null);
  return metrics.get(key) ?? parameters.map(() => null);
}

export function labelOf(key: string): string {
  const metric = metricOf(key);
  if (!metric) return key.slice(2).replace(/^General\//, "");
  return `${metricName(metric)}, ${metric.stat}`;
}

export function taskAxis(key: string, values: readonly Value[], flipped: boolean): TaskAxis {
  return { key, label: labelOf(key), values, ...axisOf(values, flipped) };
}

export function parametersOf(detail: TaskDetail | undefined): ReadonlyMap<string, string> {
  return new Map(detail?.parameters.map(({ name, value }) => [name, value]));
}

/** How much of the second colour, 0 to 100, a place on an axis has; null for what has no place. */
export function tint(place: number | null): string {
  if (place === null) return "var(--text-faint)";
  return `color-mix(in oklab, var(--series-1) ${Math.round(place * 100)}%, var(--series-0))`;
}
