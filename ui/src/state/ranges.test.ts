import { expect, test } from "vitest";

import { RangeCache, type Answer } from "./ranges";

function source(total: number) {
  const state = { total, asked: [] as number[], stamp: 0 };
  const cache = new RangeCache<string>(10, async (offset, limit): Promise<Answer<string>> => {
    state.asked.push(offset);
    const end = Math.min(offset + limit, state.total);
    const items = Array.from({ length: Math.max(0, end - offset) }, (_, i) => `${offset + i}.${state.stamp}`);
    return { total: state.total, offset, items };
  });
  return { state, cache };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test("asks only for the pages in view, once", async () => {
  const { state, cache } = source(1000);
  cache.look(0, 5);
  cache.look(0, 5);
  await settle();
  cache.look(95, 112);
  await settle();
  expect(state.asked).toEqual([0, 90, 100, 110]);
  expect(cache.at(3)).toBe("3.0");
  expect(cache.at(101)).toBe("101.0");
  expect(cache.at(50)).toBeUndefined();
  expect(cache.total).toBe(1000);
});

test("after a change what is in view is asked for again and stays readable meanwhile", async () => {
  const { state, cache } = source(100);
  cache.look(0, 9);
  await settle();
  cache.look(20, 29);
  await settle();
  state.stamp = 1;
  state.asked.length = 0;
  cache.invalidate();
  expect(cache.at(20)).toBe("20.0");
  await settle();
  expect(state.asked).toEqual([20]);
  expect(cache.at(20)).toBe("20.1");
  cache.look(0, 9);
  expect(cache.at(0)).toBe("0.0");
  await settle();
  expect(cache.at(0)).toBe("0.1");
});

test("a change during an answer under way is not missed", async () => {
  const { state, cache } = source(100);
  cache.look(0, 9);
  state.stamp = 1; // the request has read the total already or not: either way it is asked for again
  cache.invalidate();
  await settle();
  expect(state.asked).toEqual([0, 0]);
  expect(cache.at(0)).toBe("0.1");
});

test("a list that shrank forgets what is beyond its end", async () => {
  const { state, cache } = source(100);
  cache.look(90, 99);
  await settle();
  state.total = 15;
  cache.invalidate();
  await settle();
  expect(cache.total).toBe(15);
  expect(cache.at(95)).toBeUndefined();
});

test("an error is kept for showing and cleared by the next answer", async () => {
  let broken = true;
  const cache = new RangeCache<number>(10, async (offset) => {
    if (broken) throw new Error("no such pattern");
    return { total: 1, offset, items: [7] };
  });
  cache.look(0, 5);
  await settle();
  expect(cache.error?.message).toBe("no such pattern");
  broken = false;
  cache.invalidate();
  await settle();
  expect(cache.error).toBeUndefined();
  expect(cache.at(0)).toBe(7);
});
