import { useMemo } from "react";

import { MONITOR_PREFIX, type MetricRef } from "../api/types";
import { readingOf } from "../charts/monitor";
import { byName, type Filter } from "../charts/sections";
import { useWindowHeight } from "../charts/screen";
import type { Listed } from "../charts/useSeriesOf";
import { param, useParam } from "../state/address";
import { formatCount, formatCounted } from "../state/format";
import { downloadText } from "../tables/download";
import { shownText, toCsv } from "../tables/table";
import { lastOf, metricKey } from "./axes";
import type { TabProps } from "./ComparePage";
import { Matrix, type MatrixCell, type MatrixRow } from "./Matrix";
import { extremesOf, nextSorting, orderOf, parseSorting, SORTING } from "./order";
import { everyValue, iterationOf, metricRows, statOf, STATS, type MetricRow, type ShownStat, type SingleRow } from "./values";
import { useMetricNames, useMetricValues } from "./useMetrics";

const STAT = param.choice<ShownStat>("stat", STATS, "last");
const COMMON = param.flag("common");

interface Props extends TabProps {
  listed: readonly Listed[];
  filter: Filter;
}

/** What stands above the table: the bars, the head of the page. */
const CHROME = 300;

/** Every metric of every task: the lowest and the highest of a row are marked. */
export function MetricTable({ tasks, base, listed, filter }: Props) {
  const [stat, setStat] = useParam(STAT);
  const [common, setCommon] = useParam(COMMON);
  const [sort, setSort] = useParam(SORTING);
  const height = Math.max(260, useWindowHeight() - CHROME);
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const every = useMemo(() => metricRows(ids, listed, filter), [ids, listed, filter]);
  const metrics = useMemo(() => (common ? every.filter(({ summaries }) => summaries.every((one) => one !== null)) : every), [every, common]);
  const named = useSingles(ids, filter);
  const singles = useMemo(() => (common ? named.filter(({ values }) => values.every((one) => one !== null)) : named), [named, common]);
  const all = every.length + named.length;
  const shown = metrics.length + singles.length;
  const sorting = parseSorting(sort);
  const order = useMemo(() => {
    const row = sorting && metrics.find(({ key }) => key === sorting.row);
    const single = sorting && singles.find(({ key }) => key === sorting.row);
    const values = single?.values ?? row?.summaries.map((one) => statOf(one, stat));
    return values && sorting ? orderOf(values, sorting.descending) : tasks.map((_, i) => i);
  }, [sorting?.row, sorting?.descending, metrics, singles, stat, tasks]);
  const rows = useMemo(() => {
    const of = [...singles.map((row) => singleRow(row, order)), ...metrics.map((row) => rowOf(row, stat, order))];
    const section = (heading: string, count: number): MatrixRow => ({ kind: "section", id: heading, heading, note: formatCount(count), folded: false });
    if (singles.length === 0) return of;
    return [section("Single values", singles.length), ...of.slice(0, singles.length), ...(metrics.length > 0 ? [section("Scalars", metrics.length)] : []), ...of.slice(singles.length)];
  }, [metrics, singles, stat, order]);
  const save = () => {
    const table = everyValue(tasks.map(({ name }) => name), singles, metrics);
    downloadText("compared values.csv", toCsv(table, Uint32Array.from({ length: table.rows }, (_, i) => i)), "text/csv");
  };
  return (
    <div className="compare-values">
      <div className="compare-bar">
        <span className="chips" role="group" aria-label="which number">
          {STATS.map((one) => (
            <button key={one} className="chip" aria-pressed={one === stat} onClick={() => setStat(one)}>
              {one}
            </button>
          ))}
        </span>
        <button className="chart-toggle" aria-pressed={common} onClick={() => setCommon(!common)} title="Only metrics that every task has">
          common to all
        </button>
        <span className="dim">{formatCounted(shown, "metric")}; ▴ highest, ▾ lowest of a row</span>
        <span className="grow" />
        <button className="data-action" onClick={save} title="Last, lowest, highest, first and mean of each task, numbers in full">
          CSV
        </button>
      </div>
      {shown === 0 ? (
        <p className="cards-none">{common && all > 0 ? "No metric is common to all of these tasks." : "No metric fits."}</p>
      ) : (
        <div style={{ height: Math.min(height, 36 + 27 * rows.length + 20), display: "flex" }}>
          <Matrix
            name={`Metrics of the tasks, ${stat}`}
            tasks={order.map((i) => tasks[i]!)}
            base={base}
            rows={rows}
            sorting={sorting}
            onSort={(row) => setSort(nextSorting(sorting, row))}
          />
        </div>
      )}
    </div>
  );
}

/** The single values of the tasks, by name. */
function useSingles(ids: readonly string[], filter: Filter): readonly SingleRow[] {
  const known = useMetricNames(ids);
  const singles = useMemo(() => known?.metrics.filter(({ single, title, series }) => single && filter.test(title, series) !== "none") ?? [], [known, filter]);
  const asked = useMemo(() => singles.map(lastOf).flatMap((last) => [last, nonFiniteOf(last)]), [singles]);
  const values = useMetricValues(ids, asked);
  return useMemo(() => {
    const numbers = (metric: MetricRef) => ids.map((_, i) => (values.get(metricKey(metric))?.[i] ?? null) as number | null);
    const rows = singles.map(lastOf).map((last) => ({ key: metricKey(last), name: last.series, values: numbers(last), nonFinite: numbers(nonFiniteOf(last)).map((count) => count ?? 0) }));
    return rows.sort((a, b) => byName(a.name, b.name));
  }, [singles, values, ids]);
}

function nonFiniteOf(metric: MetricRef): MetricRef {
  return { ...metric, stat: "non_finite" };
}

function singleRow({ key, name, values, nonFinite }: SingleRow, order: readonly number[]): MatrixRow {
  const extremes = extremesOf(values.map((value, i) => (nonFinite[i]! > 0 ? null : value)));
  const cell = (column: number): MatrixCell => {
    const value = values[order[column]!] ?? null;
    const count = nonFinite[order[column]!]!;
    if (count === 0) return cellOf(value, null, extremes);
    const title = `NaN or Inf was reported ${formatCounted(count, "time")}`;
    return { text: value === null ? "NaN or Inf" : `${shownText(value)} (NaN, Inf)`, title, numeric: true };
  };
  return { kind: "row", id: key, label: name, title: `${name}\nsingle value`, cell };
}

function cellOf(value: number | string | null, at: number | null, { low, high }: ReturnType<typeof extremesOf>): MatrixCell {
  if (value === null) return { text: "–", mark: "missing", numeric: true };
  const title = at === null ? String(value) : `${value} at iteration ${at}`;
  return { text: shownText(value), title, numeric: true, mark: value === low ? "low" : value === high ? "high" : "" };
}

function rowOf({ key, title, series, summaries }: MetricRow, stat: ShownStat, order: readonly number[]): MatrixRow {
  const values = summaries.map((summary) => statOf(summary, stat));
  const extremes = extremesOf(values.map((value) => (typeof value === "number" ? value : null)));
  const reading = title.startsWith(MONITOR_PREFIX) ? readingOf(title, series) : null;
  const label = reading ? `${reading.heading}: ${reading.name}` : title === series || !series ? title : `${title} / ${series}`;
  return {
    kind: "row",
    id: key,
    label,
    title: `${title}\n${series}`,
    cell: (column) => cellOf(values[order[column]!] ?? null, iterationOf(summaries[order[column]!] ?? null, stat), extremes),
  };
}
