// What the tasks were told and what came of it: a table, parallel coordinates, or one value over another.

import { useMemo } from "react";

import { getJson } from "../api/client";
import type { MetricRef, Stat, TaskDetail } from "../api/types";
import { param, useParam } from "../state/address";
import { formatCount, formatCounted } from "../state/format";
import { numberOf, shownText } from "../tables/table";
import { SearchBox } from "../widgets/SearchBox";
import { labelOf, metricKey, metricOf, parameterKey, parametersOf, taskAxis, valuesAt, type TaskAxis } from "./axes";
import type { TabProps } from "./ComparePage";
import { TASKS, type Compared } from "./compared";
import { differing } from "./grouping";
import { Matrix, type MatrixRow } from "./Matrix";
import { extremesOf, nextSorting, orderOf, parseSorting, SORTING } from "./order";
import { Parallel } from "./Parallel";
import { formatBrush, parseBrush, type Brush, type Value } from "./placing";
import { Picker } from "./Picker";
import { Scatter } from "./Scatter";
import { useEach } from "./useEach";
import { useMetricNames, useMetricValues } from "./useMetrics";

const SHOW = param.choice("show", ["table", "parallel", "scatter"], "table");
const SAME = param.flag("same");
const SEARCH = param.text("find");
/** Keys of axes; none: what differs, and some metrics. */
const AXES = param.list("axis");
const FLIPPED = param.list("flip");
const COLOUR = param.text("colour");
const X = param.text("px");
const Y = param.text("py");
const SIZE = param.text("size");
const BRUSHES = {
  key: "brush",
  parse: (raw: readonly string[]) => raw.map(parseBrush).filter((brush) => brush !== null),
  format: (brushes: readonly Brush[]) => brushes.map(formatBrush),
};

const PARAMETERS_AT_FIRST = 8;
const METRICS_AT_FIRST = 2;
const STATS: readonly Stat[] = ["last", "min", "max", "first", "mean"];
const SHOW_NAMES = { table: "table", parallel: "parallel coordinates", scatter: "scatter" } as const;

export function ParametersTab({ tasks, base }: TabProps) {
  const [show, setShow] = useParam(SHOW);
  const [search, setSearch] = useParam(SEARCH);
  const [same, setSame] = useParam(SAME);
  const all = useAxes(tasks);
  const { chosen, setChosen, choices, axis, waiting } = all;
  const [colour, setColour] = useParam(COLOUR);
  return (
    <div className="compare-part">
      <div className="compare-bar" role="toolbar" aria-label="parameters">
        <span className="chips" role="group" aria-label="how to show them">
          {(Object.keys(SHOW_NAMES) as (keyof typeof SHOW_NAMES)[]).map((one) => (
            <button key={one} className="chip" aria-pressed={one === show} onClick={() => setShow(one)}>
              {SHOW_NAMES[one]}
            </button>
          ))}
        </span>
        {show === "table" && (
          <>
            <SearchBox value={search} onChange={setSearch} placeholder="Find a parameter" keyGroup="Compare" />
            <button className="chart-toggle" aria-pressed={!same} onClick={() => setSame(!same)}>
              hide identical
            </button>
          </>
        )}
        {show !== "scatter" && <Picker label={show === "table" ? "Metrics" : "Axes"} chosen={chosen} choices={choices} onChange={setChosen} />}
        {show === "parallel" && <Select label="colour" value={colour} choices={choices} none="by task" onChange={setColour} />}
        {waiting > 0 && <span className="dim">{formatCounted(waiting, "task")} still to read</span>}
      </div>
      {show === "table" && <ParameterTable tasks={tasks} base={base} all={all} same={same || tasks.length < 2} search={search} />}
      {show === "parallel" && <ParallelPart tasks={tasks} all={all} colour={colour ? axis(colour) : null} />}
      {show === "scatter" && <ScatterPart tasks={tasks} all={all} />}
    </div>
  );
}

interface Axes {
  parameters: readonly ReadonlyMap<string, string>[];
  metrics: ReadonlyMap<string, readonly Value[]>;
  /** The parameters that are not the same everywhere. */
  differ: readonly string[];
  chosen: readonly string[];
  setChosen(keys: string[]): void;
  choices: readonly { key: string; label: string }[];
  axis(key: string): TaskAxis;
  /** How many tasks are still to be read. */
  waiting: number;
}

