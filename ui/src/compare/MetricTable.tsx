import { useMemo } from "react";

import { MONITOR_PREFIX } from "../api/types";
import { readingOf } from "../charts/monitor";
import type { Filter } from "../charts/sections";
import { useWindowHeight } from "../charts/screen";
import type { Listed } from "../charts/useSeriesOf";
import { param, useParam } from "../state/address";
import { formatCounted } from "../state/format";
import { downloadText } from "../tables/download";
import { shownText, toCsv } from "../tables/table";
import type { TabProps } from "./ComparePage";
import { Matrix, type MatrixRow } from "./Matrix";
import { extremesOf, nextSorting, orderOf, parseSorting, SORTING } from "./order";
import { everyValue, iterationOf, metricRows, statOf, STATS, type MetricRow, type ShownStat } from "./values";

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
  const all = useMemo(() => metricRows(tasks.map(({ id }) => id), listed, filter), [tasks, listed, filter]);
  const metrics = useMemo(() => (common ? all.filter(({ summaries }) => summaries.every((one) => one !== null)) : all), [all, common]);
  const sorting = parseSorting(sort);
  const order = useMemo(() => {
    const row = sorting && metrics.find(({ key }) => key === sorting.row);
    return row ? orderOf(row.summaries.map((one) => statOf(one, stat)), sorting.descending) : tasks.map((_, i) => i);
  }, [sorting?.row, sorting?.descending, metrics, stat, tasks]);
  const rows = useMemo(() => metrics.map((row) => rowOf(row, stat, order)), [metrics, stat, order]);
  const save = () => {
    const table = everyValue(tasks.map(({ name }) => name), metrics);
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
        <span className="dim">{formatCounted(metrics.length, "metric")}; ▴ highest, ▾ lowest of a row</span>
        <span className="grow" />
        <button className="data-action" onClick={save} title="Last, lowest, highest, first and mean of each task, numbers in full">
          CSV
        </button>
      </div>
      {metrics.length === 0 ? (
        <p className="cards-none">{common && all.length > 0 ? "No metric is common to all of these tasks." : "No metric fits."}</p>
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

function rowOf({ key, title, series, summaries }: MetricRow, stat: ShownStat, order: readonly number[]): MatrixRow {
  const values = summaries.map((summary) => statOf(summary, stat));
  const { low, high } = extremesOf(values.map((value) => (typeof value === "number" ? value : null)));
  const reading = title.startsWith(MONITOR_PREFIX) ? readingOf(title, series) : null;
  const label = reading ? `${reading.heading}: ${reading.name}` : title === series || !series ? title : `${title} / ${series}`;
  return {
    kind: "row",
    id: key,
    label,
    title: `${title}\n${series}`,
    cell(column) {
      const value = values[order[column]!] ?? null;
      if (value === null) return { text: "–", mark: "missing", numeric: true };
      const at = iterationOf(summaries[order[column]!] ?? null, stat);
      const title = at === null ? String(value) : `${value} at iteration ${at}`;
      return { text: shownText(value), title, numeric: true, mark: value === low ? "low" : value === high ? "high" : "" };
    },
  };
}
