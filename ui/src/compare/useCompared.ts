// Who is compared: the rows of the tasks, asked for at once and again when the server says that one of them changed.

import { useEffect, useMemo, useRef } from "react";

import { postJson } from "../api/client";
import type { TaskPage, TaskRow } from "../api/types";
import { useResource } from "../state/resource";
import { distinctNames, taskLooks, type Compared } from "./compared";
import { useRefresh } from "./useRefresh";

/** What an id may look like; anything else is no task, and no term of a filter. */
const ID = /^[\w-]{1,64}$/;

export interface ComparedTasks {
  /** In the order of the ids; undefined until the first answer. */
  tasks: readonly Compared[] | undefined;
  error: Error | undefined;
  reload(): void;
}

export function useCompared(ids: readonly string[]): ComparedTasks {
  const known = useRef(new Map<string, TaskRow>());
  /** What tasks were called that are gone by now. */
  const called = useRef(new Map<string, string>());
  const key = ids.join(",");
  const { data, error, reload } = useResource(key, async (signal) => {
    const asked = ids.filter((id) => ID.test(id));
    if (asked.length === 0) return new Map<string, TaskRow>();
    const query = { filter: `id:${asked.map((id) => `"${id}"`).join(",")}`, limit: asked.length };
    const page = await postJson<TaskPage>("/tasks/query", query, { signal });
    return new Map(page.tasks.map((row) => [row.id, row]));
  });
  useRefresh(ids, () => true, reload);
  const rows = data ?? (ids.some((id) => known.current.has(id)) ? known.current : undefined);
  useEffect(() => {
    // What one task more or less asks for anew is shown meanwhile as it was.
    if (!data) return;
    for (const [id, row] of data) {
      known.current.set(id, row);
      called.current.set(id, row.name);
    }
    for (const id of known.current.keys()) if (ids.includes(id) && !data.has(id)) known.current.delete(id);
  }, [data, ids]);
  const tasks = useMemo(() => {
    if (!rows) return undefined;
    taskLooks.learn([ids]);
    const names = distinctNames(ids.map((id) => ({ id, name: rows.get(id)?.name ?? called.current.get(id) ?? id })));
    return ids.map((id, i) => ({ id, row: rows.get(id) ?? (data ? null : undefined), name: names[i]! }));
  }, [rows, data, ids]);
  return { tasks, error, reload };
}
