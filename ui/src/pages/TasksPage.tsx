import { useMemo } from "react";

import { address } from "../state/address";
import { formatCounted } from "../state/format";
import { ChartsMode } from "../parts";
import { STATUSES, statusColour, statusName } from "../state/status";
import { useStore } from "../state/store";
import { useTitle } from "../state/title";
import { ActionBar } from "../tasks/ActionBar";
import { columnName, parseColumn } from "../tasks/column";
import { describeFilter } from "../tasks/columnFilter";
import { ColumnPicker } from "../tasks/ColumnPicker";
import { Download } from "../tasks/Download";
import { FilterBox, mistakeOf } from "../tasks/FilterBox";
import { GroupPicker } from "../tasks/GroupPicker";
import { ModeSwitch } from "../tasks/ModeSwitch";
import type { Rows } from "../tasks/rows";
import { countOf, selection } from "../tasks/selection";
import { firstTasks } from "../tasks/TaskList";
import { TaskTable } from "../tasks/TaskTable";
import { useColumns, type Columns } from "../tasks/useColumns";
import { useRows } from "../tasks/useRows";
import { isFiltered, taskQuery, UNFILTERED, useTaskView, type SetTaskView, type TaskView } from "../tasks/view";
import { Views } from "../tasks/Views";
import { Empty, FirstSteps, Problem, Skeleton } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { Menu } from "../widgets/Menu";
import { SearchBox } from "../widgets/SearchBox";
import "../tasks/tasks.css";

export function TasksPage() {
  const [view, setView] = useTaskView();
  const columns = useColumns(view, setView);
  useTitle(view.project || "Tasks");
  if (view.mode === "charts")
    return (
      <ChartsMode view={view} setView={setView} columns={columns.columns}>
        <Tools view={view} setView={setView} columns={columns} rows={null} />
      </ChartsMode>
    );
  return <TableMode view={view} setView={setView} columns={columns} />;
}

interface PageProps {
  view: TaskView;
  setView: SetTaskView;
  columns: Columns;
}

function TableMode({ view, setView, columns }: PageProps) {
  const rows = useRows(view, columns.columns);
  const query = useMemo(() => taskQuery(view, columns.columns ?? []), [view, columns.columns]);
  const error = rows?.error;
  const selected = countOf(useStore(selection)) > 0;
  return (
    <div className={`page page-fixed tasks-page${selected ? " has-selection" : ""}`}>
      <Tools view={view} setView={setView} columns={columns} rows={rows} />
      <ActionBar view={view} total={rows?.total} />
      {error && rows && !saidByBox(error, view) && <Problem error={inWords(error)} onRetry={() => rows.invalidate()} />}
      {!rows || !columns.columns ? (
        <Skeleton rows={20} />
      ) : rows.total === 0 ? (
        <NoTasks view={view} onClear={() => setView(UNFILTERED)} onArchived={() => setView({ archived: "all" })} />
      ) : (
        <TaskTable
          rows={rows}
          view={view}
          setView={setView}
          columns={columns.columns}
          onColumns={columns.setColumns}
          query={query}
        />
      )}
    </div>
  );
}

/** Whether the box of the filter language shows what is wrong. */
function saidByBox(error: Error, view: TaskView): boolean {
  const mistake = mistakeOf(error);
  return mistake !== null && view.where !== "" && mistake.filter === view.where;
}

/** Search and filters of columns are written in the language of filters, too; of that the reader knows nothing. */
function inWords(error: Error): Error {
  const mistake = mistakeOf(error);
  return mistake ? new Error(`The search, or the filter of a column, is wrong: expected ${mistake.expected}.`) : error;
}

