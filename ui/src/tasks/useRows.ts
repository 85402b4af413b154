import { useEffect, useMemo, useSyncExternalStore } from "react";

import { postJson } from "../api/client";
import { subscribe } from "../api/events";
import type { GroupPage, TaskPage } from "../api/types";
import { throttle } from "../state/throttle";
import { edited } from "./actions";
import type { Placed } from "./layout";
import { FlatRows, GroupedRows, type AskGroups, type AskTasks, type Rows } from "./rows";
import { groupQuery, taskQuery, type TaskView } from "./view";

const REFRESH_MS = 1000;
/** A task that goes silent pushes nothing: what is in view is asked for again now and then, too. */
const SILENCE_MS = 30_000;

const askTasks: AskTasks = (query, signal) => postJson<TaskPage>("/tasks/query", query, { signal });
const askGroups: AskGroups = (query, signal) => postJson<GroupPage>("/tasks/groups", query, { signal });

/** The rows of a view, for as long as it asks the same; renders with each change of them, follows the server. */
export function useRows(view: TaskView, columns: readonly Placed[] | undefined): Rows | null {
  const query = columns && taskQuery(view, columns);
  const key = query ? JSON.stringify([query, view.by]) : null;
  const rows = useMemo<Rows | null>(() => {
    if (!query || !columns) return null;
    if (view.by.length === 0) return new FlatRows(query, askTasks);
    return new GroupedRows(query, groupQuery(view, columns), askTasks, askGroups);
    // The key says all that the question is made of.
  }, [key]);
  useSyncExternalStore(rows?.subscribe ?? nothing, rows?.version ?? zero);
  useEffect(() => {
    if (!rows) return;
    rows.open();
    const refresh = throttle(() => rows.invalidate(), REFRESH_MS);
    const stops = [subscribe(null, { onChange: refresh, onResync: refresh }), edited.subscribe(refresh)];
    const timer = setInterval(refresh, SILENCE_MS);
    return () => {
      for (const stop of stops) stop();
      clearInterval(timer);
      refresh.cancel();
      rows.close();
    };
  }, [rows]);
  return rows;
}


const nothing = () => () => undefined;
const zero = () => 0;
