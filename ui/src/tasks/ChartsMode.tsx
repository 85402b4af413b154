// Charts of the selected tasks, or of the first ones that fit, with the list of tasks beside them.

import { useEffect, useMemo, useRef, type ReactNode } from "react";

import type { TaskRow } from "../api/types";
import { Charts, type ChartTask } from "../charts/Charts";
import { slotVariable } from "../state/colours";
import type { Filter } from "../charts/sections";
import type { Listed } from "../charts/useSeriesOf";
import { viewParams, type ChartView } from "../charts/view";
import { distinctNames, taskLooks, TASKS } from "../compare/compared";
import { layOutTasks } from "../compare/layOut";
import { address, navigate, useParam } from "../state/address";
import { useResource } from "../state/resource";
import { useStore } from "../state/store";
import { postJson } from "../api/client";
import type { TaskPage } from "../api/types";
import { Empty } from "../widgets/Feedback";
import { ActionBar } from "./ActionBar";
import { withList } from "./ModeSwitch";
import { clearSelection, countOf, isPicked, pickOnly, questionOf, selection, togglePicked } from "./selection";
import type { Placed } from "./layout";
import { firstTasks, TaskList, ungrouped } from "./TaskList";
import { useRows } from "./useRows";
import type { SetTaskView, TaskView } from "./view";

const PARAMS = viewParams("iteration");
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
  const tasks = useChartTasks(drawn);
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
      <i className="swatch" style={drawnIds.has(row.id) ? { background: `var(${slotVariable(taskLooks.of(row.id).slot)})` } : undefined} aria-hidden />
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
          {tasks.length > 0 && <Charts tasks={tasks} params={PARAMS} layOut={layOut} looks={taskLooks} empty={<NoScalars />} />}
          {rows?.total === 0 && <Empty title="No task fits the search and filters" />}
        </div>
      </div>
    </div>
  );
}

function layOut(listed: readonly Listed[], filter: Filter, view: ChartView) {
  return layOutTasks(listed, filter, view, { panels: "series", groups: null });
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

/** The same tasks are the same object: charts start anew with other tasks, not with every answer. */
function useChartTasks(rows: readonly TaskRow[]): readonly ChartTask[] {
  const names = distinctNames(rows);
  const key = JSON.stringify(rows.map(({ id, started_us }, place) => [id, names[place], started_us]));
  return useMemo(() => rows.map(({ id, started_us }, place) => ({ id, name: names[place] ?? id, startUs: started_us ?? 0 })), [key]);
}

function NoScalars() {
  return (
    <Empty title="No scalars yet">
      <p>None of these tasks has reported one.</p>
    </Empty>
  );
}
