// The series of many tasks: one question for all of them, and another for those that an answer had no room for.

import { ApiError, postJson } from "../api/client";
import type { SeriesList, SeriesOfTasks, SeriesSummary } from "../api/types";

/** The most series of one answer. */
export const PAGE = 5000;
const MOST_TASKS = 1000;

type Lists = ReadonlyMap<string, SeriesList>;

interface Asked {
  search?: string;
  offset?: number;
}

/** Hand out so many pages of each task, as they are all there; fails at the end where a task is not there. */
export async function readLists(ids: readonly string[], pages: number, signal: AbortSignal, take: (lists: Lists) => void): Promise<void> {
  const read = new Map<string, readonly SeriesSummary[]>();
  let problem: ApiError | undefined;
  let left = ids;
  for (let number = 1; left.length > 0; number++) {
    const more: string[] = [];
    const found = await readPage(left, { offset: (number - 1) * PAGE }, signal, (lists) => {
      const done = new Map<string, SeriesList>();
      for (const [id, list] of lists) {
        const series = [...(read.get(id) ?? []), ...list.series];
        read.set(id, series);
        if (number < pages && list.series.length === PAGE) more.push(id);
        else done.set(id, { ...list, offset: 0, series });
      }
      if (done.size > 0) take(done);
    });
    problem ??= found;
    left = more;
  }
  if (problem) throw problem;
}

/** What has a text in its name, of each task the first page. */
export async function searchLists(ids: readonly string[], search: string, signal: AbortSignal): Promise<Lists> {
  const found = new Map<string, SeriesList>();
  const problem = await readPage(ids, { search }, signal, (lists) => lists.forEach((list, id) => found.set(id, list)));
  if (problem) throw problem;
  return found;
}

/** Hand out each answer; returns what is wrong with the first task that is not there. */
async function readPage(ids: readonly string[], asked: Asked, signal: AbortSignal, take: (lists: Lists) => void): Promise<ApiError | undefined> {
  let problem: ApiError | undefined;
  for (let left = ids; left.length > 0; ) {
    const body = { ...asked, tasks: left.slice(0, MOST_TASKS), limit: PAGE };
    const { tasks } = await postJson<SeriesOfTasks>("/series/list", body, { signal });
    const there = tasks.filter(({ code }) => code === "");
    const missing = tasks.find(({ code }) => code !== "");
    if (missing) problem ??= new ApiError(404, missing.code, missing.message, { task: missing.task });
    take(new Map(there.map(({ task, series, total, offset }) => [task, { series, total, offset }])));
    left = left.slice(tasks.length);
  }
  return problem;
}
