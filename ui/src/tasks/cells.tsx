// How each column of the task table looks: its width, its heading, its cells.

import type { ReactNode } from "react";

import type { TaskRow } from "../api/types";
import { formatCount, formatNumber, formatWithin } from "../state/format";
import { Copy } from "../widgets/Copy";
import { Status } from "../widgets/Status";
import { Ago, Elapsed } from "../widgets/Time";
import { columnId, columnName, statName, type ColumnKey, type Field } from "./column";
import type { Placed } from "./layout";

export interface ShownColumn {
  id: string;
  key: ColumnKey;
  header: string;
  hint?: string;
  /** A track of the grid. */
  track: string;
  leastPx: number;
  number: boolean;
  cell(row: TaskRow): ReactNode;
}

interface Look {
  track: string;
  leastPx: number;
  number?: boolean;
  cell(row: TaskRow): ReactNode;
}

const NUMBER = { track: "84px", leastPx: 84, number: true };

const LOOKS: Record<Field, Look> = {
  status: {
    track: "96px",
    leastPx: 96,
    cell: (row) => <Status status={row.status} reason={row.status_reason} unresponsive={row.unresponsive} />,
  },
  name: { track: "minmax(150px, 3fr)", leastPx: 150, cell: (row) => <Name row={row} /> },
  project: { track: "minmax(80px, 1.4fr)", leastPx: 80, cell: (row) => <Clip text={row.project} /> },
  tags: { track: "60px", leastPx: 60, cell: (row) => <Tags tags={row.tags} /> },
  user: { track: "minmax(72px, 0.5fr)", leastPx: 72, cell: (row) => <Clip text={row.user} /> },
  host: { track: "minmax(92px, 0.8fr)", leastPx: 92, cell: (row) => <Clip text={row.host} /> },
  type: { track: "minmax(72px, 0.5fr)", leastPx: 72, cell: (row) => <Clip text={row.type} /> },
  started: { ...NUMBER, cell: (row) => <Ago timeUs={row.started_us} /> },
  ended: { ...NUMBER, cell: (row) => <Ago timeUs={row.ended_us} /> },
  updated: { ...NUMBER, cell: (row) => <Ago timeUs={row.updated_us} /> },
  duration: { ...NUMBER, track: "78px", leastPx: 78, cell: (row) => <Elapsed startUs={row.started_us} endUs={endOf(row)} /> },
  iteration: { ...NUMBER, cell: (row) => <Count value={row.iteration} /> },
  attempts: { ...NUMBER, cell: (row) => <Count value={row.attempts} /> },
  lost: { ...NUMBER, cell: (row) => <Count value={row.lost} /> },
  id: { track: "90px", leastPx: 90, cell: (row) => <Copy text={row.id} shown={row.id.slice(0, 8)} label="Task id" /> },
};

const METRIC_LEAST_PX = 104;
const METRIC_MOST_PX = 220;
const TAGS_MOST_PX = 300;
const TAG_MOST_PX = 160;
/** As many as the narrowest column of counts has room for. */
const COUNT_CHARACTERS = 11;
/** A moment in full, where the reader likes that better than an age. */
const MOMENT_PX = 140;
const MOMENTS: readonly string[] = ["started", "ended", "updated"];

/** How wide the column of tags has to be to show these whole, as far as that is sensible; a guess that errs to wide. */
export function tagsWidth(rows: readonly (readonly string[])[]): number {
  const widths = rows.map((tags) => tags.reduce((sum, tag) => sum + 4 + Math.min(TAG_MOST_PX, 12 + 7 * tag.length), 14));
  return Math.min(TAGS_MOST_PX, Math.max(LOOKS.tags.leastPx, ...widths));
}

/** How wide a metric's heading is, as far as that is sensible: many begin alike, and only the end tells them apart. */
function headPx(name: string, stat: string): number {
  return Math.max(METRIC_LEAST_PX, Math.min(METRIC_MOST_PX, 44 + 6.5 * name.length + 5.5 * stat.length));
}

/** A task in progress runs on; one that is over without a known end ended with its last word. */
export function endOf(row: TaskRow): number | null {
  return row.ended_us ?? (row.status === "in_progress" ? null : row.updated_us);
}

/** The columns as the table draws them. Metrics and parameters are those of the rows, in the same order. */
export function shownColumns(columns: readonly Placed[], tagsPx: number, fullTimes: boolean): ShownColumn[] {
  let metrics = 0;
  let parameters = 0;
  return columns.map(({ key, widthPx }) => {
    const look = lookOf(key, key.kind === "metric" ? metrics++ : key.kind === "parameter" ? parameters++ : 0);
    const shown: ShownColumn = { ...look, id: columnId(key), key, header: columnName(key), number: look.number ?? false };
    if (key.kind === "metric") shown.hint = statName(key.metric.stat);
    if (widthPx !== null) return { ...shown, track: `${widthPx}px`, leastPx: widthPx };
    // A track with a limit is filled up to it before those that share the rest get more than they need.
    if (shown.id === "tags") return { ...shown, track: `minmax(${look.leastPx}px, ${tagsPx}px)` };
    if (fullTimes && MOMENTS.includes(shown.id)) return { ...shown, track: `${MOMENT_PX}px`, leastPx: MOMENT_PX };
    return shown;
  });
}

function lookOf(key: ColumnKey, place: number): Look {
  if (key.kind === "field") return LOOKS[key.field];
  if (key.kind === "parameter")
    return { track: "minmax(90px, 0.6fr)", leastPx: 90, cell: (row) => <Clip text={row.parameters[place] ?? "–"} mono /> };
  const leastPx = headPx(columnName(key), statName(key.metric.stat));
  const whole = key.metric.stat.endsWith("iteration") || key.metric.stat === "count" || key.metric.stat === "non_finite";
  return {
    track: `minmax(${leastPx}px, 0.6fr)`,
    leastPx,
    number: true,
    cell: (row) => (whole ? formatCount(row.metrics[place]) : formatNumber(row.metrics[place])),
  };
}

/** What a narrow screen has room for: a dot, the name, what was added, the last word. */
export function narrowColumns(shown: readonly ShownColumn[]): ShownColumn[] {
  return shown
    .filter(({ id, key }) => key.kind !== "field" || ["status", "name", "updated"].includes(id))
    .map((column) => (column.id === "status" ? { ...column, track: "20px", leastPx: 20, header: "", cell: dotOnly } : column));
}

export function dotOnly(row: TaskRow): ReactNode {
  return <Status status={row.status} reason={row.status_reason} unresponsive={row.unresponsive} compact />;
}

function Name({ row }: { row: TaskRow }) {
  return (
    <>
      <span className="clip" title={row.name}>
        {row.name || <i className="dim">no name</i>}
      </span>
      {row.archived && <span className="badge">archived</span>}
      {row.lost > 0 && (
        <span className="badge badge-bad" title={`${formatCount(row.lost)} records could not be kept; see the task's notes`}>
          lost {formatCount(row.lost)}
        </span>
      )}
    </>
  );
}

function Count({ value }: { value: number | null }) {
  return <span title={formatCount(value)}>{formatWithin(value, COUNT_CHARACTERS)}</span>;
}

function Clip({ text, mono = false }: { text: string; mono?: boolean }) {
  return (
    <span className={`clip${mono ? " mono" : ""}`} title={text}>
      {text}
    </span>
  );
}

export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className="tags" title={tags.join("\n")}>
      {tags.slice(0, 20).map((tag, index) => (
        <span key={index} className="tag clip">
          {tag}
        </span>
      ))}
    </span>
  );
}
