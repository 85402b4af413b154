import { memo, type CSSProperties, type MouseEvent } from "react";

import type { TaskGroup, TaskRow } from "../api/types";
import { address, navigate } from "../state/address";
import { formatCounted, formatNumber } from "../state/format";
import { Link } from "../widgets/Link";
import type { ShownColumn } from "./cells";
import { columnName, parseColumn } from "./column";

interface Place {
  index: number;
  top: number;
  active: boolean;
}

function lineProps({ index, top, active }: Place, extra = "") {
  return {
    className: `table-row table-body${active ? " active" : ""}${extra}`,
    style: { transform: `translateY(${top}px)` } as CSSProperties,
    role: "row",
    "aria-rowindex": index + 2,
  };
}

export function WaitingLine(place: Place) {
  return (
    <div {...lineProps(place)}>
      <div className="cell" role="cell" />
      <div className="cell bar" role="cell" />
      <div className="cell bar" role="cell" />
    </div>
  );
}

interface LineProps extends Place {
  row: TaskRow;
  inGroup: boolean;
  shown: readonly ShownColumn[];
  picked: boolean;
  onPick(id: string, place: number, range: boolean): void;
  onActive(id: string): void;
}

/** A task. A click opens it; with Ctrl it is selected, with Shift all from the last one on. */
export const TaskLine = memo(function TaskLine({ row, inGroup, shown, picked, onPick, onActive, ...place }: LineProps) {
  const to = address.task(row.id);
  const click = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return onPick(row.id, place.index, event.shiftKey);
    if (window.getSelection()?.toString()) return; // text was selected, to copy it
    onActive(row.id);
    navigate(to);
  };
  const noText = (event: MouseEvent) => event.shiftKey && event.preventDefault();
  return (
    <div
      {...lineProps(place, `${picked ? " picked" : ""}${inGroup ? " in-group" : ""}`)}
      aria-selected={picked}
      onClick={click}
      onMouseDown={noText}
    >
      <div className="cell check-cell" role="cell">
        <label className="check" onClick={(event) => event.stopPropagation()}>
          <input
            type="checkbox"
            aria-label={`select ${row.name || row.id}`}
            checked={picked}
            onChange={(event) => onPick(row.id, place.index, (event.nativeEvent as globalThis.MouseEvent).shiftKey)}
          />
        </label>
      </div>
      {shown.map((column) => (
        <div key={column.id} className={`cell${column.number ? " num" : ""}`} role="cell">
          {column.id === "name" ? (
            <Link className="cell-link" to={to} tabIndex={-1} onClick={(event) => modified(event) && event.stopPropagation()}>
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </div>
      ))}
    </div>
  );
});

/** A link with a modifier is the browser's: a new tab, a new window. */
function modified(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

interface GroupProps extends Place {
  row: { group: TaskGroup; open: boolean };
  shown: readonly ShownColumn[];
  by: readonly string[];
  onToggle(): void;
}

/** A group: what its tasks have in common, how many they are, and of each metric its mean and spread. */
export function GroupRow({ row: { group, open }, shown, by, onToggle, ...place }: GroupProps) {
  let metric = 0;
  const metrics = new Map(shown.filter(({ key }) => key.kind === "metric").map(({ id }) => [id, metric++]));
  // The values stand over the columns before the first metric.
  const span = Math.max(1, shown.findIndex(({ key }) => key.kind === "metric"));
  const rest = metrics.size > 0 ? shown.slice(span) : [];
  return (
    <div {...lineProps(place, " group-row")} onClick={onToggle}>
      <div className="cell" role="cell">
        <button className="group-fold" aria-expanded={open} aria-label={open ? "shut the group" : "open the group"}>
          {open ? "▾" : "▸"}
        </button>
      </div>
      <div className="cell group-values" role="cell" style={{ gridColumn: metrics.size > 0 ? `span ${span}` : "2 / -1" }}>
        {group.values.map((value, place) => (
          <span key={place} className="clip">
            <small className="dim">{nameOf(by[place] ?? "")}</small> {value ?? <i className="dim">none</i>}
          </span>
        ))}
        <span className="dim">{formatCounted(group.tasks, "task")}</span>
      </div>
      {rest.map((column) => (
        <div key={column.id} className="cell num" role="cell">
          <Spread aggregate={group.metrics[metrics.get(column.id) ?? -1]} />
        </div>
      ))}
    </div>
  );
}

function nameOf(id: string): string {
  const column = parseColumn(id);
  return column ? columnName(column) : id;
}

function Spread({ aggregate }: { aggregate: TaskGroup["metrics"][number] | undefined }) {
  if (!aggregate || aggregate.count === 0) return null;
  const { count, mean, min, max, std } = aggregate;
  const words = `mean of ${formatCounted(count, "task")}\nlowest ${formatNumber(min)}, highest ${formatNumber(max)}\nstandard deviation ${formatNumber(std)}`;
  return (
    <span title={words}>
      {formatNumber(short(mean))}
      {std !== null && <small className="dim"> ±{formatNumber(short(std, 2))}</small>}
    </span>
  );
}

function short(value: number | null, digits = 4): number | null {
  return value === null ? null : Number(value.toPrecision(digits));
}
