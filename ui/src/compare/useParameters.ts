// The parameters of the compared tasks: a few questions for all of them, and again when one of them changed.

import { useEffect, useMemo, useRef } from "react";

import { postJson } from "../api/client";
import { subscribe } from "../api/events";
import type { ColumnList, ColumnQuery, TaskPage } from "../api/types";
import { useResource } from "../state/resource";
import { throttle } from "../state/throttle";
import { namedTasks } from "./useMetrics";

/** What the server names in one answer, and takes in one question. */
const MOST_NAMES = 1000;
const MOST_COLUMNS = 100;
const REFRESH_MS = 2000;

export type ParametersOf = ReadonlyMap<string, string>;

/** By full name, of each task in the order of the ids; undefined until they are read. */
export function useParameters(ids: readonly string[]): readonly (ParametersOf | undefined)[] {
  const known = useRef<ReadonlyMap<string, ParametersOf>>(new Map());
  const { data, reload } = useResource(ids.join(","), (signal) => read(ids, signal));
  useEffect(() => {
    const mine = new Set(ids);
    const refresh = throttle(reload, REFRESH_MS);
    const stop = subscribe(null, { onChange: (changes) => changes.some(({ id, detail }) => detail && mine.has(id)) && refresh(), onResync: refresh });
    return () => {
      stop();
      refresh.cancel();
    };
  }, [ids, reload]);
  // Of those that were there before one task more was asked for, what was read stays.
  if (data) known.current = data;
  const by = known.current;
  return useMemo(() => ids.map((id) => by.get(id)), [ids, by]);
}

async function read(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ParametersOf>> {
  const found = new Map(ids.map((id) => [id, new Map<string, string>()]));
  const names = ids.length > 0 ? await namesOf(ids, signal) : [];
  for (let begin = 0; begin < names.length; begin += MOST_COLUMNS) {
    const asked = names.slice(begin, begin + MOST_COLUMNS);
    const { tasks } = await postJson<TaskPage>("/tasks/query", { ...namedTasks(ids), parameters: asked }, { signal });
    for (const { id, parameters } of tasks)
      asked.forEach((name, i) => {
        const value = parameters[i];
        if (value !== null && value !== undefined) found.get(id)?.set(name, value);
      });
  }
  return found;
}

async function namesOf(ids: readonly string[], signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const query: ColumnQuery = { kind: "parameter", tasks: namedTasks(ids), offset: names.length, limit: MOST_NAMES };
    const { columns, total } = await postJson<ColumnList>("/tasks/columns", query, { signal });
    names.push(...columns.map(({ name }) => name));
    if (columns.length === 0 || names.length >= total) return names;
  }
}
