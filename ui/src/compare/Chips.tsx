import { useRef, useState, type DragEvent, type KeyboardEvent } from "react";

import { address } from "../state/address";
import { slotVariable } from "../state/colours";
import { formatCounted } from "../state/format";
import { Link } from "../widgets/Link";
import { Status } from "../widgets/Status";
import { moved, taskLooks, type Compared } from "./compared";

interface Props {
  tasks: readonly Compared[];
  base: string;
  onOrder(ids: string[]): void;
  onBase(id: string): void;
}

/** The tasks in their order: drag a chip, or open its menu, to move it, take it out, or make it the base. */
export function Chips({ tasks, base, onOrder, onBase }: Props) {
  const [over, setOver] = useState<number | null>(null);
  const held = useRef<number | null>(null);
  const ids = tasks.map(({ id }) => id);
  const move = (from: number, to: number) => onOrder(moved(ids, from, to));
  const drop = (to: number) => {
    if (held.current !== null && held.current !== to) move(held.current, to);
    held.current = null;
    setOver(null);
  };
  return (
    <ul className="compare-chips" aria-label={formatCounted(tasks.length, "task")} tabIndex={tasks.length > 12 ? 0 : undefined}>
      {tasks.map((task, i) => (
        <li
          key={task.id}
          className={over === i ? "compare-chip compare-chip-over" : "compare-chip"}
          data-task={task.id}
          draggable
          onDragStart={(event) => start(event, task.id, () => (held.current = i))}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(i);
          }}
          onDragLeave={() => setOver(null)}
          onDrop={() => drop(i)}
          onDragEnd={() => setOver(null)}
        >
          <Chip
            task={task}
            isBase={task.id === base}
            onBase={() => onBase(task.id)}
            onMove={(by) => move(i, by === "first" ? 0 : i + by)}
            onRemove={() => onOrder(ids.filter((id) => id !== task.id))}
          />
        </li>
      ))}
    </ul>
  );
}

function start(event: DragEvent, id: string, hold: () => void): void {
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", id);
  hold();
}

interface ChipProps {
  task: Compared;
  isBase: boolean;
  onBase(): void;
  onMove(by: number | "first"): void;
  onRemove(): void;
}

function Chip({ task: { id, row, name }, isBase, onBase, onMove, onRemove }: ChipProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const then = (act: () => void) => () => {
    if (menu.current) menu.current.open = false;
    act();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !menu.current?.open) return;
    menu.current.open = false;
    menu.current.querySelector("summary")?.focus();
    event.stopPropagation();
  };
  return (
    <>
      <TaskSwatch id={id} />
      {row ? (
        <Link className="clip" to={address.task(id)} title={`${row.name}\n${row.project}\n${id}`}>
          {name}
        </Link>
      ) : (
        <span className="clip compare-gone" title={`${id}\nDeleted, or never on this server`}>
          {name} {row === null && <span className="bad-text">no such task</span>}
        </span>
      )}
      {row && <Status status={row.status} reason={row.status_reason} unresponsive={row.unresponsive} compact />}
      {isBase && (
        <span className="compare-base" title="The others are held against this task">
          base
        </span>
      )}
      <details ref={menu} className="menu compare-menu" onKeyDown={keys} onBlur={(event) => leave(event.currentTarget, event.relatedTarget)}>
        <summary aria-label={`more on ${name}`}>⋯</summary>
        <div className="menu-body compare-actions">
          <button disabled={isBase || !row} onClick={then(onBase)}>
            Set as base
          </button>
          <button onClick={then(() => onMove(-1))}>Move left</button>
          <button onClick={then(() => onMove(1))}>Move right</button>
          <button onClick={then(() => onMove("first"))}>Move first</button>
          <button onClick={then(onRemove)}>Remove</button>
        </div>
      </details>
      <button className="compare-x" onClick={onRemove} aria-label={`remove ${name}`} title="Take out of the comparison">
        ×
      </button>
    </>
  );
}

function leave(menu: HTMLDetailsElement, to: EventTarget | null): void {
  if (!(to instanceof Node) || !menu.contains(to)) menu.open = false;
}

/** The colour that a task has everywhere. */
export function TaskSwatch({ id }: { id: string }) {
  return <i className="compare-swatch" style={{ background: `var(${slotVariable(taskLooks.of(id).slot)})` }} aria-hidden />;
}
