import type { TaskDetail } from "../api/types";
import { address } from "../state/address";
import { formatCount } from "../state/format";
import { reasonName, statusColour } from "../state/status";
import { Copy } from "../widgets/Copy";
import { Link } from "../widgets/Link";
import { Status } from "../widgets/Status";
import { Ago, Elapsed } from "../widgets/Time";
import { endOf, Tags } from "./taskColumns";

/** Who the task is and how it goes; of one height whether or not the task is known yet. */
export function TaskHeader({ task: detail }: { task: TaskDetail | undefined }) {
  if (!detail) return <header className="task-head" aria-busy="true" />;
  const { task } = detail;
  const lost = detail.notes.filter((note) => note.lost).length;
  return (
    <header className="task-head">
      <div className="task-line">
        <Status status={task.status} reason={reasonName(task.status_reason)} unresponsive={task.unresponsive} />
        {task.status_reason && (
          <span className="clip reason" style={{ color: `var(${statusColour(task.status)})` }} title={task.status_reason}>
            {reasonName(task.status_reason)}
          </span>
        )}
        <h1 className="clip" title={task.name}>
          {task.name || <i className="dim">no name</i>}
        </h1>
        <Tags tags={task.tags} />
      </div>
      <div className="task-line task-facts dim">
        <Link className="clip link-quiet" to={address.tasks(task.project)} title={task.project}>
          {task.project}
        </Link>
        <Copy text={task.id} shown={task.id.slice(0, 8)} label="Task id" />
        <span title="Time from start to end, or to now">
          <Elapsed startUs={task.started_us} endUs={endOf(task)} />
        </span>
        {task.iteration !== null && <span>iteration {formatCount(task.iteration)}</span>}
        <Liveness detail={detail} />
        {lost > 0 && (
          <Link className="badge badge-bad" to={address.task(task.id, "overview")} title="What the record lacks is on the overview">
            data lost
          </Link>
        )}
      </div>
    </header>
  );
}

function Liveness({ detail: { task } }: { detail: TaskDetail }) {
  if (task.status !== "in_progress")
    return (
      <span>
        last update <Ago timeUs={task.updated_us} />
      </span>
    );
  if (task.unresponsive)
    return (
      <span className="warn">
        no word since <Ago timeUs={task.updated_us} />
      </span>
    );
  return (
    <span className="live">
      live · <Ago timeUs={task.updated_us} />
    </span>
  );
}
