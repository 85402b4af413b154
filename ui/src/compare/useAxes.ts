// The axes that compared tasks can be placed by, with what the address says of them.

import { useMemo, useState } from "react";

import { MONITOR_PREFIX } from "../api/types";
import { byName } from "../charts/sections";
import { param, useParam } from "../state/address";
import { choicesOf, labelOf, lastOf, metricKey, metricOf, parameterKey, taskAxis, valuesAt, type TaskAxis } from "./axes";
import type { Compared } from "./compared";
import { differing } from "./grouping";
import type { Offered } from "./Picker";
import type { Value } from "./placing";
import { useMetricNames, useMetricValues } from "./useMetrics";
import { useParameters, type ParametersOf } from "./useParameters";

/** Keys of axes, in their order; none: what differs, and some metrics. */
const AXES = param.list("axis");
export const FLIPPED = param.list("flip");
export const COLOUR = param.text("colour");
export const X = param.text("px");
export const Y = param.text("py");
export const SIZE = param.text("size");

const PARAMETERS_AT_FIRST = 8;
const SINGLES_AT_FIRST = 3;
const METRICS_AT_FIRST = 2;
const NOBODY: readonly string[] = [];

export interface Axes {
  /** Of each task; undefined until they are read. */
  parameters: readonly (ParametersOf | undefined)[];
  metrics: ReadonlyMap<string, readonly Value[]>;
  /** The parameters that are not the same everywhere. */
  differ: readonly string[];
  chosen: readonly string[];
  setChosen(keys: string[]): void;
  /** Whether the address says what is chosen. */
  named: boolean;
  offered: Offered;
  /** What a key is called. */
  name(key: string): string;
  axis(key: string): TaskAxis;
  /** How many tasks are still to be read. */
  waiting: number;
  /** Why they could not be read. */
  error: Error | undefined;
  reload(): void;
}

export function useAxes(tasks: readonly Compared[]): Axes {
  const [named, setChosen] = useParam(AXES);
  const [flipped] = useParam(FLIPPED);
  const [colour] = useParam(COLOUR);
  const [x] = useParam(X);
  const [y] = useParam(Y);
  const [size] = useParam(SIZE);
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const { of: parameters, error, reload } = useParameters(ids);
  const waiting = parameters.filter((one) => one === undefined).length;
  const differ = useMemo(() => differing(parameters.flatMap((one) => (one ? [{ parameters: one }] : []))), [parameters]);
  const { known, singles, more, onSearch } = useKnownMetrics(ids);
  const chosen = useMemo(() => {
    if (named.length > 0) return named;
    // What but a few have leaves the axis empty.
    const usual = known.filter(({ title, tasks }) => 2 * tasks >= ids.length && !title.startsWith(MONITOR_PREFIX));
    const some = (single: boolean, most: number) => usual.filter((metric) => metric.single === single).slice(0, most);
    return [
      ...differ.slice(0, PARAMETERS_AT_FIRST).map(parameterKey),
      ...[...some(true, SINGLES_AT_FIRST), ...some(false, METRICS_AT_FIRST)].map((metric) => metricKey(lastOf(metric))),
    ];
  }, [named, differ, known, ids]);
  const wanted = useMemo(() => [...new Set([...chosen, colour, x, y, size])].map(metricOf).filter((metric) => metric !== null), [chosen, colour, x, y, size]);
  const metrics = useMetricValues(ids, wanted);
  const offered = useMemo(() => {
    const apart = new Set(differ);
    const same = [...new Set(parameters.flatMap((one) => [...(one?.keys() ?? [])]))].filter((name) => !apart.has(name)).sort(byName);
    return { choices: choicesOf(differ, same, known, singles), more, onSearch };
  }, [differ, parameters, known, singles, more, onSearch]);
  const name = useMemo(() => (key: string) => labelOf(key, singles), [singles]);
  const axis = useMemo(() => {
    const made = new Map<string, TaskAxis>();
    return (key: string) => {
      const before = made.get(key) ?? taskAxis(key, name(key), valuesAt(key, parameters, metrics), flipped.includes(key));
      made.set(key, before);
      return before;
    };
  }, [parameters, metrics, flipped, name]);
  return { parameters, metrics, differ, chosen, setChosen, named: named.length > 0, offered, name, axis, waiting, error, reload };
}

/** The metrics that are known: what most of the tasks have, and what was looked for besides. */
function useKnownMetrics(ids: readonly string[]) {
  const [sought, onSearch] = useState("");
  const first = useMetricNames(ids);
  const more = first ? first.total - first.metrics.length : 0;
  const found = useMetricNames(more > 0 && sought !== "" ? ids : NOBODY, sought);
  return useMemo(() => {
    const all = [...(first?.metrics ?? []), ...(found?.metrics ?? [])];
    const known = [...new Map(all.map((metric) => [metricKey(lastOf(metric)), metric])).values()];
    const singles: ReadonlySet<string> = new Set(known.filter(({ single }) => single).map((metric) => metricKey(lastOf(metric))));
    return { known, singles, more, onSearch };
  }, [first, found, more]);
}
