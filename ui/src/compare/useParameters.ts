// The parameters of the compared tasks: a few questions for all of them, and again when one of them changed.

import { useMemo, useRef } from "react";

import { postJson } from "../api/client";
import type { ColumnList, ColumnQuery, TaskPage } from "../api/types";
import { useResource } from "../state/resource";
import { namedTasks } from "./useMetrics";
import { useRefresh } from "./useRefresh";

/** What the server names in one answer, and takes in one question. */
const MOST_NAMES = 1000;
const MOST_COLUMNS = 100;

export type ParametersOf = ReadonlyMap<string, string>;

export interface KnownParameters {
  /** By full name, of each task in the order of the ids; undefined until they are read. */
  of: readonly (ParametersOf | undefined)[];
  error: Error | undefined;
  reload(): void;
}

export function useParameters(ids: readonly string[]): KnownParameters {
  const known = useRef<ReadonlyMap<string, ParametersOf>>(new Map());
  const { data, error, reload } = useResource(ids.join(","), (signal) => read(ids, signal));
  useRefresh(ids, ({ detail }) => detail, reload);
  // Of those that were there before one task more was asked for, what was read stays.
  if (data) known.current = data;
  const by = known.current;
  const of = useMemo(() => ids.map((id) => by.get(id)), [ids, by]);
  return { of, error, reload };
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
