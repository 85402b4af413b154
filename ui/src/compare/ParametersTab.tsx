// What the tasks were told and what came of it: a table, parallel coordinates, or one value over another.

import { useMemo } from "react";

import { byName } from "../charts/sections";
import { param, useParam } from "../state/address";
import { formatCount, formatCounted } from "../state/format";
import { numberOf, shownText } from "../tables/table";
import { Problem } from "../widgets/Feedback";
import { SearchBox } from "../widgets/SearchBox";
import { metricOf, parameterKey, valuesAt, type TaskAxis } from "./axes";
import type { TabProps } from "./ComparePage";
import { TASKS, type Compared } from "./compared";
import { Matrix, type MatrixRow } from "./Matrix";
import { extremesOf, nextSorting, orderOf, parseSorting, SORTING } from "./order";
import { Parallel } from "./Parallel";
import { formatBrush, parseBrush, type Brush, type Value } from "./placing";
import { Picker, PickOne } from "./Picker";
import { Scatter } from "./Scatter";
import { COLOUR, FLIPPED, SIZE, useAxes, X, Y, type Axes } from "./useAxes";

const SHOW = param.choice("show", ["table", "parallel", "scatter"], "table");
const SAME = param.flag("same");
const SEARCH = param.text("find");
const BRUSHES = {
  key: "brush",
  parse: (raw: readonly string[]) => raw.map(parseBrush).filter((brush) => brush !== null),
  format: (brushes: readonly Brush[]) => brushes.map(formatBrush),
};

const SHOW_NAMES = { table: "table", parallel: "parallel coordinates", scatter: "scatter" } as const;

export function ParametersTab({ tasks, base }: TabProps) {
  const [show, setShow] = useParam(SHOW);
  const [search, setSearch] = useParam(SEARCH);
  const [same, setSame] = useParam(SAME);
  const all = useAxes(tasks);
  const { chosen, setChosen, offered, name, axis, waiting } = all;
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
        {show === "table" && <MetricPicker all={all} />}
        {show === "parallel" && <Picker label="Axes" chosen={chosen} name={name} onChange={setChosen} onReset={all.named ? () => setChosen([]) : null} {...offered} />}
        {show === "parallel" && <PickOne label="colour" value={colour} name={name} none="by task" onChange={setColour} {...offered} />}
        {waiting > 0 && !all.error && <span className="dim">{formatCounted(waiting, "task")} still to read</span>}
      </div>
      {all.error && <Problem error={all.error} onRetry={all.reload} />}
      {show === "table" && <ParameterTable tasks={tasks} base={base} all={all} same={same || tasks.length < 2} search={search} />}
      {show === "parallel" && <ParallelPart tasks={tasks} all={all} colour={colour ? axis(colour) : null} />}
      {show === "scatter" && <ScatterPart tasks={tasks} all={all} />}
    </div>
  );
}

/** The table has all parameters: of what is chosen for axes, metrics alone are chosen for it. */
function MetricPicker({ all: { chosen, setChosen, named, name, offered } }: { all: Axes }) {
  const isMetric = (key: string) => metricOf(key) !== null;
  const choices = useMemo(() => offered.choices.filter(({ key }) => isMetric(key)), [offered]);
  const change = (metrics: string[]) => setChosen([...chosen.filter((key) => !isMetric(key)), ...metrics]);
  const reset = named ? () => setChosen([]) : null;
  return <Picker label="Metrics" chosen={chosen.filter(isMetric)} name={name} onChange={change} onReset={reset} {...offered} choices={choices} />;
}

interface TableProps extends TabProps {
  all: Axes;
  same: boolean;
  search: string;
}

