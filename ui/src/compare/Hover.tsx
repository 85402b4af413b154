import { createPortal } from "react-dom";

import { shownText } from "../tables/table";
import { TaskSwatch } from "./Chips";
import type { TaskAxis } from "./axes";
import type { Compared } from "./compared";

export interface Hovered {
  task: number;
  x: number;
  y: number;
}

const SHOWN = 16;

/** What is under the mouse: the task and its values. */
export function Hover({ at, task, axes }: { at: Hovered; task: Compared; axes: readonly TaskAxis[] }) {
  const left = at.x > window.innerWidth / 2;
  const style = { top: Math.min(at.y + 12, window.innerHeight - 220), ...(left ? { right: window.innerWidth - at.x + 12 } : { left: at.x + 12 }) };
  return createPortal(
    <div className="compare-hover" style={style} role="tooltip">
      <p>
        <TaskSwatch id={task.id} /> <b className="clip">{task.name}</b>
      </p>
      <dl>
        {axes.slice(0, SHOWN).map(({ key, label, values }) => (
          <div key={key}>
            <dt className="clip dim">{label}</dt>
            <dd className="clip">{shownText(values[at.task]) || "–"}</dd>
          </div>
        ))}
      </dl>
    </div>,
    document.body,
  );
}
