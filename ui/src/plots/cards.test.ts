import { describe, expect, test } from "vitest";

import type { PlotInfo } from "../api/types";
import { parseFilter } from "../charts/sections";
import { aheadOf, formatChosen, formatHeld, type Held, iterationOf, type Keys, LARGE_BYTES, parseChosen, parseHeld, plotKey, sectionsOf, shownAt, toggleHeld } from "./cards";

const plot = (title: string, series: string, over: Partial<PlotInfo> = {}): PlotInfo => ({
  title, series, rank: 0, iterations: [0, 10], size_bytes: 100, time_us: 0, ...over,
});
const ALL = parseFilter("");
const known = (...pairs: [PlotInfo, string | null][]): Keys => new Map(pairs.map(([one, key]) => [plotKey(one), key]));
const headings = (plots: PlotInfo[], keys: Keys, apart: string[] = []) =>
  sectionsOf(plots, ALL, keys, apart).map(({ title, cards }) => [title, ...cards.map(({ heading }) => heading)]);

describe("what shares a card", () => {
  const [cat, dog, matrix] = [plot("pr", "cat"), plot("pr", "dog"), plot("pr", "matrix")];

  test("figures of the same axes; others stand alone", () => {
    expect(headings([matrix, dog, cat], known([cat, "k"], [dog, "k"], [matrix, null]))).toEqual([["pr", "cat, dog", "matrix"]]);
    expect(headings([cat, dog], known([cat, "k"], [dog, "other"]))).toEqual([["pr", "cat", "dog"]]);
  });

  test("what is not read yet is taken to belong to the rest", () => {
    expect(headings([cat, dog], new Map())).toEqual([["pr", "cat, dog"]]);
    expect(headings([cat, dog, matrix], known([dog, "k"], [matrix, null]))).toEqual([["pr", "cat, dog", "matrix"]]);
  });

  test("what decides that is read ahead: small plots of one title, not yet known", () => {
    const [lone, large] = [plot("alone", "x"), plot("pr", "large", { size_bytes: 1e6 })];
    const names = (keys: Keys) => aheadOf([matrix, lone, large, cat, dog], keys).map(({ series }) => series);
    expect(names(new Map())).toEqual(["matrix", "cat", "dog"]);
    expect(names(known([cat, "k"], [matrix, null]))).toEqual(["dog"]);
    expect(aheadOf(Array.from({ length: 30 }, (_, i) => plot("pr", `s${i}`)), new Map())).toEqual([]);
  });

  test("what was taken apart says that it can be put together again", () => {
    const [section] = sectionsOf([cat, dog, matrix], ALL, known([cat, "k"], [dog, "k"], [matrix, null]), ["pr"]);
    expect(section?.cards.map(({ heading, apart }) => [heading, apart])).toEqual([["cat", true], ["dog", true], ["matrix", false]]);
  });

  test("nothing where it was taken apart, is large, or is too much", () => {
    expect(headings([cat, dog], known([cat, "k"], [dog, "k"]), ["pr"])).toEqual([["pr", "cat", "dog"]]);
    expect(headings([cat, { ...dog, size_bytes: LARGE_BYTES + 1 }], new Map())).toEqual([["pr", "cat", "dog"]]);
    const many = Array.from({ length: 30 }, (_, i) => plot("pr", `s${i}`));
    expect(sectionsOf(many, ALL, new Map(), [])[0]?.cards.length).toBe(30);
  });
});

test("titles and series in order of name, filtered; ranks and iterations told", () => {
  const plots = [plot("b", "s10"), plot("b", "s9"), plot("a", "", { iterations: [null, 3] }), plot("a", "", { rank: 1, iterations: [2] })];
  const sections = sectionsOf(plots, ALL, new Map(), ["a", "b"]);
  expect(sections.map(({ cards }) => cards.map(({ heading }) => heading))).toEqual([["a (rank 0)", "a (rank 1)"], ["s9", "s10"]]);
  const [together] = sectionsOf(plots, parseFilter("^a$"), new Map(), []);
  expect(together?.cards[0]?.iterations).toEqual([null, 2, 3]);
});

test("chosen iterations survive the address, whatever the name", () => {
  const chosen = new Map([["a@b\t\n*", 12], ["x", null], ["y", -3]]);
  expect(parseChosen(formatChosen(chosen))).toEqual(chosen);
  expect(parseChosen(["x@y", "1", "none"])).toEqual(new Map());
});

test("held iterations survive the address, rise, and are let go of", () => {
  const held = new Map([["a@b\t\n*", [null, 3, 12]], ["y", [-3]]]);
  expect(parseHeld(formatHeld(held))).toEqual(held);
  expect(parseHeld(["x@y", "1", "1,none@x", ",@x"])).toEqual(new Map());
  const more = [12, null, 3].reduce<Held>((all, one) => toggleHeld(all, "k", one), new Map());
  expect(more.get("k")).toEqual([null, 3, 12]);
  expect(toggleHeld(toggleHeld(toggleHeld(more, "k", 3), "k", null), "k", 12)).toEqual(new Map());
});

describe("plots of one card at different iterations", () => {
  const [often, seldom, late] = [plot("pr", "a", { iterations: [0, 10, 20] }), plot("pr", "b", { iterations: [5] }), plot("pr", "c", { iterations: [15] })];
  const iterations = [0, 5, 10, 15, 20];
  const all = (at: number | null) => [often, seldom, late].map((one) => shownAt(one, at));

  test("each shows its latest until a slider is moved, then the last at or before", () => {
    expect(all(iterationOf({ iterations }, undefined))).toEqual([20, 5, 15]);
    expect(all(10)).toEqual([10, 5, undefined]);
    expect(all(0)).toEqual([0, undefined, undefined]);
  });

  test("what was reported without an iteration stands before all", () => {
    const timeless = plot("pr", "t", { iterations: [null] });
    expect([shownAt(timeless, null), shownAt(timeless, 7), shownAt(often, null)]).toEqual([null, null, undefined]);
  });

  test("an address from elsewhere puts the slider at or before what it names", () => {
    expect([12, 15, -1, 99, null].map((chosen) => iterationOf({ iterations }, chosen))).toEqual([10, 15, 0, 20, 0]);
  });
});
