import { useEffect, useRef, useState } from "react";

import { ApiError, getJson } from "../api/client";
import { subscribe } from "../api/events";
import type { TaskDetail } from "../api/types";
import { address, navigate, useParam } from "../state/address";
import { fixedAt, useAt } from "../state/at";
import { useKeys } from "../state/keys";
import { useResource } from "../state/resource";
import type { TabId } from "../state/route";
import { throttle } from "../state/throttle";
import { useTitle } from "../state/title";
import { ConsoleTab } from "../console/ConsoleTab";
import { TASK_TABS } from "../parts";
import { undoOperation } from "../tasks/actions";
import { BesideList } from "../tasks/BesideList";
import { besideList, LIST } from "../tasks/view";
import { Boundary } from "../widgets/Boundary";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { OverviewTab } from "./OverviewTab";
import { TaskHeader } from "./TaskHeader";

const TABS = [
  { id: "overview", label: "Overview" },
  { id: "scalars", label: "Scalars" },
  { id: "plots", label: "Plots" },
  { id: "samples", label: "Debug samples" },
  { id: "console", label: "Console" },
  { id: "system", label: "System" },
  { id: "configuration", label: "Configuration" },
  { id: "artifacts", label: "Artifacts" },
] as const satisfies readonly { id: TabId; label: string }[];

const REFRESH_MS = 1000;
/** A task that goes silent pushes nothing; that it is silent shows at the next look. */
const SILENCE_MS = 15_000;

/** A task, with the list that it was opened from beside it where the address says so. */
export function TaskPage({ id, tab }: { id: string; tab: TabId }) {
  return (
    <BesideList id={id} tab={tab}>
      <OneTask key={id} id={id} tab={tab} />
    </BesideList>
  );
}

function OneTask({ id, tab: current }: { id: string; tab: TabId }) {
  const { data, error, reload } = useTask(id);
  useTitle(data?.task.name ?? "", data?.task.status ?? "");
  const [at] = useAt();
  const [list] = useParam(LIST);
  useKeys("Task", [
    ...TABS.map(({ id: name, label }, index) => ({
      keys: [String(index + 1)],
      does: label,
      run: () => navigate(besideList(fixedAt(address.task(id, name), at), list)),
    })),
  ]);
  if (error && (!data || isMissing(error))) return <NoTask id={id} error={error} onRetry={reload} />;
  return (
    <div className="page page-fixed">
      <TaskHeader task={data} />
      {error && <Problem error={error} onRetry={reload} />}
      <Tabs id={id} current={current} />
      <div className={`tab tab-${current}`}>
        <Boundary at={current}>{data ? <Content tab={current} task={data} /> : <Skeleton rows={10} />}</Boundary>
      </div>
    </div>
  );
}

/** The task, asked for again (at most every second) when the server says that something of it changed. */
function useTask(id: string) {
  const path = `/tasks/${encodeURIComponent(id)}`;
  const task = useResource(path, (signal) => getJson<TaskDetail>(path, { signal }));
  const { reload } = task;
  const running = task.data?.task.status === "in_progress";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(reload, SILENCE_MS);
    return () => clearInterval(timer);
  }, [running, reload]);
  useEffect(() => {
    const refresh = throttle(reload, REFRESH_MS);
    const stop = subscribe(id, { onChange: refresh, onResync: refresh });
    return () => {
      stop();
      refresh.cancel();
    };
  }, [id, reload]);
  return task;
}

function Tabs({ id, current }: { id: string; current: TabId }) {
  const nav = useRef<HTMLElement>(null);
  const [at] = useAt();
  const [list] = useParam(LIST);
  // On a narrow screen not all fit.
  useEffect(() => {
    // Not returned: newer browsers answer with a promise, which React would take for a cleanup.
    void nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav ref={nav} className="tabs" aria-label="parts of the task">
      {TABS.map(({ id: tab, label }, index) => (
        <Link
          key={tab}
          to={besideList(fixedAt(address.task(id, tab), at), list)}
          aria-current={tab === current ? "page" : undefined}
          title={`${label} (${index + 1})`}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

function Content({ tab, task }: { tab: TabId; task: TaskDetail }) {
  if (tab === "overview") return <OverviewTab detail={task} />;
  if (tab === "console") return <ConsoleTab task={task} />;
  const Tab = TASK_TABS[tab];
  return <Tab task={task} />;
}

function isMissing(error: Error): boolean {
  return error instanceof ApiError && error.status === 404;
}

function NoTask({ id, error, onRetry }: { id: string; error: Error; onRetry(): void }) {
  // All that a large task has recorded is taken in again.
  const [busy, setBusy] = useState(false);
  const bringBack = async (operation: string) => {
    setBusy(true);
    await undoOperation(operation);
    setBusy(false);
    onRetry();
  };
  if (!isMissing(error)) return <Problem error={error} onRetry={onRetry} />;
  const gone = error instanceof ApiError && error.code === "gone";
  const undo = gone && typeof error.detail["undo"] === "string" ? error.detail["undo"] : null;
  return (
    <Empty whole title={gone ? "This task was deleted" : "There is no such task"}>
      <p className="mono clip">{id}</p>
      {undo !== null && (
        <p>
          <button className="button button-main" disabled={busy} onClick={() => void bringBack(undo)}>
            {busy ? "Bringing it back…" : "Bring it back"}
          </button>
        </p>
      )}
      <p>
        {undo !== null
          ? "For an hour after it was deleted it can be brought back, with all that it recorded and whatever was deleted with it."
          : "It may have been deleted, or this server has another home."}
      </p>
      <p>
        <Link className="link" to={address.tasks()}>
          All tasks
        </Link>
      </p>
    </Empty>
  );
}