function useAxes(tasks: readonly Compared[]): Axes {
  const [named, setChosen] = useParam(AXES);
  const [flipped] = useParam(FLIPPED);
  const [colour] = useParam(COLOUR);
  const [x] = useParam(X);
  const [y] = useParam(Y);
  const [size] = useParam(SIZE);
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const { by, waiting } = useEach(
    ids,
    "parameters",
    (id, signal) => getJson<TaskDetail>(`/tasks/${encodeURIComponent(id)}`, { signal }),
    (change) => change.detail,
  );
  const names = useMetricNames(ids);
  const parameters = useMemo(() => ids.map((id) => parametersOf(by.get(id))), [ids, by]);
  const read = useMemo(() => parameters.filter((_, i) => by.has(ids[i]!)).map((one) => ({ parameters: one })), [parameters, by, ids]);
  const differ = useMemo(() => differing(read), [read]);
  const offered = useMemo(() => names?.map((one): MetricRef => ({ ...one, stat: "last" })) ?? [], [names]);
  const chosen = useMemo(() => {
    if (named.length > 0) return named;
    return [...differ.slice(0, PARAMETERS_AT_FIRST).map(parameterKey), ...offered.slice(0, METRICS_AT_FIRST).map(metricKey)];
  }, [named, differ, offered]);
  const wanted = useMemo(() => [...new Set([...chosen, colour, x, y, size])].map(metricOf).filter((metric) => metric !== null), [chosen, colour, x, y, size]);
  const metrics = useMetricValues(ids, wanted);
  const choices = useMemo(() => choicesOf(differ, parameters, offered), [differ, parameters, offered]);
  const axis = useMemo(() => {
    const made = new Map<string, TaskAxis>();
    return (key: string) => {
      const known = made.get(key) ?? taskAxis(key, valuesAt(key, parameters, metrics), flipped.includes(key));
      made.set(key, known);
      return known;
    };
  }, [parameters, metrics, flipped]);
  return { parameters, metrics, differ, chosen, setChosen, choices, axis, waiting };
}

/** Parameters that differ, every statistic of each metric, then parameters that are the same everywhere. */
function choicesOf(differ: readonly string[], parameters: Axes["parameters"], metrics: readonly MetricRef[]) {
  const same = [...new Set(parameters.flatMap((one) => [...one.keys()]))].filter((name) => !differ.includes(name)).sort();
  const keys = [
    ...differ.map(parameterKey),
    ...metrics.flatMap((metric) => STATS.map((stat) => metricKey({ ...metric, stat }))),
    ...same.map(parameterKey),
  ];
  return keys.map((key) => ({ key, label: labelOf(key) }));
}

interface TableProps extends TabProps {
  all: Axes;
  same: boolean;
  search: string;
}

function ParameterTable({ tasks, base, all, same, search }: TableProps) {
  const [sort, setSort] = useParam(SORTING);
  const sorting = parseSorting(sort);
  const { parameters, metrics, differ, chosen } = all;
  const order = useMemo(
    () => (sorting ? orderOf(valuesAt(sorting.row, parameters, metrics) as (string | number | null)[], sorting.descending) : tasks.map((_, i) => i)),
    [sorting?.row, sorting?.descending, parameters, metrics, tasks],
  );
  const at = tasks.findIndex(({ id }) => id === base);
  const names = useMemo(() => {
    const every = new Set(parameters.flatMap((one) => [...one.keys()]));
    return same ? [...every].sort() : differ;
  }, [same, parameters, differ]);
  const rows = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const metricKeys = chosen.filter((key) => metricOf(key) !== null);
    const keys = names.map(parameterKey).filter((key) => labelOf(key).toLowerCase().includes(wanted));
    const row = (key: string) => rowOf(key, valuesAt(key, parameters, metrics), order, at);
    const section = (id: string, note: string): MatrixRow => ({ kind: "section", id, heading: id, note, folded: false });
    return [
      ...(metricKeys.length > 0 ? [section("Metrics", formatCount(metricKeys.length)), ...metricKeys.map(row)] : []),
      section("Parameters", same ? formatCount(keys.length) : `${formatCount(keys.length)} differ`),
      ...keys.map(row),
    ];
  }, [names, chosen, parameters, metrics, order, at, search, same]);
  const ordered = useMemo(() => order.map((i) => tasks[i]!), [order, tasks]);
  return <Matrix name="Parameters of the tasks" tasks={ordered} base={base} rows={rows} sorting={sorting} onSort={(row) => setSort(nextSorting(sorting, row))} />;
}

