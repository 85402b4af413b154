import { useRef, useState, type DragEvent, type KeyboardEvent, type PointerEvent } from "react";

import { Menu } from "../widgets/Menu";
import type { ShownColumn } from "./cells";
import { clicked, columnId, sortBy, sortedColumn } from "./column";
import { sameColumn } from "./columnFilter";
import { ColumnMenu } from "./ColumnMenu";
import { movedColumn, resizedColumn, WIDTHS, type Placed } from "./layout";
import type { SetTaskView, TaskView } from "./view";

interface Props {
  shown: readonly ShownColumn[];
  columns: readonly Placed[];
  onColumns(columns: readonly Placed[]): void;
  view: TaskView;
  setView: SetTaskView;
  allPicked: boolean;
  onAll(): void;
  canAll: boolean;
}

/** Not a file, not a text of somebody else: a column of this table. */
const DRAGGED = "application/x-stripchart-column";

export function TableHead({ shown, columns, onColumns, view, setView, allPicked, onAll, canAll }: Props) {
  const [over, setOver] = useState<string | null>(null);
  const drop = (event: DragEvent, to: number) => {
    event.preventDefault();
    setOver(null);
    onColumns(movedColumn(columns, event.dataTransfer.getData(DRAGGED), to));
  };
  return (
    <div className="table-row table-head" role="row" aria-rowindex={1}>
      <div className="cell check-cell" role="columnheader">
        <label className="check" title="Select all that match">
          <input type="checkbox" checked={allPicked} disabled={!canAll} onChange={onAll} aria-label="select all that match" />
        </label>
      </div>
      {shown.map((column) => {
        const place = columns.findIndex(({ key }) => columnId(key) === column.id);
        return (
          <HeadCell
            key={column.id}
            column={column}
            place={place}
            {...{ columns, onColumns, view, setView }}
            over={over === column.id}
            onDragOver={(event) => {
              if (!event.dataTransfer.types.includes(DRAGGED)) return;
              event.preventDefault();
              setOver(column.id);
            }}
            onDragLeave={() => setOver(null)}
            onDrop={(event) => drop(event, place)}
          />
        );
      })}
    </div>
  );
}

interface CellProps extends Pick<Props, "columns" | "onColumns" | "view" | "setView"> {
  column: ShownColumn;
  place: number;
  over: boolean;
  onDragOver(event: DragEvent): void;
  onDragLeave(): void;
  onDrop(event: DragEvent): void;
}

function HeadCell({ column, place, columns, onColumns, view, setView, over, ...drag }: CellProps) {
  const { key, id } = column;
  const sorts = view.sort.map((sort) => columnId(sortedColumn(sort)));
  const sort = view.sort[sorts.indexOf(id)];
  const filtered = view.only.some((filter) => sameColumn(filter.column, key));
  const canSort = sortBy(key, true) !== null;
  // Alt and an arrow carry the column along; Shift and an arrow make it wider or narrower.
  const keys = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0 || (!event.altKey && !event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) return onColumns(movedColumn(columns, id, place + step));
    const cell = event.currentTarget.closest("[role=columnheader]");
    onColumns(resizedColumn(columns, id, (cell?.clientWidth ?? 100) + step * 12));
  };
  const hint = `${column.header}${column.hint ? `, ${column.hint}` : ""}\n${canSort ? "Click to sort, with Shift as a further key. " : ""}Drag or Alt+←→ to move, Shift+←→ to resize`;
  return (
    <div
      className={`cell head-cell${column.number ? " num" : ""}${over ? " drop-here" : ""}`}
      role="columnheader"
      aria-sort={!sort ? "none" : sort.descending ? "descending" : "ascending"}
      {...drag}
    >
      <button
        className="head"
        draggable
        title={hint}
        onDragStart={(event) => event.dataTransfer.setData(DRAGGED, id)}
        onKeyDown={keys}
        onClick={(event) => canSort && setView({ sort: clicked(view.sort, key, event.shiftKey) })}
      >
        <span className="clip">{column.header || <span className="unseen">Status</span>}</span>
        {column.hint && <small className="dim">{column.hint}</small>}
        {sort && (
          <i aria-hidden>
            {sort.descending ? "↓" : "↑"}
            {view.sort.length > 1 && <sup>{sorts.indexOf(id) + 1}</sup>}
          </i>
        )}
      </button>
      <Menu label={filtered ? "▼" : "▾"} title={`Column ${column.header}: filter, hide, move`} className={`head-menu${filtered ? " on" : ""}`}>
        {(close) => <ColumnMenu {...{ column: key, columns, onColumns, view, setView, close }} />}
      </Menu>
      <Grip id={id} columns={columns} onColumns={onColumns} />
    </div>
  );
}

/** The right edge of a head: dragged, or moved with arrow keys; a double click fits the column again. */
function Grip({ id, columns, onColumns }: { id: string } & Pick<Props, "columns" | "onColumns">) {
  const start = useRef<{ x: number; px: number } | null>(null);
  const widthOf = (element: Element) => element.parentElement?.clientWidth ?? 100;
  const down = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, px: widthOf(event.currentTarget) };
  };
  const move = (event: PointerEvent) => {
    if (start.current) onColumns(resizedColumn(columns, id, start.current.px + event.clientX - start.current.x));
  };
  const key = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowLeft" ? -12 : event.key === "ArrowRight" ? 12 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onColumns(resizedColumn(columns, id, widthOf(event.currentTarget) + step));
  };
  const width = columns.find((placed) => columnId(placed.key) === id)?.widthPx;
  return (
    <span
      className="grip"
      role="separator"
      aria-orientation="vertical"
      aria-label="width of the column"
      aria-valuenow={width ?? 0}
      aria-valuemin={0}
      aria-valuemax={WIDTHS.most}
      aria-valuetext={width === null || width === undefined ? "fitted" : `${width} pixels`}
      tabIndex={0}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => (start.current = null)}
      onPointerCancel={() => (start.current = null)}
      onKeyDown={key}
      onDoubleClick={() => onColumns(resizedColumn(columns, id, null))}
    />
  );
}
