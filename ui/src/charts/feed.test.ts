import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { SeriesPoints } from "../api/series";
import type { SeriesReadRequest } from "../api/types";
import { Feed, type LineSource } from "./feed";

// The server, at the transport seam: a line of n points that is reduced to every tenth where all of it is asked for.
class Server {
  requests: SeriesReadRequest[] = [];
  signals: AbortSignal[] = [];
  points = 1000;
  exact = false;
  fail: Error | null = null;

  read = async (request: SeriesReadRequest, { signal }: { signal: AbortSignal }): Promise<SeriesPoints[]> => {
    this.requests.push(request);
    this.signals.push(signal);
    await Promise.resolve();
    if (this.fail) throw this.fail;
    return request.reads.map(({ after }) => this.answer(request, after ?? null));
  };

  private answer({ low, high }: SeriesReadRequest, after: string | null): SeriesPoints {
    const from = after === null ? 0 : Number(after);
    const step = low == null && after === null && !this.exact ? 10 : 1;
    const iteration: number[] = [];
    for (let i = from; i < this.points; i += step) if (i >= (low ?? 0) && i <= (high ?? Infinity)) iteration.push(i);
    const columns = Float64Array.from(iteration);
    return {
      result: {
        rows: iteration.length,
        points: iteration.length,
        exact: step === 1,
        cursor: String(this.points),
        reset: after === null,
        start_us: 0,
        marks: [],
      },
      iteration: columns,
      timeUs: columns.slice(),
      value: columns.slice(),
      flags: new Uint8Array(iteration.length),
    };
  }
}

const A: LineSource = { task: "t", title: "loss", series: "train", attempt: null, rank: null };
const B: LineSource = { ...A, series: "val" };
let server: Server;
let feed: Feed;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  feed = new Feed(() => 0, server.read);
  feed.open();
});
afterEach(() => {
  feed.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(1000);

it("asks once for all that is on the screen", async () => {
  feed.want("p1", [A], 400);
  feed.want("p2", [B], 400);
  await settle();
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]!.reads.map(({ series }) => series)).toEqual(["train", "val"]);
  expect(feed.line(A)!.length).toBe(100);
});

it("asks only for what came since, and only for lines that changed", async () => {
  feed.want("p1", [A, B], 400);
  await settle();
  server.points = 1003;
  feed.touch("t", [["loss", "train"]]);
  await settle();
  expect(server.requests[1]!.reads).toMatchObject([{ series: "train", after: "1000" }]);
  expect([...feed.line(A)!.x.slice(-3)]).toEqual([1000, 1001, 1002]);
});

it("reads what a zoom shows exactly, and draws the old until it is here", async () => {
  feed.want("p1", [A], 400);
  await settle();
  feed.setView({ axis: "iteration", zoom: { low: 100, high: 200 } });
  expect(feed.line(A)!.length).toBe(100);
  await settle();
  expect(server.requests[1]).toMatchObject({ low: 90, high: 210 });
  const line = feed.line(A)!;
  expect(line.exact).toBe(true);
  expect([...line.x].filter((x) => x >= 100 && x <= 200)).toHaveLength(101);
});

it("asks for nothing where all points are here already", async () => {
  server.exact = true;
  feed.want("p1", [A], 400);
  await settle();
  feed.setView({ axis: "iteration", zoom: { low: 100, high: 200 } });
  await settle();
  expect(server.requests).toHaveLength(1);
});

it("gives up a reading that nobody waits for any more", async () => {
  feed.want("p1", [A], 400);
  vi.advanceTimersByTime(1);
  feed.setView({ axis: "wall", zoom: null });
  expect(server.signals[0]!.aborted).toBe(true);
  await settle();
  expect(server.requests.at(-1)!.axis).toBe("wall");
  expect(feed.line(A)).not.toBeNull();
});

it("asks for a reduced answer again when the raw tail has grown long", async () => {
  feed.want("p1", [A], 50);
  await settle();
  server.points = 1300;
  feed.touch("t", null);
  await settle();
  expect(server.requests.map(({ reads }) => reads[0]!.after)).toEqual([null, "1000", null]);
  expect(feed.line(A)!.length).toBe(130);
});

it("takes in nothing new while paused, and all of it afterwards", async () => {
  feed.want("p1", [A], 400);
  await settle();
  feed.pause(true);
  server.points = 1005;
  feed.touch("t", [["loss", "train"]]);
  await settle();
  expect(server.requests).toHaveLength(1);
  feed.pause(false);
  await settle();
  expect(feed.line(A)!.length).toBe(105);
});

it("says why a reading failed, and tries again by itself", async () => {
  server.fail = new Error("no such task");
  feed.want("p1", [A], 400);
  await settle();
  expect(feed.problem).toBe("no such task");
  expect(server.requests).toHaveLength(1);
  server.fail = null;
  await vi.advanceTimersByTimeAsync(5000);
  expect(feed.problem).toBeNull();
  expect(feed.line(A)).not.toBeNull();
});

it("reads the live line of one process beside the live one, and that of another task", async () => {
  const second = { ...A, rank: 2 };
  const other = { ...A, task: "u" };
  feed.want("p1", [A, second, other], 400);
  await settle();
  expect(server.requests[0]!.reads.map(({ task, line, rank }) => [task, line, rank])).toEqual([
    ["t", "live", null],
    ["t", "live", 2],
    ["u", "live", null],
  ]);
  feed.touch("u", [["loss", "train"]]);
  await settle();
  expect(server.requests[1]!.reads.map(({ task }) => task)).toEqual(["u"]);
  expect(feed.line(second)!.length).toBe(100);
  expect(feed.line({ ...A, rank: 3 })).toBeNull();
});
