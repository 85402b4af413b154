import { describe, expect, it } from "vitest";

import { axisOf, formatBrush, isInside, parseBrush, pathThrough } from "./placing";

describe("axisOf", () => {
  it("places numbers between the least and the largest, texts of numbers among them", () => {
    const axis = axisOf(["1", 3, null, "2"]);
    expect([axis.kind, axis.place("1"), axis.place(2), axis.place(3)]).toEqual(["number", 0, 0.5, 1]);
    expect(axis.place(null)).toBeNull();
    expect(axis.place("x")).toBeNull();
  });

  it("is logarithmic where the values spread wide, and the other way round when flipped", () => {
    const values = [0.0001, 0.01, 1];
    expect([axisOf(values).log, axisOf(values, true).log]).toEqual([true, false]);
    expect(axisOf(values).place(0.01)).toBeCloseTo(0.5);
    expect([axisOf([1, 2]).log, axisOf([1, 2], true).log]).toEqual([false, true]);
  });

  it("has no logarithm of what is not above zero", () => {
    const axis = axisOf([0, 1000], true);
    expect([axis.log, axis.canLog]).toEqual([false, false]);
  });

  it("places a constant in the middle", () => {
    expect(axisOf([7, 7]).place(7)).toBeCloseTo(0.5);
    expect(axisOf([0]).place(0)).toBeCloseTo(0.5);
    expect(axisOf(["adam"]).place("adam")).toBe(0.5);
  });

  it("names what stands at a place", () => {
    expect([0, 0.5, 1].map(axisOf([0, 10]).nameAt)).toEqual(["0", "5", "10"]);
    expect(axisOf([0.001, 10]).nameAt(0.5)).toBe("0.1");
    const texts = axisOf(["sgd", "adam", "lion"]);
    expect([0, 0.3, 1].map(texts.nameAt)).toEqual(["adam", "lion", "sgd"]);
    expect([texts.step, axisOf([]).nameAt(0.5)]).toEqual([0.25, ""]);
  });

  it("places texts in the order of their names", () => {
    const axis = axisOf(["sgd", "adam", "10", "lion"]);
    expect(axis.kind).toBe("category");
    expect(axis.ticks.map(({ label }) => label)).toEqual(["10", "adam", "lion", "sgd"]);
    expect(axis.place("sgd")).toBe(1);
  });

  it("bears what has no number and nothing at all", () => {
    const axis = axisOf([1, NaN, Infinity, 2]);
    expect([axis.place(NaN), axis.place(Infinity), axis.place(2)]).toEqual([null, null, 1]);
    expect(axisOf([]).ticks).toEqual([]);
    expect(axisOf([NaN]).kind).toBe("category");
  });

  it("bears the largest and smallest numbers there are", () => {
    const axis = axisOf([1e-308, 1e308]);
    expect(axis.place(1e308)).toBeCloseTo(1);
    expect(axis.place(1)).toBeCloseTo(0.5, 2);
  });
});

it("brushes are in the address and come back", () => {
  const brush = { axis: "p:General/lr@x", low: 0.25, high: 1 };
  expect(parseBrush(formatBrush(brush))).toEqual(brush);
  expect([parseBrush("nonsense"), parseBrush("5..5@a"), parseBrush("9..1@a")]).toEqual([null, null, null]);
});

it("a line is inside when it passes through every brush", () => {
  const places = new Map([["a", 0.5], ["b", null]]);
  expect(isInside(places, [{ axis: "a", low: 0.5, high: 0.6 }])).toBe(true);
  expect(isInside(places, [{ axis: "a", low: 0.6, high: 0.7 }])).toBe(false);
  expect(isInside(places, [{ axis: "b", low: 0, high: 1 }])).toBe(false);
  expect(isInside(places, [{ axis: "not shown", low: 0, high: 0.1 }])).toBe(true);
});

it("a path is broken where there is no place", () => {
  expect(pathThrough([[0, 1], [1, 2], null, [3, 4], [4, 5]])).toBe("M0.0,1.0L1.0,2.0M3.0,4.0L4.0,5.0");
});