function ParameterTable({ tasks, base, all, same, search }: TableProps) {
  const [sort, setSort] = useParam(SORTING);
  const sorting = parseSorting(sort);
  const { parameters, metrics, differ, chosen, name } = all;
  const order = useMemo(
    () => (sorting ? orderOf(valuesAt(sorting.row, parameters, metrics) as (string | number | null)[], sorting.descending) : tasks.map((_, i) => i)),
    [sorting?.row, sorting?.descending, parameters, metrics, tasks],
  );
  const at = tasks.findIndex(({ id }) => id === base);
  const names = useMemo(() => {
    const every = new Set(parameters.flatMap((one) => [...(one?.keys() ?? [])]));
    return same ? [...every].sort(byName) : differ;
  }, [same, parameters, differ]);
  const rows = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const metricKeys = chosen.filter((key) => metricOf(key) !== null);
    const keys = names.map(parameterKey).filter((key) => name(key).toLowerCase().includes(wanted));
    const row = (key: string) => rowOf(key, name(key), valuesAt(key, parameters, metrics), order, at);
    const section = (id: string, note: string): MatrixRow => ({ kind: "section", id, heading: id, note, folded: false });
    return [
      ...(metricKeys.length > 0 ? [section("Metrics", formatCount(metricKeys.length)), ...metricKeys.map(row)] : []),
      section("Parameters", same ? formatCount(keys.length) : `${formatCount(keys.length)} differ`),
      ...keys.map(row),
    ];
  }, [names, chosen, parameters, metrics, name, order, at, search, same]);
  const ordered = useMemo(() => order.map((i) => tasks[i]!), [order, tasks]);
  return <Matrix name="Parameters of the tasks" tasks={ordered} base={base} rows={rows} sorting={sorting} onSort={(row) => setSort(nextSorting(sorting, row))} />;
}

/** A metric's extremes are marked, a parameter where it differs from the base. */
function rowOf(key: string, label: string, values: readonly Value[], order: readonly number[], at: number): MatrixRow {
  const metric = metricOf(key) !== null;
  const { low, high } = metric ? extremesOf(values.map((value) => (typeof value === "number" ? value : null))) : { low: null, high: null };
  const numeric = values.some((value) => value !== null) && values.every((value) => value === null || value === undefined || numberOf(value) !== null);
  return {
    kind: "row",
    id: key,
    label,
    title: metric ? label : key.slice(2),
    cell(column) {
      const value = values[order[column]!];
      if (value === undefined) return { text: "…", mark: "waiting", numeric };
      if (value === null && !metric && typeof values[at] === "string") return { text: "none", mark: "differs", numeric };
      if (value === null) return { text: "–", mark: "missing", numeric };
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
      onOrder={all.setChosen}
      onOnly={(ids) => setTasks(ids, { push: true })}
    />
  );
}

function ScatterPart({ tasks, all }: { tasks: readonly Compared[]; all: Axes }) {
  const [x, setX] = useParam(X);
  const [y, setY] = useParam(Y);
  const [colour, setColour] = useParam(COLOUR);
  const [size, setSize] = useParam(SIZE);
  const { offered, name, axis, chosen } = all;
  const { choices } = offered;
  const metric = chosen.find((key) => metricOf(key) !== null) ?? choices.find(({ key }) => metricOf(key) !== null)?.key;
  const atX = x || choices.find(({ key }) => key !== metric)?.key || "";
  const atY = y || metric || "";
  return (
    <>
      <div className="compare-bar">
        <PickOne label="x axis" value={atX} name={name} onChange={setX} {...offered} />
        <PickOne label="y axis" value={atY} name={name} onChange={setY} {...offered} />
        <PickOne label="colour" value={colour} name={name} none="by task" onChange={setColour} {...offered} />
        <PickOne label="size" value={size} name={name} none="equal" onChange={setSize} {...offered} />
      </div>
      {atX && atY ? (
        <Scatter tasks={tasks} x={axis(atX)} y={axis(atY)} colour={colour ? axis(colour) : null} size={size ? axis(size) : null} />
      ) : (
        <p className="cards-none">{all.waiting > 0 ? "" : "The tasks have neither parameters nor metrics to place them by."}</p>
      )}
    </>
  );
}
