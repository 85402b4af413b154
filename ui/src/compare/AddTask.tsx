import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { isAbort, postJson } from "../api/client";
import type { TaskPage, TaskRow } from "../api/types";
import { useKeys } from "../state/keys";
import { Status } from "../widgets/Status";
import { Ago } from "../widgets/Time";

const REST_MS = 200;
const OFFERED = 12;

/** Find a task by name, project, tag or id, and add it; without words the latest are offered. */
export function AddTask({ present, onAdd }: { present: readonly string[]; onAdd(id: string): void }) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const found = useFound(open ? text : null, present.length);
  const offered = found?.filter(({ id }) => !present.includes(id)).slice(0, OFFERED) ?? [];
  const place = Math.min(at, offered.length - 1);
  useKeys("Compare", [{ keys: ["a"], does: "add a task", run: () => input.current?.focus() }]);
  const add = (row: TaskRow | undefined) => {
    if (!row) return;
    onAdd(row.id);
    setText("");
    setAt(0);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(offered.length - 1, place + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, place - 1));
    else if (event.key === "Enter") add(offered[place]);
    else if (event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <div className="compare-add">
      <input
        ref={input}
        className="search"
        type="search"
        role="combobox"
        value={text}
        placeholder="Add a task"
        aria-label="add a task"
        aria-expanded={open && offered.length > 0}
        aria-controls="compare-offered"
        aria-autocomplete="list"
        aria-activedescendant={open && offered[place] ? `offered-${offered[place].id}` : undefined}
        autoComplete="off"
        spellCheck={false}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={keys}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
      />
      {open && found && (
        <div className="compare-offered">
          <ul id="compare-offered" role="listbox" aria-label="tasks found">
            {offered.map((row, i) => (
              <li
                key={row.id}
                id={`offered-${row.id}`}
                role="option"
                aria-selected={i === place}
                // Before the box loses the focus, and the list goes.
                onMouseDown={(event) => {
                  event.preventDefault();
                  add(row);
                }}
              >
                <Status status={row.status} compact />
                <span className="clip" title={row.name}>
                  {row.name || "no name"}
                </span>
                <span className="dim clip">{row.project}</span>
                <span className="dim">
                  <Ago timeUs={row.started_us} />
                </span>
              </li>
            ))}
          </ul>
          {offered.length === 0 && <p className="dim menu-note">{text ? "No other task is found." : "There is no other task."}</p>}
        </div>
      )}
    </div>
  );
}

/** The tasks that fit; undefined until the first answer, and asked for nothing while the text is null. */
function useFound(text: string | null, present: number): readonly TaskRow[] | undefined {
  const [found, setFound] = useState<readonly TaskRow[]>();
  useEffect(() => {
    if (text === null) return;
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        const query = { search: text.trim(), limit: OFFERED + present };
        postJson<TaskPage>("/tasks/query", query, { signal: abort.signal }).then(
          ({ tasks }) => setFound(tasks),
          (error: unknown) => {
            if (!isAbort(error)) setFound([]);
          },
        );
      },
      text ? REST_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, present]);
  return found;
}
