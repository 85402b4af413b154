// The System tab of a task: what the recorder read of the machine, over time.

import type { TaskDetail } from "../api/types";
import { Empty } from "../widgets/Feedback";
import { Charts } from "./Charts";
import { layOutMonitor } from "./monitor";
import { viewParams } from "./view";

const PARAMS = viewParams("relative");

export function SystemTab({ task }: { task: TaskDetail }) {
  return <Charts task={task} params={PARAMS} layOut={layOutMonitor} empty={<NoReadings />} />;
}

function NoReadings() {
  return (
    <Empty title="No machine readings yet">
      <p>The recorder samples CPU, memory, disk, network and GPUs while the task runs.</p>
    </Empty>
  );
}
