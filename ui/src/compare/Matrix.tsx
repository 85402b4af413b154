// A table with a column for each task and a row for each thing to compare, of any size: only what is in view is made.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";

import { useWidth } from "../charts/screen";
import { address } from "../state/address";
import { useNarrow } from "../state/narrow";
import { keepScrollKeys } from "../tables/DataTable";
import { Link } from "../widgets/Link";
import { TaskSwatch } from "./Chips";
import type { Compared } from "./compared";
import "./matrix.css";
import type { Sorting } from "./order";

export type Mark = "" | "differs" | "missing" | "low" | "high" | "waiting";

export interface MatrixCell {
  text: string;
  /** In full, for the tooltip. */
  title?: string;
  mark?: Mark;
  numeric?: boolean;
  /** Opens what the cell stands for. */
  onOpen?(): void;
}

export type MatrixRow =
  | { kind: "section"; id: string; heading: string; note: string; folded: boolean }
  | { kind: "row"; id: string; label: string; title?: string; cell(task: number): MatrixCell };

interface Props {
  /** What the table is of, for those who cannot see it. */
  name: string;
  tasks: readonly Compared[];
  base: string;
  rows: readonly MatrixRow[];
  onFold?(id: string): void;
  sorting?: Sorting | null;
  onSort?(row: string): void;
}

const ROW = 27;
const HEAD = 34;
const LABEL = { wide: 250, narrow: 130 };
const COLUMN = { wide: 190, narrow: 140, most: 460 };

const SIGN: Record<Mark, string> = { "": "", differs: "≠", missing: "", low: "▾", high: "▴", waiting: "" };
const SAID: Partial<Record<Mark, string>> = { differs: "differs from the base", low: "lowest", high: "highest" };

export function Matrix({ name, tasks, base, rows, onFold, sorting = null, onSort }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = useNarrow();
  const room = useWidth(scroller);
  const label = narrow ? LABEL.narrow : LABEL.wide;
  const least = narrow ? COLUMN.narrow : COLUMN.wide;
  const column = Math.min(COLUMN.most, Math.max(least, Math.floor((room - label - 2) / Math.max(1, tasks.length))));
  const lines = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 10 });
  const columns = useVirtualizer({
    horizontal: true,
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => column,
    paddingStart: label,
    overscan: 3,
  });
  useEffect(() => columns.measure(), [columns, column, label]);
  const shown = columns.getVirtualItems().map(({ index, start }) => ({ index, start }));
  const width = label + column * tasks.length;
  const place = (start: number) => ({ left: start, width: column });
  return (
    <div ref={scroller} className="matrix" tabIndex={0} role="region" aria-label={name} onKeyDown={keepScrollKeys}>
      <div
        role="table"
        aria-label={name}
        aria-rowcount={rows.length + 1}
        aria-colcount={tasks.length + 1}
        style={{ position: "relative", width, height: HEAD + lines.getTotalSize() }}
      >
        <div className="matrix-head" role="row" aria-rowindex={1} style={{ width }}>
          <span className="matrix-label" role="columnheader" style={{ width: label }}>
            <span className="unseen">what is compared</span>
          </span>
          {shown.map(({ index, start }) => (
            <span key={index} className="matrix-cell" role="columnheader" aria-colindex={index + 2} style={place(start)}>
              <TaskHead task={tasks[index]!} isBase={tasks[index]!.id === base} />
            </span>
          ))}
        </div>
        {lines.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]!;
          const style = { top: HEAD + start, width };
          if (row.kind === "section")
            return (
              <div key={`section ${row.id}`} className="matrix-row matrix-section" role="row" aria-rowindex={index + 2} style={style}>
                <span className="matrix-label" role="rowheader" style={{ width: Math.max(label, Math.min(width, room) - 20) }}>
                  {onFold ? (
                    <button aria-expanded={!row.folded} onClick={() => onFold(row.id)}>
                      <span aria-hidden>{row.folded ? "▸" : "▾"}</span> {row.heading} <span className="dim">{row.note}</span>
                    </button>
                  ) : (
                    <span className="matrix-heading">
                      {row.heading} <span className="dim">{row.note}</span>
                    </span>
                  )}
                </span>
              </div>
            );
          const mine = sorting?.row === row.id ? sorting : null;
          return (
            <div key={row.id} className="matrix-row" role="row" aria-rowindex={index + 2} data-row={row.id} style={style}>
              <span
                className="matrix-label"
                role="rowheader"
                aria-sort={onSort ? (mine ? (mine.descending ? "descending" : "ascending") : "none") : undefined}
                style={{ width: label }}
                title={row.title ?? row.label}
              >
                {onSort ? (
                  <button onClick={() => onSort(row.id)} title={`${row.title ?? row.label}\nClick to put the tasks in its order`}>
                    <bdi className="clip">{row.label}</bdi>
                    <i aria-hidden>{mine ? (mine.descending ? "◂" : "▸") : ""}</i>
                  </button>
                ) : (
                  <bdi className="clip">{row.label}</bdi>
                )}
              </span>
              {shown.map(({ index: task, start: left }) => (
                <Cell key={task} cell={row.cell(task)} column={task} style={place(left)} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cell({ cell, column, style }: { cell: MatrixCell; column: number; style: React.CSSProperties }) {
  const { text, title = text, mark = "", numeric = false, onOpen } = cell;
  const said = SAID[mark];
  const className = `matrix-cell${mark ? ` matrix-${mark}` : ""}${numeric ? " num" : ""}`;
  const inner = (
    <>
      {SIGN[mark] && <i aria-hidden>{SIGN[mark]}</i>}
      {said && <span className="unseen">{said}: </span>}
      <bdi className="clip">{text}</bdi>
    </>
  );
  return (
    <span className={className} role="cell" aria-colindex={column + 2} style={style} title={title}>
      {onOpen ? (
        <button className="matrix-open" onClick={onOpen}>
          {inner}
        </button>
      ) : (
        inner
      )}
    </span>
  );
}

function TaskHead({ task, isBase }: { task: Compared; isBase: boolean }) {
  return (
    <>
      <TaskSwatch id={task.id} />
      <Link className="clip" to={address.task(task.id)} title={`${task.row?.name ?? task.name}\n${task.id}`}>
        {task.name}
      </Link>
      {isBase && <span className="compare-base">base</span>}
    </>
  );
}

/** Rows and folds together: those of folded sections are left out. */
export function useFolds(rows: readonly MatrixRow[], folds: ReadonlySet<string>): MatrixRow[] {
  return useMemo(() => {
    let inFolded = false;
    return rows.filter((row) => {
      if (row.kind !== "section") return !inFolded;
      inFolded = folds.has(row.id);
      return true;
    });
  }, [rows, folds]);
}
