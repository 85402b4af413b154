import { expect, test } from "vitest";

import { iterationName, placeOf } from "./IterationSlider";

test("a value between iterations stands at the one below, one below all at the first", () => {
  expect([placeOf([0, 10, 20], 10), placeOf([0, 10, 20], 15), placeOf([0, 10, 20], 99), placeOf([5, 10], 1)]).toEqual([1, 1, 2, 0]);
  expect([placeOf([null, 0, 10], null), placeOf([null, 0, 10], 0), placeOf([null, 5], 1), placeOf([], 3)]).toEqual([0, 1, 0, 0]);
});

test("the name of an iteration", () => {
  expect([iterationName(null), iterationName(-3), iterationName(12345)]).toEqual(["no iteration", "−3", "12\u202f345"]);
});
