import { describe, expect, it } from "vitest";

import { commonBase, linearScale, linearTicks, logScale, logTicks, padLogRange, padRange } from "./scale";

const labels = (ticks: { label: string }[]) => ticks.map(({ label }) => label);

describe("linear ticks", () => {
  it("stand at round values, written alike", () => {
    expect(labels(linearTicks({ low: 0, high: 1 }, 5))).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(labels(linearTicks({ low: 0, high: 12_000 }, 4))).toEqual(["0", "5k", "10k"]);
    expect(labels(linearTicks({ low: 0, high: 2_000_000 }, 4))).toEqual(["0", "0.5M", "1.0M", "1.5M", "2.0M"]);
  });

  it("are written in full where a letter would need many digits", () => {
    expect(labels(linearTicks({ low: 612_344, high: 612_346 }, 2, true))).toEqual([
      "612\u202f344",
      "612\u202f345",
      "612\u202f346",
    ]);
  });

  it("are whole on an axis of iterations", () => {
    expect(linearTicks({ low: 4, high: 6 }, 10, true).map(({ value }) => value)).toEqual([4, 5, 6]);
  });

  it.each([
    [-1e308, 1.7e308],
    [1e-308, 9e-308],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
    [2 ** 63 - 1e15, 2 ** 63],
    [-1e-12, 1e-12],
    [999_999.5, 1_000_000.5],
  ])("are few, ascending, different and within %d … %d", (low, high) => {
    const ticks = linearTicks({ low, high }, 5);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(15);
    expect(new Set(labels(ticks)).size).toBe(ticks.length);
    ticks.forEach(({ value }, i) => {
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
      if (i) expect(value).toBeGreaterThan(ticks[i - 1]!.value);
    });
  });

  it("are none where there is no range", () => {
    expect(linearTicks({ low: 1, high: 1 }, 5)).toEqual([]);
    expect(linearTicks({ low: NaN, high: 1 }, 5)).toEqual([]);
  });
});

describe("logarithmic ticks", () => {
  it("are decades, with 2 and 5 between few of them", () => {
    expect(labels(logTicks({ low: 1e-6, high: 1 }, 4))).toEqual(["1e−6", "1e−4", "0.01", "1"]);
    expect(labels(logTicks({ low: 1, high: 100 }, 6))).toEqual(["1", "2", "5", "10", "20", "50", "100"]);
  });

  it("cope with all that a double holds", () => {
    const ticks = logTicks({ low: 1e-308, high: 1e308 }, 5);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.length).toBeLessThan(9);
  });

  it("are linear within a decade", () => {
    expect(logTicks({ low: 2, high: 3 }, 4).length).toBeGreaterThan(2);
  });
});

describe("scales", () => {
  it.each([
    [0, 1],
    [-1e308, 1e308],
    [1e-308, 5e-308],
    [1.7e15, 1.7e15 + 1e6],
    [2 ** 62, 2 ** 63],
  ])("turn %d … %d into ordinary numbers and back", (low, high) => {
    const scale = linearScale({ low, high });
    const [from, to] = [scale.toPlot(low), scale.toPlot(high)];
    expect(to - from).toBeGreaterThan(0);
    expect(Number.isFinite(to - from)).toBe(true);
    expect(Math.abs(to)).toBeLessThan(1e13);
    expect(scale.fromPlot(to)).toBeCloseTo(high, high > 1e6 ? -Math.log10(high) + 6 : 6);
  });

  it("have no place for zero and less on a logarithmic axis", () => {
    expect(logScale.toPlot(0)).toBeNaN();
    expect(logScale.toPlot(-1)).toBeNaN();
    expect(logScale.fromPlot(logScale.toPlot(1000))).toBeCloseTo(1000);
  });
});

describe("ranges", () => {
  it("give a constant room on both sides", () => {
    expect(padRange({ low: 0, high: 0 }, 0.05)).toEqual({ low: -1, high: 1 });
    const { low, high } = padRange({ low: 3.3, high: 3.3 }, 0.05);
    expect(low).toBeLessThan(3.3);
    expect(high).toBeGreaterThan(3.3);
    const largest = padRange({ low: 1.7e308, high: 1.7e308 }, 0.05);
    expect(largest.low).toBeLessThan(1.7e308);
    expect(largest.high).toBeGreaterThanOrEqual(1.7e308);
  });

  it("stay above zero on a logarithmic axis", () => {
    expect(padLogRange({ low: 5e-324, high: 1 }, 0.05).low).toBeGreaterThan(0);
  });

  it("take a common base off where ticks would need many digits", () => {
    expect(commonBase({ low: 1e6, high: 1e6 + 1e-3 })).toBe(1e6);
    expect(commonBase({ low: 0, high: 1 })).toBe(0);
    const low = 123_456.7891;
    expect(Math.abs(commonBase({ low, high: low + 1e-4 }) - low)).toBeLessThan(1e-3);
  });
});
