// What can be done with the selected tasks.

import { useState } from "react";

import type { TaskEdit } from "../api/types";
import { address, MOST_COMPARED, navigate } from "../state/address";
import { formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { useStore } from "../state/store";
import { Menu } from "../widgets/Menu";
import { editTasks } from "./actions";
import { DeleteDialog } from "./DeleteDialog";
import { MoveForm } from "./MoveForm";
import { clearSelection, countOf, selectAll, selection, selectOf } from "./selection";
import { TagEditor } from "./TagEditor";
import { taskQuery, type TaskView } from "./view";

interface Props {
  view: TaskView;
  /** How many tasks fit the view, where that is known. */
  total: number | undefined;
}

export function ActionBar({ view, total }: Props) {
  const chosen = useStore(selection);
  const count = countOf(chosen);
  const [deleting, setDeleting] = useState(false);
  const edit = (change: Omit<TaskEdit, "select">, done: string) => void editTasks(selectOf(chosen), change, done);
  const compare = () => navigate(address.compare([...chosen.picked.keys()]));
  const canCompare = chosen.all === null && count > 0 && count <= MOST_COMPARED;
  useKeys(
    "Tasks",
    count === 0
      ? []
      : [
          { keys: ["c"], does: "compare what is selected", run: () => canCompare && compare() },
          { keys: ["Delete"], does: "delete what is selected", run: () => setDeleting(true) },
          { keys: ["Escape"], does: "select nothing", run: clearSelection },
        ],
  );
  if (count === 0) return null;
  return (
    <div className="action-bar" role="toolbar" aria-label="selected tasks">
      <strong>{formatCounted(count, "task")} selected</strong>
      {chosen.all === null && total !== undefined && view.by.length === 0 && total > count && (
        <button className="link" onClick={() => void selectAll(taskQuery(view, []), total)}>
          all {total} that match
        </button>
      )}
      <button className="button button-main" disabled={!canCompare} onClick={compare} title={canCompare ? "Compare what is selected (c)" : `At most ${MOST_COMPARED} tasks are compared`}>
        Compare
      </button>
      <Menu label="Tag" title="Add or remove tags">
        {() => (
          <Tagging
            onAdd={(tag) => edit({ tags_added: [tag] }, `Tagged “${tag}”:`)}
            onRemove={(tag) => edit({ tags_removed: [tag] }, `Took the tag “${tag}” off`)}
          />
        )}
      </Menu>
      <Menu label="Move" title="Move to another project">
        {(close) => (
          <MoveForm project={view.project} onMove={(project) => (close(), edit({ project }, `Moved to ${project}:`))} />
        )}
      </Menu>
      {view.archived !== "only" && (
        <button className="button" onClick={() => edit({ archived: true }, "Archived")}>
          Archive
        </button>
      )}
      {view.archived !== "no" && (
        <button className="button" onClick={() => edit({ archived: false }, "Restored")}>
          Restore
        </button>
      )}
      <button className="button" onClick={() => edit({ published: true }, "Published")} title="Mark as published; only what has ended">
        Publish
      </button>
      <button className="button button-danger" onClick={() => setDeleting(true)}>
        Delete…
      </button>
      <span className="grow" />
      <button className="plain" onClick={clearSelection} aria-label="select nothing" title="Select nothing (Esc)">
        ×
      </button>
      {deleting && <DeleteDialog of={chosen} onClose={() => setDeleting(false)} onDone={clearSelection} />}
    </div>
  );
}

function Tagging({ onAdd, onRemove }: { onAdd(tag: string): void; onRemove(tag: string): void }) {
  const [off, setOff] = useState(false);
  return (
    <>
      <div className="menu-row" role="group" aria-label="add or remove">
        <button className="chip" aria-pressed={!off} onClick={() => setOff(false)}>
          Add
        </button>
        <button className="chip" aria-pressed={off} onClick={() => setOff(true)}>
          Remove
        </button>
      </div>
      <TagEditor key={String(off)} removing={off} present={[]} onAdd={off ? onRemove : onAdd} onRemove={onRemove} />
    </>
  );
}
