import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { throttle } from "./throttle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("runs at once, and once more for all that was wanted meanwhile", () => {
  const run = vi.fn();
  const call = throttle(run, 100);
  call();
  expect(run).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 50; i++) call();
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(run).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1000);
  expect(run).toHaveBeenCalledTimes(2);
  call();
  expect(run).toHaveBeenCalledTimes(3);
});

test("after cancelling nothing runs by itself", () => {
  const run = vi.fn();
  const call = throttle(run, 100);
  call();
  call();
  call.cancel();
  vi.advanceTimersByTime(1000);
  expect(run).toHaveBeenCalledTimes(1);
});
