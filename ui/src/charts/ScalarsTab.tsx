// The Scalars tab of a task: what the training reported. The machine's own readings are on the System tab.

import { useMemo } from "react";

import { MONITOR_PREFIX, type TaskDetail } from "../api/types";
import { Empty } from "../widgets/Feedback";
import { Charts } from "./Charts";
import { layoutName } from "./layout";
import { layOut, type Filter } from "./sections";
import type { Listed } from "./useSeriesOf";
import { viewParams, type ChartView } from "./view";

const PARAMS = viewParams("iteration");

function reported(listed: readonly Listed[], filter: Filter, { rank, ranks, attempt }: ChartView) {
  return listed.flatMap(({ task, series }) =>
    layOut(
      series.filter(({ title }) => !title.startsWith(MONITOR_PREFIX)),
      filter,
      { task: task.id, rank, ranks, attempt },
    ),
  );
}

export function ScalarsTab({ task }: { task: TaskDetail }) {
  const { id, name, project, started_us } = task.task;
  const tasks = useMemo(() => [{ id, name, startUs: started_us ?? 0 }], [id, name, started_us]);
  return (
    <Charts tasks={tasks} params={PARAMS} layOut={reported} empty={<NoScalars />} remember={layoutName("scalars", project)} />
  );
}

function NoScalars() {
  return (
    <Empty title="No scalars yet">
      <p>They appear here as soon as the task reports one:</p>
      <pre className="snippet mono">task.get_logger().report_scalar("loss", "train", value=0.3, iteration=1)</pre>
    </Empty>
  );
}
