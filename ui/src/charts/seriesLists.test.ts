import { afterEach, expect, test, vi } from "vitest";

import type { SeriesList, SeriesListRequest } from "../api/types";
import { PAGE, readLists, searchLists } from "./seriesLists";

const asked: SeriesListRequest[] = [];

/** A server with tasks of so many series: it answers as many tasks as have a page of series together, at least one. */
function serve(tasks: Record<string, number>): void {
  asked.length = 0;
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    const request = JSON.parse(body) as SeriesListRequest & { offset?: number; limit: number };
    asked.push(request);
    const answers = [];
    let room = PAGE;
    for (const task of request.tasks) {
      const total = tasks[task];
      if (total === undefined) {
        answers.push({ task, series: [], total: 0, offset: 0, code: "gone", message: `${task} was deleted` });
        continue;
      }
      const begin = request.offset ?? 0;
      const count = Math.max(0, Math.min(total - begin, request.limit));
      if (answers.length > 0 && count > room) break;
      room -= count;
      const series = Array.from({ length: count }, (_, i) => ({ title: "t", series: `${task} ${begin + i}` }));
      answers.push({ task, series, total, offset: begin, code: "", message: "" });
    }
    return Promise.resolve(new Response(JSON.stringify({ tasks: answers })));
  });
}

afterEach(() => vi.unstubAllGlobals());

async function read(ids: string[], pages = 1) {
  const taken: ReadonlyMap<string, SeriesList>[] = [];
  const problem = await readLists(ids, pages, new AbortController().signal, (lists) => taken.push(lists)).then(
    () => null,
    (error: Error) => error.message,
  );
  const sizes = taken.map((lists) => [...lists].map(([id, { series, total }]) => [id, series.length, total]));
  return { sizes, problem };
}

test("many tasks are asked for in one question", async () => {
  serve({ a: 1, b: 2, c: 0 });
  expect(await read(["a", "b", "c"])).toEqual({ sizes: [[["a", 1, 1], ["b", 2, 2], ["c", 0, 0]]], problem: null });
  expect(asked).toHaveLength(1);
});

test("what an answer has no room for is asked for again", async () => {
  serve({ a: 4000, b: 4000, c: 10 });
  expect((await read(["a", "b", "c"])).sizes).toEqual([[["a", 4000, 4000]], [["b", 4000, 4000], ["c", 10, 10]]]);
  expect(asked.map(({ tasks }) => tasks.length)).toEqual([3, 2]);
});

test("a task is handed out when all its pages are there", async () => {
  serve({ a: 3, b: 2 * PAGE + 7, c: PAGE });
  expect((await read(["a", "b", "c"])).sizes).toEqual([[["a", 3, 3]], [["b", PAGE, 2 * PAGE + 7]], [["c", PAGE, PAGE]]]);
  expect((await read(["a", "b", "c"], 3)).sizes).toEqual([[["a", 3, 3]], [["c", PAGE, PAGE]], [["b", 2 * PAGE + 7, 2 * PAGE + 7]]]);
});

test("a task that is not there takes nothing from the others", async () => {
  serve({ a: 1, c: 2 });
  expect(await read(["a", "b", "c"])).toEqual({ sizes: [[["a", 1, 1], ["c", 2, 2]]], problem: "b was deleted" });
});

test("a text is looked for in all of them", async () => {
  serve({ a: 1, b: 2 });
  const found = await searchLists(["a", "b"], "loss", new AbortController().signal);
  expect([...found.keys()]).toEqual(["a", "b"]);
  expect(asked[0]).toMatchObject({ search: "loss", tasks: ["a", "b"] });
});
