import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";

import { formatCounted } from "../state/format";
import { downloadText, fileName } from "./download";
import { alignedText, chosenRows, columnWidths, decimalsOf, headRows, isNumeric, cellText, shownText, toCsv, type Order, type Table } from "./table";
import "./tables.css";

const ROW_PX = 25;
/** Fewer rows than this are seen at a glance: no box to search them. */
const SEARCHED_FROM = 8;

interface Props {
  table: Table;
  /** Names the table, and the file it is downloaded as. */
  name: string;
  /** The most height it takes, in CSS pixels; its own where it needs less. */
  height: number;
}

/** A table to sort by a click on a head, to search, and to take along as CSV; of any length. */
export function DataTable({ table, name, height }: Props) {
  const [order, setOrder] = useState<Order | null>(null);
  const [search, setSearch] = useState("");
  const rows = useMemo(() => chosenRows(table, search, order), [table, search, order]);
  const save = () => downloadText(fileName(name, "csv"), toCsv(table, rows), "text/csv");
  return (
    <div className="data">
      <div className="data-bar">
        {table.rows >= SEARCHED_FROM && (
          <input
            className="search"
            type="search"
            placeholder="Search rows"
            aria-label={`search rows of ${name}`}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        )}
        <span className="dim">
          {search ? `${rows.length} of ` : ""}
          {formatCounted(table.rows, "row")}, {formatCounted(table.columns.length, "column")}
        </span>
        <span className="grow" />
        <button className="data-action" onClick={save} title="Download what is shown, numbers in full">
          CSV
        </button>
      </div>
      <Grid table={table} name={name} rows={rows} order={order} onOrder={setOrder} height={height} />
    </div>
  );
}

interface GridProps {
  table: Table;
  name: string;
  rows: Uint32Array;
  order: Order | null;
  onOrder(order: Order | null): void;
  height: number;
}

function Grid({ table, name, rows, order, onOrder, height }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const widths = useMemo(() => columnWidths(table), [table]);
  const numeric = useMemo(() => table.columns.map(isNumeric), [table]);
  const decimals = useMemo(() => table.columns.map((column, i) => (numeric[i] ? decimalsOf(column) : 0)), [table, numeric]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div
      className="data-scroll"
      ref={scroller}
      style={{ maxHeight: height }}
      tabIndex={0}
      role="region"
      aria-label={name}
      onKeyDown={keepScrollKeys}
    >
      <table className="data-table" aria-rowcount={rows.length + 1}>
        <colgroup>
          {widths.map((width, i) => (
            <col key={i} style={{ width: `calc(${width}ch + 20px)` }} />
          ))}
        </colgroup>
        <Head table={table} numeric={numeric} order={order} onOrder={onOrder} />
        <tbody>
          {above > 0 && <tr style={{ height: above }} aria-hidden />}
          {items.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2}>
              {table.columns.map(({ cells, format }, i) => {
                const value = cells[rows[index]!];
                return (
                  <td key={i} className={numeric[i] ? "num" : "clip"} title={cellText(value)}>
                    {alignedText(shownText(value, format), decimals[i]!)}
                  </td>
                );
              })}
            </tr>
          ))}
          {below > 0 && <tr style={{ height: below }} aria-hidden />}
        </tbody>
      </table>
      {rows.length === 0 && <p className="data-none dim">{table.rows === 0 ? "The table has no rows." : "No row matches."}</p>}
    </div>
  );
}

/** Keys that scroll what has the focus are not the page's. */
export function keepScrollKeys(event: KeyboardEvent): void {
  if (/^(Arrow|Page|Home|End)/.test(event.key)) event.stopPropagation();
}

interface HeadProps {
  table: Table;
  numeric: boolean[];
  order: Order | null;
  onOrder(order: Order | null): void;
}

function Head({ table, numeric, order, onOrder }: HeadProps) {
  const levels = useMemo(() => headRows(table.columns), [table]);
  const lowest = levels.at(-1) ?? [];
  return (
    <thead>
      {levels.slice(0, -1).map((cells, level) => (
        <tr key={level}>
          {cells.map(({ text, span }, i) => (
            <th key={i} colSpan={span} scope="colgroup" className={`data-group clip${span > 1 ? " data-span" : ""}`} title={text}>
              {text}
            </th>
          ))}
        </tr>
      ))}
      <tr>
        {lowest.map(({ text }, column) => {
          const mine = order?.column === column ? order : null;
          return (
            <th
              key={column}
              scope="col"
              className={numeric[column] ? "num" : undefined}
              aria-sort={mine ? (mine.descending ? "descending" : "ascending") : "none"}
            >
              <button className="data-head" onClick={() => onOrder(nextOrder(mine, column))} title={`${text}\nClick to sort`}>
                <span className="clip">{text}</span>
                <i aria-hidden>{mine ? (mine.descending ? "▾" : "▴") : ""}</i>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** Rising, falling, as it came. */
function nextOrder(mine: Order | null, column: number): Order | null {
  if (!mine) return { column, descending: false };
  return mine.descending ? null : { column, descending: true };
}
