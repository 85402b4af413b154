// The list beside an open task. It lives outside of the task's page, which is another one for each task.

import { useMemo, type ReactNode } from "react";

import { address, navigate, readParam, useSearch, withParam } from "../state/address";
import type { TabId } from "../state/route";
import { Link } from "../widgets/Link";
import { TaskList, ungrouped } from "./TaskList";
import { useColumns } from "./useColumns";
import { useRows } from "./useRows";
import { LIST, useTaskView } from "./view";

export function BesideList({ id, tab, children }: { id: string; tab: TabId; children: ReactNode }) {
  const list = readParam(useSearch(), LIST);
  if (!list) return children;
  return (
    <div className="beside">
      <List id={id} tab={tab} list={list} />
      <div className="beside-task">{children}</div>
    </div>
  );
}

function List({ id, tab, list }: { id: string; tab: TabId; list: string }) {
  const [asked, setView] = useTaskView(true);
  const view = useMemo(() => ungrouped(asked), [asked]);
  const { columns } = useColumns(view, setView);
  const rows = useRows(view, columns);
  // How the tab is set stays from task to task; where one was in the last one does not.
  const addressOf = (other: string) => address.task(other, tab === "overview" ? "" : tab) + location.search;
  const table = `/tasks${list === "?" ? "" : list}`;
  const head = (
    <>
      <Link className="button" to={table} title="Back to the table (l)">
        ← Table
      </Link>
      <span className="clip" title={view.project}>
        {view.project || "All tasks"}
      </span>
      <span className="grow" />
      <button className="plain" onClick={() => navigate(location.pathname + withParam(location.search, LIST, "") + location.hash)} aria-label="shut the list" title="Shut the list">
        ×
      </button>
    </>
  );
  return (
    <TaskList
      rows={rows}
      view={view}
      columns={columns}
      head={head}
      current={id}
      addressOf={addressOf}
      onGo={(other) => navigate(addressOf(other), { replace: true })}
    />
  );
}
