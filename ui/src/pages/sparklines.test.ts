import { expect, test } from "vitest";

import { sparkPath } from "./sparklines";

function points(values: number[], flags: number[] = values.map(() => 0)) {
  return {
    iteration: Float64Array.from(values.keys()),
    value: Float64Array.from(values),
    flags: Uint8Array.from(flags),
  };
}

test("goes from edge to edge, the larger value higher up", () => {
  expect(sparkPath(points([0, 10]))).toBe("M1.0 18.0L119.0 2.0");
});

test("breaks where a value is not finite", () => {
  expect(sparkPath(points([0, 1, NaN, 1, 2])).match(/M/g)).toHaveLength(2);
});

test("a constant is a line in the middle, one point is no line", () => {
  expect(sparkPath(points([3, 3]))).toBe("M1.0 10.0L119.0 10.0");
  expect(sparkPath(points([3]))).toBe("");
  expect(sparkPath(points([]))).toBe("");
});

test("the widest span of doubles stays in the picture", () => {
  expect(sparkPath(points([-Number.MAX_VALUE, Number.MAX_VALUE]))).toBe("M1.0 18.0L119.0 2.0");
});
