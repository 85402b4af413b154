// Charts of the selected tasks, or of the first ones that fit, with the list of tasks beside them.

import { useEffect, useMemo, useRef, type ReactNode } from "react";

import { postJson } from "../api/client";
import type { TaskPage, TaskRow } from "../api/types";
import { distinctNames, taskLooks, TASKS, type Compared } from "../compare/compared";
import { ScalarsTab } from "../compare/ScalarsTab";
import { address, navigate, useParam } from "../state/address";
import { slotVariable } from "../state/colours";
import { useResource } from "../state/resource";
import { useStore } from "../state/store";
import { Empty } from "../widgets/Feedback";
import { ActionBar } from "./ActionBar";
import { withList } from "./ModeSwitch";
import { clearSelection, countOf, isPicked, pickOnly, questionOf, selection, togglePicked } from "./selection";
import type { Placed } from "./layout";
import { firstTasks, TaskList, ungrouped } from "./TaskList";
import { useRows } from "./useRows";
import type { SetTaskView, TaskView } from "./view";
import "../compare/compare.css";

/** Without a selection, so many of the list are drawn. */
const FIRST = 10;
/** Of a selection, so many. */
const MOST = 100;

interface Props {
  view: TaskView;
  setView: SetTaskView;
  columns: readonly Placed[] | undefined;
  /** The tools above. */
  children: ReactNode;
}

export function ChartsMode({ view: asked, columns, children }: Props) {
  const view = useMemo(() => ungrouped(asked), [asked]);
  const rows = useRows(view, columns);
  const chosen = useSelectionOfAddress();
  const first = firstTasks(rows, FIRST);
  const drawn = chosen ?? first;
  const tasks = useNamed(drawn);
  const drawnIds = new Set(drawn.map(({ id }) => id));
  // Before the list is drawn: it shows the colours that the charts will have.
  taskLooks.learn([[...drawnIds]]);
  const picked = useStore(selection);
  const open = (id: string) => navigate(withList(address.task(id), location.search));
  // The first tick keeps those that were drawn without one: unticking one of ten leaves nine.
  const tick = (row: TaskRow) => {
    if (countOf(picked) === 0) pickOnly(first);
    togglePicked(row);
  };
  const before = (row: TaskRow) => (
    <>
      <input type="checkbox" aria-label={`draw ${row.name || row.id}`} checked={drawnIds.has(row.id) || isPicked(picked, row.id)} onChange={() => tick(row)} />
      <i className="task-swatch" style={drawnIds.has(row.id) ? { background: `var(${slotVariable(taskLooks.of(row.id).slot)})` } : undefined} aria-hidden />
    </>
  );
  const head = countOf(picked) > 0 ? (
    <button className="link" onClick={clearSelection}>
      back to the first {FIRST}
    </button>
  ) : (
    <span className="dim">the first {Math.min(FIRST, rows?.total ?? FIRST)} are drawn</span>
  );
  return (
    <div className={`page page-fixed tasks-page${countOf(picked) > 0 ? " has-selection" : ""}`}>
      {children}
      <ActionBar view={view} total={rows?.total} />
      <div className="beside">
        <TaskList
          rows={rows}
          view={view}
          columns={columns}
          head={head}
          current={null}
          addressOf={(id) => withList(address.task(id), location.search)}
          before={before}
          onGo={open}
        />
        <div className="beside-task beside-charts">
          {tasks[0] && <ScalarsTab tasks={tasks} base={tasks[0].id} project={view.project} />}
          {rows?.total === 0 && <Empty title="No task fits the search and filters" />}
        </div>
      </div>
    </div>
  );
}

/** The selected tasks, which the address names here, so that a link shows the same curves; null where none are. */
function useSelectionOfAddress(): readonly TaskRow[] | null {
  const [named, setNamed] = useParam(TASKS);
  const chosen = useStore(selection);
  const taken = useRef(false);
  // A link that names tasks selects them, once; from then on the address follows what is selected.
  const fresh = !taken.current && named.length > 0 && countOf(chosen) === 0;
  const question = fresh ? { filter: questionOf({ picked: new Map(named.map((id) => [id, { id, name: "", status: "" }])), all: null })?.filter } : questionOf(chosen);
  const wanted = fresh || countOf(chosen) > 0 ? question : null;
  const { data } = useResource(JSON.stringify(wanted), async (signal) =>
    wanted ? (await postJson<TaskPage>("/tasks/query", { ...wanted, limit: MOST }, { signal })).tasks : null,
  );
  useEffect(() => {
    if (fresh && data) {
      taken.current = true;
      pickOnly(data);
    } else if (!fresh) {
      taken.current = true;
      const ids = chosen.all ? [] : [...chosen.picked.keys()].slice(0, MOST);
      if (ids.join(",") !== named.join(",")) setNamed(ids);
    }
  }, [fresh, data, chosen, named, setNamed]);
  // While the next ones are asked for, those before stay drawn.
  const last = useRef<readonly TaskRow[] | null>(null);
  if (data !== undefined) last.current = data;
  return wanted ? (last.current ?? []) : null;
}

function useNamed(rows: readonly TaskRow[]): readonly Compared[] {
  return useMemo(() => {
    const names = distinctNames(rows);
    return rows.map((row, place) => ({ id: row.id, row, name: names[place] ?? row.id }));
  }, [rows]);
}
