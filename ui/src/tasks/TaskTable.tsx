import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type RefObject } from "react";

import type { TaskQuery } from "../api/types";
import { address, navigate } from "../state/address";
import { useKeys } from "../state/keys";
import { useNarrow } from "../state/narrow";
import { useRowPx, useSettings } from "../state/settings";
import { useStore } from "../state/store";
import { narrowColumns, shownColumns, tagsWidth, type ShownColumn } from "./cells";
import type { Placed } from "./layout";
import { shiftOf } from "./place";
import { GroupedRows, rowKey, type Row, type Rows } from "./rows";
import { clearSelection, countOf, isPicked, pickMore, selectAll, selection, tasksBetween, togglePicked, type Selection } from "./selection";
import { TableHead } from "./TableHead";
import { GroupRow, TaskLine, WaitingLine } from "./TableRows";
import { type SetTaskView, type TaskView } from "./view";

const OVERSCAN = 12;
/** Rows shown grey before the first answer. */
const EXPECTED_ROWS = 20;
const GAP_PX = 12;
const CHECK_PX = 22;

interface Props {
  rows: Rows;
  view: TaskView;
  setView: SetTaskView;
  columns: readonly Placed[];
  onColumns(columns: readonly Placed[]): void;
  /** The question that the rows answer. */
  query: TaskQuery;
}

