import { describe, expect, test } from "vitest";

import { FIT, fitScale, panBy, scaleOf, zoomAt } from "./zoom";

const stage = { width: 1000, height: 500 };
const photo = { width: 4000, height: 4000 };

test("an image fits its stage; a tiny one grows, within reason; one of no size is left alone", () => {
  expect(fitScale(photo, stage)).toBe(0.125);
  expect(fitScale({ width: 100, height: 100 }, stage)).toBe(5);
  expect(fitScale({ width: 2, height: 2 }, stage)).toBe(16);
  expect(fitScale({ width: 0, height: 0 }, stage)).toBe(1);
});

describe("zoom", () => {
  test("keeps the spot under the pointer", () => {
    const near = zoomAt(FIT, 16, [100, 50], photo, stage);
    expect(near.scale).toBe(2);
    // The image point under (100, 50): before at scale 1/8 from the middle, after at scale 2.
    expect((100 - near.x) / 2).toBeCloseTo(100 / 0.125);
    expect((50 - near.y) / 2).toBeCloseTo(50 / 0.125);
  });

  test("ends at both ends", () => {
    let look = FIT;
    for (let i = 0; i < 100; i++) look = zoomAt(look, 2, [0, 0], photo, stage);
    expect(look.scale).toBe(64);
    for (let i = 0; i < 100; i++) look = zoomAt(look, 0.5, [0, 0], photo, stage);
    expect(look.scale).toBe(0.0625);
  });
});

test("an image is never dragged out of sight, nor moved where it is smaller than its stage", () => {
  expect(panBy(FIT, 300, 300, photo, stage)).toEqual(FIT);
  const look = panBy({ scale: 1, x: 0, y: 0 }, 1e6, -1e6, photo, stage);
  expect(look).toEqual({ scale: 1, x: 1500, y: -1750 });
  expect(scaleOf(look, photo, stage)).toBe(1);
});
