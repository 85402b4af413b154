// The Scalars tab of a task: what the training reported. The machine's own readings are on the System tab.

import { MONITOR_PREFIX, type SeriesSummary, type TaskDetail } from "../api/types";
import { Empty } from "../widgets/Feedback";
import { Charts } from "./Charts";
import { layOut, type Filter, type Whose } from "./sections";
import { viewParams } from "./view";

const PARAMS = viewParams("iteration");

function reported(series: readonly SeriesSummary[], filter: Filter, whose: Whose) {
  return layOut(
    series.filter(({ title }) => !title.startsWith(MONITOR_PREFIX)),
    filter,
    whose,
  );
}

export function ScalarsTab({ task }: { task: TaskDetail }) {
  return <Charts task={task} params={PARAMS} layOut={reported} empty={<NoScalars />} />;
}

function NoScalars() {
  return (
    <Empty title="No scalars yet">
      <p>They appear here as soon as the task reports one:</p>
      <pre className="snippet mono">task.get_logger().report_scalar("loss", "train", value=0.3, iteration=1)</pre>
    </Empty>
  );
}