/** A metric's extremes are marked, a parameter where it differs from the base. */
function rowOf(key: string, values: readonly Value[], order: readonly number[], at: number): MatrixRow {
  const metric = metricOf(key) !== null;
  const { low, high } = metric ? extremesOf(values.map((value) => (typeof value === "number" ? value : null))) : { low: null, high: null };
  const numeric = values.some((value) => value !== null) && values.every((value) => value === null || value === undefined || numberOf(value) !== null);
  return {
    kind: "row",
    id: key,
    label: labelOf(key),
    title: metric ? labelOf(key) : key.slice(2),
    cell(column) {
      const value = values[order[column]!];
      if (value === null || value === undefined) return { text: "–", mark: "missing", numeric };
      const shown = { text: shownText(value).slice(0, 400), title: String(value).slice(0, 4000), numeric };
      if (metric) return { ...shown, mark: value === low ? "low" : value === high ? "high" : "" };
      return { ...shown, mark: order[column] !== at && value !== values[at] ? "differs" : "" };
    },
  };
}

function ParallelPart({ tasks, all, colour }: { tasks: readonly Compared[]; all: Axes; colour: TaskAxis | null }) {
  const [brushes, setBrushes] = useParam(BRUSHES);
  const [flipped, setFlipped] = useParam(FLIPPED);
  const [, setTasks] = useParam(TASKS);
  const axes = useMemo(() => all.chosen.map(all.axis), [all.chosen, all.axis]);
  if (axes.length === 0) return <p className="cards-none">{all.waiting > 0 ? "" : "No parameter differs, and no metric is known: choose axes above."}</p>;
  return (
    <Parallel
      tasks={tasks}
      axes={axes}
      colour={colour}
      brushes={brushes}
      onBrush={setBrushes}
      onFlip={(key) => setFlipped(flipped.includes(key) ? flipped.filter((other) => other !== key) : [...flipped, key])}
      onOnly={(ids) => setTasks(ids, { push: true })}
    />
  );
}

function ScatterPart({ tasks, all }: { tasks: readonly Compared[]; all: Axes }) {
  const [x, setX] = useParam(X);
  const [y, setY] = useParam(Y);
  const [colour, setColour] = useParam(COLOUR);
  const [size, setSize] = useParam(SIZE);
  const { choices, axis, chosen } = all;
  const metric = chosen.find((key) => metricOf(key) !== null) ?? choices.find(({ key }) => metricOf(key) !== null)?.key;
  const atX = x || choices.find(({ key }) => key !== metric)?.key || "";
  const atY = y || metric || "";
  return (
    <>
      <div className="compare-bar">
        <Select label="x axis" value={atX} choices={choices} onChange={setX} />
        <Select label="y axis" value={atY} choices={choices} onChange={setY} />
        <Select label="colour" value={colour} choices={choices} none="by task" onChange={setColour} />
        <Select label="size" value={size} choices={choices} none="equal" onChange={setSize} />
      </div>
      {atX && atY ? (
        <Scatter tasks={tasks} x={axis(atX)} y={axis(atY)} colour={colour ? axis(colour) : null} size={size ? axis(size) : null} />
      ) : (
        <p className="cards-none">{all.waiting > 0 ? "" : "The tasks have neither parameters nor metrics to place them by."}</p>
      )}
    </>
  );
}

interface SelectProps {
  label: string;
  value: string;
  choices: readonly { key: string; label: string }[];
  /** What stands for no choice; there must be one where this is left out. */
  none?: string;
  onChange(key: string): void;
}

function Select({ label, value, choices, none, onChange }: SelectProps) {
  const known = value === "" || choices.some(({ key }) => key === value);
  return (
    <label className="compare-select">
      <span className="dim">{label}</span>
      <select value={value} aria-label={label} onChange={(event) => onChange(event.target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {!known && <option value={value}>{labelOf(value)}</option>}
        {choices.map(({ key, label: name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
