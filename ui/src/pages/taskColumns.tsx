// The columns of the task table: what each shows and what it sorts by.

import type { ReactNode } from "react";

import type { MetricRef, TaskRow } from "../api/types";
import { formatCount, formatNumber, formatWithin } from "../state/format";
import { metricName } from "../state/metricColumn";
import type { SortField } from "../state/taskQuery";
import { Status } from "../widgets/Status";
import { Ago, Elapsed } from "../widgets/Time";

export interface Column {
  id: string;
  header: string;
  hint?: string;
  /** A track of the grid. */
  width: string;
  minPx: number;
  number?: boolean;
  sort?: SortField;
  metric?: MetricRef;
  cell(row: TaskRow): ReactNode;
}

const STATUS: Column = {
  id: "status",
  header: "Status",
  width: "96px",
  minPx: 96,
  sort: "status",
  cell: (row) => <Status status={row.status} reason={row.status_reason} unresponsive={row.unresponsive} />,
};

const NAME: Column = {
  id: "name",
  header: "Name",
  width: "minmax(150px, 3fr)",
  minPx: 150,
  sort: "name",
  cell: (row) => (
    <>
      <span className="clip" title={row.name}>
        {row.name || <i className="dim">no name</i>}
      </span>
      {row.lost > 0 && (
        <span className="badge badge-bad" title={`${formatCount(row.lost)} records could not be kept; see the task's notes`}>
          lost {formatCount(row.lost)}
        </span>
      )}
    </>
  ),
};

const PROJECT: Column = {
  id: "project",
  header: "Project",
  width: "minmax(80px, 1.4fr)",
  minPx: 80,
  sort: "project",
  cell: (row) => <Clip text={row.project} />,
};

const TAGS: Column = {
  id: "tags",
  header: "Tags",
  width: "60px",
  minPx: 60,
  cell: (row) => <Tags tags={row.tags} />,
};

const TAGS_MOST_PX = 300;
const TAG_MOST_PX = 160;

/** How wide the column of tags has to be to show these whole, as far as that is sensible; a guess that errs to wide. */
export function tagsWidth(rows: readonly (readonly string[])[]): number {
  const widths = rows.map((tags) => tags.reduce((sum, tag) => sum + 4 + Math.min(TAG_MOST_PX, 12 + 7 * tag.length), 14));
  return Math.min(TAGS_MOST_PX, Math.max(TAGS.minPx, ...widths));
}

/** As many as the narrowest column of counts has room for. */
const COUNT_CHARACTERS = 11;

const REST: readonly Column[] = [
  { id: "user", header: "User", width: "minmax(72px, 0.5fr)", minPx: 72, cell: (row) => <Clip text={row.user} /> },
  { id: "host", header: "Host", width: "minmax(92px, 0.8fr)", minPx: 92, cell: (row) => <Clip text={row.host} /> },
  {
    id: "started",
    header: "Started",
    width: "84px",
    minPx: 84,
    number: true,
    sort: "started",
    cell: (row) => <Ago timeUs={row.started_us} />,
  },
  {
    id: "duration",
    header: "Duration",
    width: "74px",
    minPx: 74,
    number: true,
    sort: "duration",
    cell: (row) => <Elapsed startUs={row.started_us} endUs={endOf(row)} />,
  },
  {
    id: "updated",
    header: "Updated",
    width: "84px",
    minPx: 84,
    number: true,
    sort: "updated",
    cell: (row) => <Ago timeUs={row.updated_us} />,
  },
  {
    id: "iteration",
    header: "Iteration",
    width: "78px",
    minPx: 78,
    number: true,
    sort: "iteration",
    cell: (row) => <Count value={row.iteration} />,
  },
];

/** A task in progress runs on; one that is over without a known end ended with its last word. */
export function endOf(row: TaskRow): number | null {
  return row.ended_us ?? (row.status === "in_progress" ? null : row.updated_us);
}

export function taskColumns(metrics: readonly MetricRef[], narrow: boolean, tagsPx: number = TAGS.minPx): Column[] {
  const added = metrics.map(metricColumn);
  if (narrow) return [{ ...STATUS, width: "30px", minPx: 30, header: "", cell: dotOnly }, NAME, ...added, ...REST.slice(4, 5)];
  // A track with a limit is filled up to it before those that share the rest get more than they need.
  const tags = { ...TAGS, width: `minmax(${TAGS.minPx}px, ${tagsPx}px)` };
  return [STATUS, NAME, PROJECT, tags, ...added, ...REST];
}

function dotOnly(row: TaskRow): ReactNode {
  return <Status status={row.status} reason={row.status_reason} unresponsive={row.unresponsive} compact />;
}

function metricColumn(metric: MetricRef, index: number): Column {
  return {
    id: `metric-${index}`,
    header: metricName(metric),
    hint: metric.stat,
    width: "minmax(104px, 0.6fr)",
    minPx: 104,
    number: true,
    metric,
    cell: (row) => formatNumber(row.metrics[index]),
  };
}

function Count({ value }: { value: number | null }) {
  const full = formatCount(value);
  return <span title={full}>{formatWithin(value, COUNT_CHARACTERS)}</span>;
}

function Clip({ text }: { text: string }) {
  return (
    <span className="clip" title={text}>
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
