import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef, useState, type CSSProperties } from "react";

import type { MetricRef, TaskRow, TaskSort } from "../api/types";
import { address, navigate } from "../state/address";
import { useKeys } from "../state/keys";
import { formatMetric } from "../state/metricColumn";
import { useNarrow } from "../state/narrow";
import type { RangeCache } from "../state/ranges";
import { toggled } from "../state/taskQuery";
import { Link } from "../widgets/Link";
import { tagsWidth, taskColumns, type Column } from "./taskColumns";

const ROW_PX = 30;
const OVERSCAN = 12;
/** Rows shown grey before the first answer. */
const EXPECTED_ROWS = 20;

interface Props {
  rows: RangeCache<TaskRow>;
  sort: TaskSort;
  onSort(sort: TaskSort): void;
  metrics: readonly MetricRef[];
}

export function TaskTable({ rows, sort, onSort, metrics }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = useNarrow();
  const virtual = useVirtualizer({
    count: rows.total ?? EXPECTED_ROWS,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? EXPECTED_ROWS;
  useEffect(() => rows.look(first, last), [rows, first, last]);
  const tagsPx = useTagsWidth(rows, first, last);
  const columns = useMemo(() => taskColumns(metrics, narrow, tagsPx), [metrics, narrow, tagsPx]);
  // Another question starts at its top.
  useEffect(() => virtual.scrollToOffset(0), [rows]);
  const active = useActiveRow(rows, (index) => virtual.scrollToIndex(index));

  const layout = {
    "--tracks": columns.map((column) => column.width).join(" "),
    minWidth: columns.reduce((sum, column) => sum + column.minPx + 12, 20),
  } as CSSProperties;
  return (
    <div className="table" ref={scroller} role="table" aria-rowcount={rows.total ?? -1} tabIndex={-1}>
      <div className="table-inner" style={layout}>
        <div className="table-row table-head" role="row">
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {items.map((item) => (
            <Row
              key={item.index}
              index={item.index}
              top={item.start}
              row={rows.at(item.index)}
              columns={columns}
              active={item.index === active}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The width that the tags of the rows seen so far need: it grows, but never jumps back while one scrolls. */
function useTagsWidth(rows: RangeCache<TaskRow>, first: number, last: number): number {
  const seen = useRef({ rows, px: 0 });
  if (seen.current.rows !== rows) seen.current = { rows, px: 0 };
  const tags: (readonly string[])[] = [];
  for (let index = first; index <= last; index++) tags.push(rows.at(index)?.tags ?? []);
  seen.current.px = Math.max(seen.current.px, tagsWidth(tags));
  return seen.current.px;
}

function useActiveRow(rows: RangeCache<TaskRow>, show: (index: number) => void): number {
  const [active, setActive] = useState(-1);
  const move = (step: number) => {
    const next = Math.max(0, Math.min((rows.total ?? 1) - 1, active + step));
    setActive(next);
    show(next);
  };
  const open = () => {
    const row = rows.at(active);
    if (row) navigate(address.task(row.id));
  };
  useKeys("Tasks", [
    { keys: ["j", "ArrowDown"], does: "next", run: () => move(1) },
    { keys: ["k", "ArrowUp"], does: "previous", run: () => move(-1) },
    { keys: ["Enter"], does: "open", run: open },
    { keys: ["g", "Home"], does: "first", run: () => move(-Infinity) },
    { keys: ["G", "End"], does: "last", run: () => move(Infinity) },
  ]);
  return active;
}

interface HeadProps {
  column: Column;
  sort: TaskSort;
  onSort(sort: TaskSort): void;
}

function HeadCell({ column, sort, onSort }: HeadProps) {
  const { sort: field, metric } = column;
  const sorted = metric
    ? sort.metric !== null && formatMetric(sort.metric) === formatMetric(metric)
    : sort.metric === null && field !== undefined && sort.field === field;
  const direction = !sorted ? "none" : sort.descending ? "descending" : "ascending";
  const text = (
    <>
      <span className="clip">{column.header}</span>
      {column.hint && <small className="dim"> {column.hint}</small>}
      {sorted && <i aria-hidden>{sort.descending ? " ↓" : " ↑"}</i>}
    </>
  );
  const className = `cell${column.number ? " num" : ""}`;
  return (
    <div className={className} role="columnheader" aria-sort={direction} title={column.header}>
      {field || metric ? (
        <button className="head" onClick={() => onSort(toggled(sort, field ?? "started", metric ?? null))}>
          {text}
        </button>
      ) : (
        text
      )}
    </div>
  );
}

interface RowProps {
  index: number;
  top: number;
  row: TaskRow | undefined;
  columns: readonly Column[];
  active: boolean;
}

const Row = memo(function Row({ index, top, row, columns, active }: RowProps) {
  const style = { transform: `translateY(${top}px)` };
  const className = `table-row table-body${active ? " active" : ""}`;
  if (!row)
    return (
      <div className={className} style={style} role="row" aria-rowindex={index + 1}>
        <div className="cell bar" />
        <div className="cell bar" />
      </div>
    );
  return (
    <Link to={address.task(row.id)} className={className} style={style} role="row" aria-rowindex={index + 1}>
      {columns.map((column) => (
        <div key={column.id} className={`cell${column.number ? " num" : ""}`} role="cell">
          {column.cell(row)}
        </div>
      ))}
    </Link>
  );
});
