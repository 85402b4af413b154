// Charts of the tasks: a line for each task, or a centre and a band for each group of them; or all their values in a table.

import { useCallback, useEffect, useMemo, useState } from "react";

import { Charts } from "../charts/Charts";
import { layoutName } from "../charts/layout";
import type { Filter } from "../charts/sections";
import type { Listed } from "../charts/useSeriesOf";
import { CENTERS, SPREADS, useChartView, viewParams, type ChartView } from "../charts/view";
import { param, useParam } from "../state/address";
import { formatCounted } from "../state/format";
import { Empty } from "../widgets/Feedback";
import type { TabProps } from "./ComparePage";
import { commonProject, taskLooks, type Compared } from "./compared";
import { differing, GROUPING, groupsOf, leafOf, type Groupable, type Grouping } from "./grouping";
import { layOutTasks, type PanelsBy } from "./layOut";
import { MetricTable } from "./MetricTable";
import { useMetricNames } from "./useMetrics";
import { useParameters } from "./useParameters";

const PARAMS = viewParams("iteration");
const PANELS = param.choice<PanelsBy>("panels", ["series", "title"], "series");
const CENTER_NAME = { mean: "mean", median: "median" } as const;
const SPREAD_NAME = { std: "standard deviation", stderr: "standard error", ci95: "95 % interval", minmax: "lowest to highest" } as const;

interface Props extends TabProps {
  /** Whose arrangement of charts this is; left out, that of the project that all tasks lie in. */
  project?: string;
}

export function ScalarsTab({ tasks, base, project }: Props) {
  const [panels, setPanels] = useParam(PANELS);
  const [grouping, setGrouping] = useParam(GROUPING);
  const shown = useStable(useMemo(() => tasks.map(({ id, name, row }) => ({ id, name, startUs: row?.started_us ?? 0 })), [tasks]));
  const whose = project ?? commonProject(tasks.map(({ row }) => row?.project ?? ""));
  const known = useGroupables(tasks, grouping.by !== "none");
  const groups = useMemo(() => groupsOf(known, grouping), [known, grouping]);
  const layOut = useCallback(
    (listed: readonly Listed[], filter: Filter, view: ChartView) => layOutTasks(listed, filter, view, { panels, groups }),
    [panels, groups],
  );
  const values = (listed: readonly Listed[], filter: Filter) => <MetricTable tasks={tasks} base={base} listed={listed} filter={filter} />;
  return (
    <div className="compare-part compare-charts">
      <GroupBar grouping={grouping} onGrouping={setGrouping} panels={panels} onPanels={setPanels} known={known} groups={groups?.length ?? 0} />
      <div className="compare-grow">
        <Charts tasks={shown} params={PARAMS} layOut={layOut} looks={taskLooks} values={values} empty={<NoScalars tasks={tasks} />} remember={layoutName("compare", whose)} />
      </div>
    </div>
  );
}

/** The same list as long as it says the same: new rows of the tasks must not lay out anew. */
function useStable<T>(list: T): T {
  const key = JSON.stringify(list);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => list, [key]);
}

/** The charts come first: what tasks could be grouped by is asked for so much later. */
const LATER_MS = 1500;
const NOBODY: readonly string[] = [];

/** What the tasks can be grouped by; read at once where they are. */
function useGroupables(tasks: readonly Compared[], grouped: boolean): readonly Groupable[] {
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const [later, setLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLater(true), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  const { of: found } = useParameters(grouped || later ? ids : NOBODY);
  const parameters = useStable(tasks.map((_, i) => [...(found[i] ?? [])]));
  const names = useStable(tasks.map(({ id, row, name }) => ({ id, name: row?.name ?? name, tags: row?.tags ?? [] })));
  return useMemo(() => names.map((task, i) => ({ ...task, parameters: new Map(parameters[i]) })), [names, parameters]);
}

interface GroupBarProps {
  grouping: Grouping;
  onGrouping(grouping: Grouping): void;
  panels: PanelsBy;
  onPanels(panels: PanelsBy): void;
  known: readonly Groupable[];
  groups: number;
}

function GroupBar({ grouping, onGrouping, panels, onPanels, known, groups }: GroupBarProps) {
  const [view, setView] = useChartView(PARAMS);
  const differ = useMemo(() => differing(known), [known]);
  const value = grouping.by === "parameter" ? `param:${grouping.name}` : grouping.by;
  const offered = grouping.by === "parameter" && !differ.includes(grouping.name) ? [...differ, grouping.name] : differ;
  return (
    <div className="compare-bar" role="toolbar" aria-label="grouping">
      <label className="compare-select">
        <span className="dim">group</span>
        <select value={value} aria-label="group" onChange={(event) => onGrouping(GROUPING.parse([event.target.value]))}>
          <option value="none">none: a line for each task</option>
          <option value="seed">all but the seed</option>
          <option value="tag">by tag</option>
          <option value="prefix">by name without its number</option>
          {offered.map((name) => (
            <option key={name} value={`param:${name}`}>
              by {leafOf(name)} ({name})
            </option>
          ))}
        </select>
      </label>
      {grouping.by !== "none" && (
        <>
          <label className="compare-select">
            <span className="dim">line</span>
            <select value={view.center} aria-label="line" onChange={(event) => setView({ center: event.target.value as ChartView["center"] })}>
              {CENTERS.map((one) => (
                <option key={one} value={one}>
                  {CENTER_NAME[one]}
                </option>
              ))}
            </select>
          </label>
          <label className="compare-select">
            <span className="dim">band</span>
            <select value={view.spread} aria-label="band" onChange={(event) => setView({ spread: event.target.value as ChartView["spread"] })}>
              {SPREADS.map((one) => (
                <option key={one} value={one}>
                  {SPREAD_NAME[one]}
                </option>
              ))}
            </select>
          </label>
          <span className="dim">{formatCounted(groups, "group")}</span>
        </>
      )}
      <label className="compare-select">
        <span className="dim">a chart for each</span>
        <select value={panels} aria-label="a chart for each" onChange={(event) => onPanels(event.target.value as PanelsBy)}>
          <option value="series">series</option>
          <option value="title">title</option>
        </select>
      </label>
    </div>
  );
}

function NoScalars({ tasks }: { tasks: readonly Compared[] }) {
  const [view, setView] = useChartView(PARAMS);
  const known = useMetricNames(useMemo(() => tasks.map(({ id }) => id), [tasks]));
  if (known?.metrics.some(({ single }) => single))
    return view.table ? null : (
      <Empty title="None of these tasks has reported a scalar over iterations">
        <p>
          Their single values are in the{" "}
          <button className="link" onClick={() => setView({ table: true })}>
            table
          </button>
          .
        </p>
      </Empty>
    );
  return (
    <Empty title="None of these tasks has reported a scalar">
      <p>Charts appear here as soon as one does.</p>
    </Empty>
  );
}
