import { useState } from "react";

import { formatCount, formatCounted } from "../state/format";
import { Dialog } from "../widgets/Dialog";
import { deleteTasks } from "./actions";
import { countOf, selectOf, type Selection } from "./selection";

const MOST_NAMED = 6;

interface Props {
  of: Selection;
  onClose(): void;
  onDone?(): void;
}

/** Says what will be gone, and asks. */
export function DeleteDialog({ of, onClose, onDone }: Props) {
  const count = countOf(of);
  const named = [...of.picked.values()];
  const running = named.filter(({ status }) => status === "in_progress").length;
  const unknown = of.all !== null;
  const [force, setForce] = useState(false);
  const act = async () => {
    if (await deleteTasks(selectOf(of), force)) onDone?.();
  };
  return (
    <Dialog
      title={`Delete ${formatCounted(count, "task")}?`}
      action={`Delete ${formatCounted(count, "task")}`}
      dangerous
      disabled={running === count && running > 0 && !force}
      onDo={() => void act()}
      onClose={onClose}
    >
      <p>
        With everything they recorded: scalars, console, plots, debug samples, parameters, models and other artifacts, wherever
        these were uploaded. For an hour it can be undone; then the files are removed for good.
      </p>
      {named.length > 0 && (
        <ul className="dialog-list">
          {named.slice(0, MOST_NAMED).map(({ id, name }) => (
            <li key={id} className="clip">
              {name || id}
            </li>
          ))}
          {named.length > MOST_NAMED && <li className="dim">and {formatCount(named.length - MOST_NAMED)} more</li>}
        </ul>
      )}
      {(running > 0 || unknown) && (
        <label className="dialog-check">
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
          {unknown
            ? "Also those still in progress, which are left alone else"
            : `Also ${running === 1 ? "the one that is" : `the ${running} that are`} still in progress; what they report from then on is lost`}
        </label>
      )}
    </Dialog>
  );
}
