import { useEffect, useMemo } from "react";

import { postJson } from "../api/client";
import { subscribe } from "../api/events";
import type { TaskPage as Page, TaskRow } from "../api/types";
import { address, useParam } from "../state/address";
import { formatCounted } from "../state/format";
import { STATUSES, statusColour, statusName } from "../state/status";
import { METRIC_COLUMNS, PROJECT, SEARCH, SORT, STATUS, taskQuery, type TaskView } from "../state/taskQuery";
import { throttle } from "../state/throttle";
import { useTitle } from "../state/title";
import { useRanges } from "../state/useRanges";
import { Empty, FirstSteps, Problem } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { SearchBox } from "../widgets/SearchBox";
import { MetricPicker } from "./MetricPicker";
import { TaskTable } from "./TaskTable";

const PAGE_SIZE = 100;
const REFRESH_MS = 1000;
/** A task that goes silent pushes nothing: what is in view is asked for again now and then, too. */
const SILENCE_MS = 30_000;

export function TasksPage() {
  const [project] = useParam(PROJECT);
  const [search, setSearch] = useParam(SEARCH);
  const [status, setStatus] = useParam(STATUS);
  const [sort, setSort] = useParam(SORT);
  const [metrics, setMetrics] = useParam(METRIC_COLUMNS);
  useTitle(project || "Tasks");

  const view: TaskView = { project, search, status, sort, metrics };
  const rows = useTaskRows(view);
  const filtered = search !== "" || status.length > 0;
  return (
    <div className="page page-fixed">
      <div className="toolbar">
        <Breadcrumb project={project} />
        <SearchBox value={search} onChange={setSearch} placeholder="Search name, project, tag, id  /" keyGroup="Tasks" />
        <StatusFilter value={status} onChange={setStatus} />
        <span className="grow" />
        <MetricPicker value={metrics} onChange={setMetrics} examples={exampleTasks(rows.loaded())} />
        <span className="dim count">{rows.total !== undefined && formatCounted(rows.total, "task")}</span>
      </div>
      {rows.error && <Problem error={rows.error} onRetry={() => rows.invalidate()} />}
      {rows.total === 0 ? (
        <NoTasks filtered={filtered} project={project} onClear={() => (setSearch(""), setStatus([]))} />
      ) : (
        <TaskTable rows={rows} sort={sort} onSort={setSort} metrics={metrics} />
      )}
    </div>
  );
}

function useTaskRows(view: TaskView) {
  const key = JSON.stringify(view);
  const rows = useRanges<TaskRow>(key, PAGE_SIZE, async (offset, limit, signal) => {
    const page = await postJson<Page>("/tasks/query", taskQuery(view, offset, limit), { signal });
    return { total: page.total, offset: page.offset, items: page.tasks };
  });
  useEffect(() => {
    const refresh = throttle(() => rows.invalidate(), REFRESH_MS);
    const stop = subscribe(null, { onChange: refresh, onResync: refresh });
    const timer = setInterval(refresh, SILENCE_MS);
    return () => {
      stop();
      clearInterval(timer);
      refresh.cancel();
    };
  }, [rows]);
  return rows;
}

/** Tasks to ask which metrics there are: a few of those on screen. */
function exampleTasks(loaded: Iterable<[number, TaskRow]>): string[] {
  const ids: string[] = [];
  for (const [, row] of loaded) {
    if (ids.length === 4) break;
    ids.push(row.id);
  }
  return ids;
}

function Breadcrumb({ project }: { project: string }) {
  const parts = useMemo(() => (project ? project.split("/") : []), [project]);
  if (parts.length === 0) return <h1>All tasks</h1>;
  return (
    <h1 className="crumbs">
      <Link to={address.projects()} className="dim">
        Projects
      </Link>
      {parts.map((part, index) => (
        <span key={index}>
          <i className="dim" aria-hidden>
            {" / "}
          </i>
          <Link className="clip" to={address.tasks(parts.slice(0, index + 1).join("/"))} title={part}>
            {part}
          </Link>
        </span>
      ))}
    </h1>
  );
}

const OFFERED = STATUSES.slice(0, 5);

function StatusFilter({ value, onChange }: { value: readonly string[]; onChange(value: string[]): void }) {
  const offered = [...OFFERED, ...value.filter((status) => !(OFFERED as readonly string[]).includes(status))];
  const toggle = (status: string) =>
    onChange(value.includes(status) ? value.filter((other) => other !== status) : [...value, status]);
  return (
    <div className="chips" role="group" aria-label="status">
      {offered.map((status) => (
        <button key={status} className="chip" aria-pressed={value.includes(status)} onClick={() => toggle(status)}>
          <i className="dot" style={{ color: `var(${statusColour(status)})` }} aria-hidden />
          {statusName(status)}
        </button>
      ))}
    </div>
  );
}

function NoTasks({ filtered, project, onClear }: { filtered: boolean; project: string; onClear(): void }) {
  if (!filtered)
    return (
      <Empty title={project ? `No tasks in ${project}` : "No tasks yet"}>
        <FirstSteps />
      </Empty>
    );
  return (
    <Empty title="No task fits the search and filters">
      <p>
        <button className="link" onClick={onClear}>
          Clear them
        </button>
      </p>
    </Empty>
  );
}
