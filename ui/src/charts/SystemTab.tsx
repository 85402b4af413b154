// The System tab of a task: what the recorder read of the machine, over time.

import { useMemo } from "react";

import type { TaskDetail } from "../api/types";
import { Empty } from "../widgets/Feedback";
import { Charts } from "./Charts";
import { layoutName } from "./layout";
import { layOutMonitor } from "./monitor";
import type { Filter } from "./sections";
import type { Listed } from "./useSeriesOf";
import { viewParams, type ChartView } from "./view";

const PARAMS = viewParams("relative");

function readings(listed: readonly Listed[], filter: Filter, { rank, ranks, attempt }: ChartView) {
  return listed.flatMap(({ task, series }) => layOutMonitor(series, filter, { task: task.id, rank, ranks, attempt }));
}

export function SystemTab({ task }: { task: TaskDetail }) {
  const { id, name, project, started_us } = task.task;
  const tasks = useMemo(() => [{ id, name, startUs: started_us ?? 0 }], [id, name, started_us]);
  return <Charts tasks={tasks} params={PARAMS} layOut={readings} empty={<NoReadings />} counted="readings" remember={layoutName("system", project)} />;
}

function NoReadings() {
  return (
    <Empty title="No machine readings yet">
      <p>The recorder samples CPU, memory, disk, network and GPUs while the task runs.</p>
    </Empty>
  );
}
