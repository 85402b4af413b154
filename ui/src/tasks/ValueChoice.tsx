import { useState } from "react";

import { postJson } from "../api/client";
import type { GroupPage } from "../api/types";
import { formatCount } from "../state/format";
import { useResource } from "../state/resource";
import { statusName } from "../state/status";
import { Problem, Skeleton } from "../widgets/Feedback";
import { columnId, type ColumnKey } from "./column";
import { sameColumn, type ColumnFilter } from "./columnFilter";
import { groupKey, whichTasks, type TaskView } from "./view";

const MOST_VALUES = 1000;
const MOST_SHOWN = 200;

interface Props {
  column: ColumnKey;
  view: TaskView;
  now: readonly (string | null)[];
  onPut(filter: ColumnFilter): void;
}

/** The values that the tasks have in a column, with how many have each; of those tasks that all else lets through. */
export function ValueChoice({ column, view, now, onPut }: Props) {
  const [search, setSearch] = useState("");
  const others = view.only.filter((filter) => !sameColumn(filter.column, column));
  const key = groupKey(columnId(column));
  const tasks = whichTasks({ ...view, only: others });
  const { data, error } = useResource(JSON.stringify([key, tasks]), (signal) =>
    postJson<GroupPage>("/tasks/groups", { by: [key], tasks, limit: MOST_VALUES }, { signal }),
  );
  const counts = new Map(data?.groups.map((group) => [group.values[0] ?? null, group.tasks]));
  for (const value of now) if (!counts.has(value)) counts.set(value, 0);
  const wanted = search.toLowerCase();
  const found = [...counts].filter(([value]) => (value ?? "none").toLowerCase().includes(wanted));
  const toggle = (value: string | null) =>
    onPut({ column, kind: "set", values: now.includes(value) ? now.filter((other) => other !== value) : [...now, value] });
  return (
    <>
      {(data?.total ?? 0) > 8 && (
        <div className="menu-row">
          <input
            className="search"
            type="search"
            autoFocus
            placeholder="Find a value"
            aria-label="find a value"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      )}
      {error && <Problem error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      <ul className="menu-list menu-values">
        {found.slice(0, MOST_SHOWN).map(([value, count]) => (
          <li key={JSON.stringify(value)}>
            <label>
              <input type="checkbox" checked={now.includes(value)} onChange={() => toggle(value)} />
              <span className="clip" title={value ?? undefined}>
                {value === null ? <i className="dim">none</i> : columnId(column) === "status" ? statusName(value) : value}
              </span>
              <small className="dim num">{formatCount(count)}</small>
            </label>
          </li>
        ))}
      </ul>
      {found.length > MOST_SHOWN && <p className="dim menu-note">{found.length - MOST_SHOWN} more: find them by typing.</p>}
      {data && data.total > MOST_VALUES && <p className="dim menu-note">The {MOST_VALUES} most frequent of {formatCount(data.total)}.</p>}
      {data && found.length === 0 && <p className="dim menu-note">{search ? "No such value." : "No task has a value here."}</p>}
    </>
  );
}
