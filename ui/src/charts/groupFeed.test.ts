import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { GroupPoints } from "../api/groups";
import type { GroupReadRequest } from "../api/types";
import type { LineSource } from "./feed";
import { GroupFeed, type GroupView } from "./groupFeed";

const member = (task: string): LineSource => ({ task, title: "loss", series: "train", attempt: null, rank: null });
const SEEDS = { key: "seeds", members: [member("a"), member("b")] };
const OTHER = { key: "other", members: [member("c")] };
const VIEW: GroupView = { axis: "iteration", zoom: null, center: "mean", spread: "std" };

let requests: GroupReadRequest[];
let fail: Error | null;
let feed: GroupFeed;

// The server, at the transport seam: each group is a flat line as high as it has members.
async function read(request: GroupReadRequest): Promise<GroupPoints[]> {
  requests.push(request);
  await Promise.resolve();
  if (fail) throw fail;
  return request.groups.map(({ members }) => {
    const of = (value: number) => new Float64Array(3).fill(value);
    const x = Float64Array.of(0, 1, 2);
    const n = members.length;
    return { result: { rows: 3, members: n }, x, n: of(n), center: of(n), low: of(n - 1), high: of(n + 1) };
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  requests = [];
  fail = null;
  feed = new GroupFeed(read);
  feed.open();
});
afterEach(() => {
  feed.close();
  vi.useRealTimers();
});

const settle = (ms = 100) => vi.advanceTimersByTimeAsync(ms);

it("reads all groups on the screen at once, as lines with bands", async () => {
  feed.want("p", [SEEDS, OTHER], 400);
  await settle();
  expect(requests).toHaveLength(1);
  expect(requests[0]!.groups.map(({ members }) => members.map(({ task }) => task))).toEqual([["a", "b"], ["c"]]);
  const { line, band } = feed.line("seeds")!;
  expect([...line.value]).toEqual([2, 2, 2]);
  expect([band.low[0], band.high[0], band.n[0]]).toEqual([1, 3, 2]);
});

it("reads again what grew, and not more often than it should", async () => {
  feed.want("p", [SEEDS, OTHER], 400);
  await settle();
  for (let i = 0; i < 10; i++) {
    feed.touch("a", [["loss", "train"]]);
    feed.touch("z", [["loss", "train"]]);
    await settle(10);
  }
  expect(requests).toHaveLength(1);
  await settle(3000);
  expect(requests).toHaveLength(2);
  expect(requests[1]!.groups).toHaveLength(1);
});

it("reads anew for another view or other members, and keeps what is shown until it is here", async () => {
  feed.want("p", [SEEDS], 400);
  await settle();
  feed.setView({ ...VIEW, spread: "minmax" });
  expect(feed.line("seeds")).not.toBeNull();
  await settle();
  expect(requests[1]).toMatchObject({ band: "minmax" });
  feed.want("p", [{ ...SEEDS, members: [...SEEDS.members, member("d")] }], 400);
  await settle();
  expect([...feed.line("seeds")!.line.value]).toEqual([3, 3, 3]);
  await settle(10_000);
  expect(requests).toHaveLength(3);
});

it("says why it failed, and tries again", async () => {
  fail = new Error("gone");
  feed.want("p", [SEEDS], 400);
  await settle();
  expect(feed.problem).toBe("gone");
  fail = null;
  await settle(6000);
  expect(feed.problem).toBeNull();
  expect(feed.line("seeds")).not.toBeNull();
});