/** All that chooses what is shown. */
function Tools({ view, setView, columns: { columns, setColumns, reset, makeDefault }, rows }: PageProps & { rows: Rows | null }) {
  const chosen = useStore(selection);
  const open = chosen.picked.keys().next().value ?? firstTasks(rows, 1)[0]?.id;
  const total = view.by.length === 0 ? rows?.total : undefined;
  return (
    <div className="tools">
      <div className="toolbar">
        <Breadcrumb project={view.project} />
        <ModeSwitch view={view} setView={setView} open={open} />
        <span className="grow" />
        <span className="dim count">
          {rows?.total !== undefined && formatCounted(rows.total, view.by.length > 0 ? "group" : "task")}
        </span>
        {columns && (
          <Menu label={`Columns (${columns.length})`} title="Choose columns">
            {() => <ColumnPicker project={view.project} columns={columns} onColumns={setColumns} onReset={reset} onForAll={makeDefault} />}
          </Menu>
        )}
        {view.mode === "table" && (
          <Menu label={view.by.length > 0 ? `Group (${view.by.length})` : "Group"} title="Group tasks">
            {() => <GroupPicker project={view.project} by={view.by} onChange={(by) => setView({ by })} />}
          </Menu>
        )}
        <Menu label="Views" title="Saved views">
          {(close) => <Views project={view.project} search={location.search} close={close} />}
        </Menu>
        <Menu label="Download" title="Download the tasks as a file">
          {() => <Download query={taskQuery(view, columns ?? [])} total={total} name={view.project || "tasks"} />}
        </Menu>
      </div>
      <div className="toolbar toolbar-second">
        <SearchBox
          value={view.search}
          onChange={(search) => setView({ search })}
          placeholder={view.regex ? "Regular expression  /" : "Search name, project, tag, id  /"}
          keyGroup="Tasks"
        />
        <button
          className="chip mono"
          aria-pressed={view.regex}
          onClick={() => setView({ regex: !view.regex })}
          title="Search by regular expression"
        >
          .*
        </button>
        <FilterBox value={view.where} onChange={(where) => setView({ where })} error={rows?.error} />
        <StatusFilter value={view.status} onChange={(status) => setView({ status })} />
        <select
          value={view.archived}
          onChange={(event) => setView({ archived: event.target.value as TaskView["archived"] })}
          aria-label="archived tasks"
        >
          <option value="no">without archived</option>
          <option value="all">with archived</option>
          <option value="only">archived only</option>
        </select>
      </div>
      <Narrowed view={view} setView={setView} />
    </div>
  );
}

/** Filters of columns and groups in force, each to take away: their columns may be out of sight. */
function Narrowed({ view, setView }: Pick<PageProps, "view" | "setView">) {
  if (view.only.length === 0 && view.by.length === 0) return null;
  return (
    <div className="narrowed">
      {view.by.map((id) => (
        <span key={id} className="badge">
          by {nameOf(id)}
          <button onClick={() => setView({ by: view.by.filter((other) => other !== id) })} aria-label={`do not group by ${nameOf(id)}`}>
            ×
          </button>
        </span>
      ))}
      {view.only.map((filter, place) => (
        <span key={place} className="badge">
          <span className="clip">
            {columnName(filter.column)} {describeFilter(filter)}
          </span>
          <button
            onClick={() => setView({ only: view.only.filter((other) => other !== filter) })}
            aria-label={`do not filter by ${columnName(filter.column)}`}
          >
            ×
          </button>
        </span>
      ))}
    </div>
  );
}

function nameOf(id: string): string {
  const column = parseColumn(id);
  return column ? columnName(column) : id;
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

interface NoneProps {
  view: TaskView;
  onClear(): void;
  onArchived(): void;
}

function NoTasks({ view, onClear, onArchived }: NoneProps) {
  const withArchived = view.archived === "no" && (
    <button className="link" onClick={onArchived}>
      Look among archived tasks, too
    </button>
  );
  if (!isFiltered(view))
    return (
      <Empty title={view.project ? `No tasks in ${view.project}` : "No tasks yet"}>
        <FirstSteps />
        <p>{withArchived}</p>
      </Empty>
    );
  return (
    <Empty title="No task fits the search and filters">
      <p>
        <button className="link" onClick={onClear}>
          Clear them
        </button>{" "}
        {withArchived}
      </p>
    </Empty>
  );
}
