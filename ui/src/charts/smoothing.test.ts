import { describe, expect, it } from "vitest";

import { exponential, fitAmount, gaussian, runningMean, smooth } from "./smoothing";

const of = (...values: number[]) => Float64Array.from(values);

describe("exponential", () => {
  it("is not pulled towards zero at the start", () => {
    expect([...exponential(of(5, 5, 5), 0.9)].map((v) => v.toFixed(12))).toEqual(Array(3).fill("5.000000000000"));
  });

  it("weighs the past as the formula of the debiased average says", () => {
    const out = exponential(of(1, 2), 0.5);
    expect(out[0]).toBeCloseTo(1);
    // (0.5 * 0.5 * 1 + 0.5 * 2) / (1 - 0.25)
    expect(out[1]).toBeCloseTo(1.25 / 0.75);
  });

  it("leaves what is not finite as it is and out of the average", () => {
    const out = exponential(of(4, NaN, Infinity, 4), 0.5);
    expect(out[1]).toBeNaN();
    expect(out[2]).toBe(Infinity);
    expect(out[3]).toBeCloseTo(4);
  });

  it("changes nothing with weight 0", () => {
    expect([...exponential(of(3, 1, 2), 0)]).toEqual([3, 1, 2]);
  });
});

describe("windows", () => {
  it("take the mean of what is around, cut at the ends", () => {
    expect([...runningMean(of(0, 3, 6), 3)]).toEqual([1.5, 3, 4.5]);
  });

  it("keep a constant and the largest doubles", () => {
    expect(gaussian(of(1e308, 1e308, 1e308), 2)[1]).toBeCloseTo(1e308, -300);
    expect([...runningMean(of(7, 7, 7, 7), 5)]).toEqual([7, 7, 7, 7]);
  });

  it("spread a peak evenly to both sides", () => {
    const out = gaussian(of(0, 0, 0, 0, 1, 0, 0, 0, 0), 1);
    expect(out[3]).toBeCloseTo(out[5]!, 12);
    expect(out[4]).toBeGreaterThan(out[3]!);
  });

  it("pass over what is not finite", () => {
    const out = runningMean(of(1, NaN, 3), 3);
    expect(out[0]).toBe(1);
    expect(out[1]).toBeNaN();
  });
});

it("brings an amount from an address into bounds", () => {
  expect(fitAmount("exponential", 7)).toBe(0.999);
  expect(fitAmount("gaussian", NaN)).toBe(5);
  expect([...smooth(of(1, 2), { kind: "none", amount: 0 })]).toEqual([1, 2]);
});
