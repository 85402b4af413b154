import { useState } from "react";

import type { TaskDetail, TaskEdit } from "../api/types";
import { copyEmbedCode } from "../embed/copy";
import { exportAddress, isReadOnly } from "../embed/frame";
import { address, navigate } from "../state/address";
import { formatCount, formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { reasonName, statusColour } from "../state/status";
import { editTasks } from "../tasks/actions";
import { endOf, Tags } from "../tasks/cells";
import { CommentDialog } from "../tasks/CommentDialog";
import { DeleteDialog } from "../tasks/DeleteDialog";
import { MoveForm } from "../tasks/MoveForm";
import { TagEditor } from "../tasks/TagEditor";
import { Copy } from "../widgets/Copy";
import { Link } from "../widgets/Link";
import { Menu } from "../widgets/Menu";
import { Status } from "../widgets/Status";
import { Ago, Elapsed } from "../widgets/Time";
import { AtChip } from "./AtChip";

/** Who the task is and how it goes, and what can be done to it; of one height whether or not the task is known yet. */
export function TaskHeader({ task: detail }: { task: TaskDetail | undefined }) {
  if (!detail) return <header className="task-head" aria-busy="true" />;
  const { task } = detail;
  const lost = detail.notes.filter((note) => note.lost).length;
  const edit = (change: Omit<TaskEdit, "select">, done: string) => void editTasks({ ids: [task.id] }, change, done);
  return (
    <header className="task-head">
      <div className="task-line">
        <Status status={task.status} reason={reasonName(task.status_reason)} unresponsive={task.unresponsive} />
        {task.status_reason && (
          <span className="clip reason" style={{ color: `var(${statusColour(task.status)})` }} title={task.status_reason}>
            {reasonName(task.status_reason)}
          </span>
        )}
        {isReadOnly() ? (
          <h1 className="clip" title={task.name}>
            {task.name || <i className="dim">no name</i>}
          </h1>
        ) : (
          <Name key={task.id} name={task.name} onRename={(name) => edit({ name }, "Renamed")} />
        )}
        {task.archived && <span className="badge">archived</span>}
        <Tags tags={task.tags} />
        {!isReadOnly() && (
          <Menu label={task.tags.length > 0 ? "✎" : "+ tag"} title="Edit tags" className="plain task-tags">
            {() => (
              <TagEditor
                present={task.tags}
                onAdd={(tag) => edit({ tags_added: [tag] }, `Tagged “${tag}”:`)}
                onRemove={(tag) => edit({ tags_removed: [tag] }, `Took the tag “${tag}” off`)}
              />
            )}
          </Menu>
        )}
        <span className="grow" />
        {!isReadOnly() && <Actions detail={detail} onEdit={edit} />}
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
        <AtChip task={task.id} />
        {task.attempts > 1 && <span title="How often it was started or resumed">{formatCounted(task.attempts, "attempt")}</span>}
        {detail.parent && (
          <Link className="link-quiet" to={address.task(detail.parent)} title={detail.parent}>
            of task {detail.parent.slice(0, 8)}
          </Link>
        )}
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

/** The name; a double click, the pen or `r` makes it a box. */
function Name({ name, onRename }: { name: string; onRename(name: string): void }) {
  const [draft, setDraft] = useState<string | null>(null);
  useKeys("Task", [{ keys: ["r"], does: "rename", run: () => setDraft(name) }]);
  if (draft === null)
    return (
      <>
        <h1 className="clip" title={`${name}\nDouble click to rename`} onDoubleClick={() => setDraft(name)}>
          {name || <i className="dim">no name</i>}
        </h1>
        <button className="plain pen" onClick={() => setDraft(name)} title="Rename (r)" aria-label="rename the task">
          ✎
        </button>
      </>
    );
  const finish = (keep: boolean) => {
    const next = draft.trim();
    if (keep && next && next !== name) onRename(next);
    setDraft(null);
  };
  return (
    <form
      className="rename"
      onSubmit={(event) => {
        event.preventDefault();
        finish(true);
      }}
    >
      <input
        className="search"
        autoFocus
        aria-label="name of the task"
        value={draft}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => finish(true)}
        onKeyDown={(event) => event.key === "Escape" && finish(false)}
      />
    </form>
  );
}

interface ActionsProps {
  detail: TaskDetail;
  onEdit(change: Omit<TaskEdit, "select">, done: string): void;
}

const ENDED = ["completed", "failed", "stopped", "closed"];

function Actions({ detail, onEdit }: ActionsProps) {
  const { task } = detail;
  const [open, setOpen] = useState<"comment" | "delete" | null>(null);
  const published = task.status === "published";
  const shut = () => setOpen(null);
  useKeys("Task", [{ keys: ["m"], does: "comment", run: () => setOpen("comment") }]);
  return (
    <span className="task-actions">
      <button className="button" onClick={() => setOpen("comment")} title="Comment (m)">
        {detail.comment ? "Comment" : "Add a comment"}
      </button>
      <Menu label="Move" title="Move to another project">
        {(close) => <MoveForm project={task.project} onMove={(project) => (close(), onEdit({ project }, `Moved to ${project}:`))} />}
      </Menu>
      <Menu label="⋯" title="More that can be done" className="button">
        {(close) => (
          <ul className="menu-list">
            <li>
              <button onClick={() => (close(), navigate(address.compare([task.id])))}>Compare with others…</button>
            </li>
            <li>
              <button onClick={() => (close(), onEdit({ archived: !task.archived }, task.archived ? "Restored" : "Archived"))}>
                {task.archived ? "Restore from the archive" : "Archive"}
              </button>
            </li>
            <li>
              <a href={exportAddress(task.id)} download onClick={() => close()}>
                Export as HTML
              </a>
            </li>
            <li>
              <button onClick={() => (close(), void copyEmbedCode(location.href, 600))}>Copy embed code</button>
            </li>
            {(published || ENDED.includes(task.status)) && (
              <li>
                <button onClick={() => (close(), onEdit({ published: !published }, published ? "No longer published:" : "Published"))}>
                  {published ? "Publish no longer" : "Publish"}
                </button>
              </li>
            )}
            <li>
              <button className="bad" onClick={() => (close(), setOpen("delete"))}>
                Delete…
              </button>
            </li>
          </ul>
        )}
      </Menu>
      {open === "comment" && <CommentDialog id={task.id} comment={detail.comment} onClose={shut} />}
      {open === "delete" && (
        <DeleteDialog of={{ picked: new Map([[task.id, { id: task.id, name: task.name, status: task.status }]]), all: null }} onClose={shut} />
      )}
    </span>
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