export function TaskTable({ rows, view, setView, columns, onColumns, query }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = useRowPx();
  const virtual = useVirtualizer({
    count: rows.count ?? EXPECTED_ROWS,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
  });
  useEffect(() => virtual.measure(), [virtual, rowPx]);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? EXPECTED_ROWS;
  useEffect(() => rows.look(first, last), [rows, first, last, rows.count]);
  // Another question starts at its top.
  useEffect(() => virtual.scrollToOffset(0), [rows]);
  useKeptPlace(rows, first, last, scroller, rowPx);
  const shown = useShownColumns(rows, columns, first, last);
  const { active, setActive, onPick } = useActive(rows, query, (index) => virtual.scrollToIndex(index));
  const picked = useStore(selection);
  const allPicked = rows.total !== undefined && rows.total > 0 && countOf(picked) === rows.total && allInSight(rows, picked, first, last);

  const layout = {
    "--tracks": [`${CHECK_PX}px`, ...shown.map(({ track }) => track)].join(" "),
    minWidth: shown.reduce((sum, { leastPx }) => sum + leastPx + GAP_PX, CHECK_PX + 2 * GAP_PX),
  } as CSSProperties;
  return (
    <div
      className="table"
      ref={scroller}
      role="table"
      aria-label="tasks"
      aria-rowcount={rows.count === undefined ? -1 : rows.count + 1}
      aria-colcount={shown.length + 1}
      tabIndex={-1}
    >
      <div className="table-inner" style={layout} role="rowgroup">
        <TableHead
          shown={shown}
          columns={columns}
          onColumns={onColumns}
          view={view}
          setView={setView}
          allPicked={allPicked}
          onAll={() => (allPicked ? clearSelection() : rows.total !== undefined && void selectAll(query, rows.total))}
          // Of groups, nobody has counted the tasks.
          canAll={view.by.length === 0}
        />
        <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="none">
          {items.map(({ index, start }) => {
            const row = rows.at(index);
            const place = { index, top: start, active: row !== undefined && rowKey(row) === active };
            if (!row) return <WaitingLine key={index} {...place} />;
            if (row.kind === "group")
              return <GroupRow key={index} {...place} row={row} shown={shown} by={view.by} onToggle={() => toggle(rows, row)} />;
            return (
              <TaskLine
                key={index}
                {...place}
                row={row.row}
                inGroup={row.inGroup}
                shown={shown}
                picked={isPicked(picked, row.row.id)}
                onPick={onPick}
                onActive={setActive}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Whether those in view are picked: where as many are picked as there are, they are these and not others. */
function allInSight(rows: Rows, picked: Selection, first: number, last: number): boolean {
  for (let index = first; index <= last; index++) {
    const row = rows.at(index);
    if (row?.kind === "task" && !isPicked(picked, row.row.id)) return false;
  }
  return true;
}

function toggle(rows: Rows, row: Row): void {
  if (rows instanceof GroupedRows && row.kind === "group") rows.toggle(row.group);
}

function useShownColumns(rows: Rows, columns: readonly Placed[], first: number, last: number): ShownColumn[] {
  const narrow = useNarrow();
  const fullTimes = useSettings().times === "full";
  const tagsPx = useTagsWidth(rows, first, last);
  return useMemo(() => {
    const shown = shownColumns(columns, tagsPx, fullTimes);
    return narrow ? narrowColumns(shown) : shown;
  }, [columns, tagsPx, fullTimes, narrow]);
}

/** The width that the tags of the rows seen so far need: it grows, but never jumps back while one scrolls. */
function useTagsWidth(rows: Rows, first: number, last: number): number {
  const seen = useRef({ rows, px: 0 });
  if (seen.current.rows !== rows) seen.current = { rows, px: 0 };
  const tags: (readonly string[])[] = [];
  for (let index = first; index <= last; index++) {
    const row = rows.at(index);
    if (row?.kind === "task") tags.push(row.row.tags);
  }
  seen.current.px = Math.max(seen.current.px, tagsWidth(tags));
  return seen.current.px;
}

/** Who has scrolled keeps reading the same rows while new ones come in above. */
function useKeptPlace(rows: Rows, first: number, last: number, scroller: RefObject<HTMLDivElement | null>, rowPx: number): void {
  const before = useRef<{ rows: Rows; keys: Map<number, string> }>({ rows, keys: new Map() });
  const version = rows.version();
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && before.current.rows === rows && element.scrollTop > 0) {
      const shift = shiftOf(before.current.keys, (key) => rows.placeOf(key));
      if (shift !== 0) element.scrollTop += shift * rowPx;
    }
    // Only at a new version: while one scrolls, other rows are in view without any having moved.
  }, [rows, version, scroller, rowPx]);
  useLayoutEffect(() => {
    const keys = new Map<number, string>();
    for (let index = first; index <= last; index++) {
      const row = rows.at(index);
      if (row) keys.set(index, rowKey(row));
    }
    before.current = { rows, keys };
  }, [rows, version, first, last]);
}

/** The row that the keys are at, known by its task so that it stays with it; and how rows are picked. */
function useActive(rows: Rows, query: TaskQuery, show: (index: number) => void) {
  const [active, setActive] = useState<string | null>(null);
  const index = active === null ? -1 : (rows.placeOf(active) ?? -1);
  const at = (place: number) => rows.at(place);
  const move = (step: number) => {
    const next = Math.max(0, Math.min((rows.count ?? 1) - 1, index + step));
    const row = at(next);
    if (row) setActive(rowKey(row));
    show(next);
  };
  const onPick = async (id: string, place: number, range: boolean) => {
    const row = at(place);
    const from = active === null ? undefined : rows.placeOf(active);
    setActive(id);
    if (row?.kind !== "task") return;
    if (range && from !== undefined && !row.inGroup) pickMore(await tasksBetween(query, from, place));
    else if (range && from !== undefined) pickMore(pickedBetween(rows, from, place));
    else togglePicked(row.row);
  };
  const here = at(index);
  useKeys("Tasks", [
    { keys: ["j", "ArrowDown"], does: "next", run: () => move(1) },
    { keys: ["k", "ArrowUp"], does: "previous", run: () => move(-1) },
    {
      keys: ["Enter"],
      does: "open the task, or the group",
      run: () => (here?.kind === "task" ? navigate(address.task(here.row.id)) : here && toggle(rows, here)),
    },
    { keys: ["x"], does: "select, or no longer", run: () => active !== null && void onPick(active, index, false) },
    { keys: ["X"], does: "select all from the last one on", run: () => active !== null && void onPick(active, index, true) },
    { keys: ["PageDown"], does: "a screen on", run: () => move(20) },
    { keys: ["PageUp"], does: "a screen back", run: () => move(-20) },
    { keys: ["g", "Home"], does: "first", run: () => move(-Infinity) },
    { keys: ["G", "End"], does: "last", run: () => move(Infinity) },
  ]);
  return { active, setActive, onPick };
}

function pickedBetween(rows: Rows, from: number, to: number) {
  const found = [];
  for (let place = Math.min(from, to); place <= Math.max(from, to); place++) {
    const row = rows.at(place);
    if (row?.kind === "task") found.push(row.row);
  }
  return found;
}
