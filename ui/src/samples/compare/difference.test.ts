import { describe, expect, test } from "vitest";

import { differenceOf } from "./difference";

const RED = [255, 0, 0, 255];
const DARK_RED = [250, 0, 0, 255];
const NOTHING = [9, 9, 9, 0];

describe("the difference of two images", () => {
  test("equal images have none", () => {
    const { pixels, ...told } = differenceOf([...RED, ...DARK_RED], [...RED, ...DARK_RED], 16);
    expect(told).toEqual({ different: 0, count: 2, largest: 0, mean: 0 });
    expect([...pixels]).toEqual([0, 0, 0, 255, 0, 0, 0, 255]);
  });

  test("a small one is told as it is, and shown with its gain", () => {
    const { pixels, different, largest, mean } = differenceOf([...RED, ...RED], [...RED, ...DARK_RED], 16);
    expect([different, largest]).toEqual([1, 5]);
    expect(mean).toBeCloseTo(5 / 6);
    expect([...pixels.slice(4)]).toEqual([80, 0, 0, 255]);
  });

  test("a gain does not go over the brightest", () => {
    expect([...differenceOf(RED, [0, 0, 0, 255], 16).pixels]).toEqual([255, 0, 0, 255]);
  });

  test("opacity counts, colours that are not seen do not", () => {
    expect(differenceOf(NOTHING, [200, 100, 0, 0], 1).different).toBe(0);
    expect([...differenceOf([0, 0, 0, 255], NOTHING, 1).pixels]).toEqual([255, 255, 255, 255]);
  });

  test("nothing is nothing", () => expect(differenceOf([], [], 1)).toMatchObject({ count: 0, mean: 0 }));
});
