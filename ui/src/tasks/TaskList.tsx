// The tasks as a narrow list: beside an open task, or beside the charts of those that are selected.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type PointerEvent, type ReactNode } from "react";

import type { TaskRow } from "../api/types";
import { formatCounted, formatNumber } from "../state/format";
import { useKeys } from "../state/keys";
import { readPreference, writePreference } from "../state/preferences";
import { Empty, Problem } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { Ago } from "../widgets/Time";
import { dotOnly } from "./cells";
import { columnId, columnName, sortedColumn, statName } from "./column";
import type { Placed } from "./layout";
import { FlatRows, type Rows } from "./rows";
import { metricsOf, parametersOf, type TaskView } from "./view";

const ROW_PX = 44;
const EXPECTED_ROWS = 12;
const WIDTH_KEY = "tasks.listWidth";
const WIDTH = { start: 300, least: 180, most: 700 };

interface Props {
  rows: Rows | null;
  view: TaskView;
  columns: readonly Placed[] | undefined;
  /** Above the rows. */
  head: ReactNode;
  /** The task that is open beside the list. */
  current: string | null;
  addressOf(id: string): string;
  /** What stands before a task: its colour in the charts, a box to tick. */
  before?(row: TaskRow): ReactNode;
  onGo(id: string): void;
}

export function TaskList({ rows, view, columns, head, current, addressOf, before, onGo }: Props) {
  const [width, setWidth] = useState(() => fit(Number(readPreference<unknown>(WIDTH_KEY, WIDTH.start)) || WIDTH.start));
  const resize = (px: number) => {
    setWidth(fit(px));
    writePreference(WIDTH_KEY, fit(px));
  };
  return (
    <aside className="task-list" style={{ width }} aria-label="tasks">
      <div className="task-list-head">
        {head}
        <span className="dim">{rows?.total !== undefined && formatCounted(rows.total, view.by.length > 0 ? "group" : "task")}</span>
      </div>
      {rows?.error && <Problem error={rows.error} onRetry={() => rows.invalidate()} />}
      {rows?.total === 0 ? (
        <Empty title="No task fits" />
      ) : (
        rows && <Items {...{ rows, view, columns, current, addressOf, before, onGo }} />
      )}
      <Edge width={width} onResize={resize} />
    </aside>
  );
}

function fit(px: number): number {
  return Math.min(WIDTH.most, Math.max(WIDTH.least, Math.round(px)));
}

interface ItemsProps extends Omit<Props, "rows" | "head" | "before"> {
  rows: Rows;
  before: Props["before"] | undefined;
}

function Items({ rows, view, columns, current, addressOf, before, onGo }: ItemsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.count ?? EXPECTED_ROWS,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? EXPECTED_ROWS;
  useEffect(() => rows.look(first, last), [rows, first, last, rows.count]);
  const place = current === null ? -1 : (rows.placeOf(current) ?? -1);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    // Once for each task: who scrolls away from it meanwhile is not pulled back.
    if (place < 0 || shown.current === current) return;
    shown.current = current;
    virtual.scrollToIndex(place);
  }, [place, current, virtual]);
  const step = (by: number) => {
    const next = Math.max(0, Math.min((rows.count ?? 1) - 1, place + by));
    const row = rows.at(next);
    if (row?.kind === "task") onGo(row.row.id);
  };
  useKeys("List of tasks", [
    { keys: ["j", "ArrowDown"], does: "next task", run: () => step(1) },
    { keys: ["k", "ArrowUp"], does: "previous task", run: () => step(-1) },
  ]);
  return (
    <div className="task-list-rows" ref={scroller} tabIndex={-1}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows.at(index);
          const task = row?.kind === "task" ? row.row : undefined;
          return (
            <li key={index} style={{ transform: `translateY(${start}px)` }} className={task && task.id === current ? "current" : ""}>
              {task ? (
                <>
                  {before?.(task)}
                  <Link to={addressOf(task.id)} aria-current={task.id === current ? "true" : undefined} title={task.name} replace>
                    <span className="task-list-name">
                      {dotOnly(task)}
                      <span className="clip">{task.name || <i className="dim">no name</i>}</span>
                    </span>
                    <small className="dim clip">
                      <Summary task={task} view={view} columns={columns ?? []} />
                    </small>
                  </Link>
                </>
              ) : (
                <div className="bar" />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** What the list is sorted by, where that is a metric or parameter, else the first of them that the table shows. */
function Summary({ task, view, columns }: { task: TaskRow; view: TaskView; columns: readonly Placed[] }) {
  const metrics = metricsOf(columns).map((metric, place) => ({
    key: { kind: "metric", metric } as const,
    text: formatNumber(task.metrics[place]),
    stat: ` ${statName(metric.stat)}`,
  }));
  const parameters = parametersOf(columns).map((name, place) => ({
    key: { kind: "parameter", name } as const,
    text: task.parameters[place] ?? "–",
    stat: "",
  }));
  const values = [...metrics, ...parameters];
  const sort = view.sort[0] && columnId(sortedColumn(view.sort[0]));
  const value = values.find(({ key }) => columnId(key) === sort) ?? values[0];
  if (value) return <>{`${columnName(value.key)}${value.stat} ${value.text}`}</>;
  return (
    <>
      {task.project} · <Ago timeUs={task.started_us} />
    </>
  );
}

/** The right edge: dragged, or moved with arrow keys. */
function Edge({ width, onResize }: { width: number; onResize(px: number): void }) {
  const start = useRef<{ x: number; px: number } | null>(null);
  const down = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, px: width };
  };
  return (
    <div
      className="task-list-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label="width of the list"
      aria-valuenow={width}
      aria-valuemin={WIDTH.least}
      aria-valuemax={WIDTH.most}
      tabIndex={0}
      onPointerDown={down}
      onPointerMove={(event) => start.current && onResize(start.current.px + event.clientX - start.current.x)}
      onPointerUp={() => (start.current = null)}
      onKeyDown={(event) => {
        const step = event.key === "ArrowLeft" ? -20 : event.key === "ArrowRight" ? 20 : 0;
        if (step === 0) return;
        event.stopPropagation();
        onResize(width + step);
      }}
    />
  );
}

/** The list knows no groups: it is read from top to bottom. */
export function ungrouped(view: TaskView): TaskView {
  return view.by.length === 0 ? view : { ...view, by: [] };
}

/** The first tasks of the list that are here. */
export function firstTasks(rows: Rows | null, most: number): TaskRow[] {
  const found: TaskRow[] = [];
  for (let index = 0; rows instanceof FlatRows && index < Math.min(most, rows.count ?? 0); index++) {
    const row = rows.at(index);
    if (row?.kind === "task") found.push(row.row);
  }
  return found;
}
