// Several tasks beside each other: who they are, what differs, their charts, plots and samples.

import { useMemo, type ComponentType } from "react";

import { MOST_COMPARED, navigate, useParam } from "../state/address";
import { useAt } from "../state/at";
import { formatCount, formatCounted } from "../state/format";
import { COMPARE_TABS } from "../parts";
import { useKeys } from "../state/keys";
import { useTitle } from "../state/title";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { RANK } from "../widgets/RankSelect";
import { AddTask } from "./AddTask";
import { Chips } from "./Chips";
import { BASE, tabAddress, TASKS, type Compared } from "./compared";
import "./compare.css";
import { useCompared } from "./useCompared";

export interface TabProps {
  /** The tasks that there are, in order. */
  tasks: readonly Compared[];
  /** One of them: what the others are held against. */
  base: string;
}

const TABS = [
  { id: "", label: "Details", Tab: COMPARE_TABS.details },
  { id: "parameters", label: "Parameters", Tab: COMPARE_TABS.parameters },
  { id: "scalars", label: "Scalars", Tab: COMPARE_TABS.scalars },
  { id: "plots", label: "Plots", Tab: COMPARE_TABS.plots },
  { id: "samples", label: "Debug samples", Tab: COMPARE_TABS.samples },
  { id: "console", label: "Console", Tab: COMPARE_TABS.console },
] as const;

export function ComparePage({ tab: current }: { tab: string }) {
  const [named, setNamed] = useParam(TASKS);
  const [chosen, setBase] = useParam(BASE);
  const [at] = useAt();
  const ids = useMemo(() => named.slice(0, MOST_COMPARED), [named]);
  const { tasks, error, reload } = useCompared(ids);
  const there = useMemo(() => tasks?.filter(({ row }) => row) ?? [], [tasks]);
  const base = there.some(({ id }) => id === chosen) ? chosen : (there[0]?.id ?? "");
  useTitle(ids.length > 0 ? `Compare ${formatCounted(ids.length, "task")}` : "Compare");
  const [rank] = useParam(RANK);
  const tabs = useMemo(
    () => TABS.map(({ id, label }) => ({ id, label, to: tabAddress(named, id, { base: chosen, at, rank }) })),
    [named, chosen, at, rank],
  );
  useKeys(
    "Compare",
    tabs.map(({ label, to }, i) => ({ keys: [String(i + 1)], does: label, run: () => navigate(to) })),
  );
  const found = TABS.find(({ id }) => id === (current === "details" ? "" : current));
  if (!found) return <NoTab />;
  return (
    <div className="page page-fixed compare">
      <header className="compare-head">
        <h1>
          Compare <span className="dim">{ids.length > 0 && formatCount(ids.length)}</span>
        </h1>
        {tasks && <Chips tasks={tasks} base={base} onOrder={(next) => setNamed(next)} onBase={setBase} />}
        <AddTask present={named} onAdd={(id) => setNamed([...named, id])} />
      </header>
      {named.length > MOST_COMPARED && (
        <p className="compare-note warn" role="status">
          The first {formatCount(MOST_COMPARED)} of {formatCount(named.length)} tasks are compared; more cannot be told apart.
        </p>
      )}
      {error && <Problem error={error} onRetry={reload} />}
      <nav className="tabs" aria-label="parts of the comparison">
        {tabs.map(({ id, label, to }, i) => (
          <Link key={id} to={to} aria-current={id === found.id ? "page" : undefined} title={`${label} (${i + 1})`}>
            {label}
          </Link>
        ))}
      </nav>
      <div className="tab compare-tab">
        <Content ids={ids} tasks={tasks} there={there} base={base} Tab={found.Tab} failed={error !== undefined} />
      </div>
    </div>
  );
}

interface ContentProps {
  ids: readonly string[];
  tasks: readonly Compared[] | undefined;
  there: readonly Compared[];
  base: string;
  Tab: ComponentType<TabProps>;
  failed: boolean;
}

function Content({ ids, tasks, there, base, Tab, failed }: ContentProps) {
  if (ids.length === 0) return <NothingChosen />;
  if (!tasks) return failed ? null : <Skeleton rows={10} />;
  if (there.length === 0)
    return (
      <Empty whole title={ids.length === 1 ? "There is no such task" : "There are no such tasks"}>
        <p>They may have been deleted, or this server has another home.</p>
        <p>Add others with the search above.</p>
      </Empty>
    );
  return <Tab tasks={there} base={base} />;
}

function NothingChosen() {
  return (
    <Empty whole title="No tasks to compare yet">
      <p>Find them with the search above, or mark them in the list of tasks and choose “Compare”.</p>
      <p>
        <Link className="link" to="/tasks">
          All tasks
        </Link>
      </p>
    </Empty>
  );
}

function NoTab() {
  const [named] = useParam(TASKS);
  return (
    <Empty whole title="There is no such part of a comparison">
      <p>
        <Link className="link" to={tabAddress(named, "", { base: "", at: null, rank: null })}>
          Details
        </Link>
      </p>
    </Empty>
  );
}
