import { expect, test } from "vitest";

import type { Sample } from "../api/types";
import { parseFilter } from "../charts/sections";
import { besideOf, inOrder, iterationsOf, placeIn, sectionsOf, seriesOf, timeOf } from "./groups";

const sample = (id: string, title: string, series: string, iteration: number | null, over: Partial<Sample> = {}): Sample => ({
  id, title, series, iteration, time_us: 0, rank: 0, media: "image", state: "stored", url: "", uri: "", thumbnail: "",
  size_bytes: 0, width: 0, height: 0, error: "", ...over,
});

test("sections by title, samples by series with numbers in order, filtered", () => {
  const list = [sample("a", "t2", "i10", 1), sample("b", "t2", "i9", 1), sample("c", "t1", "x", 1), sample("d", "t2", "i9", 1, { rank: 1 })];
  const sections = sectionsOf(list, parseFilter(""));
  expect(sections.map(({ title, cards }) => [title, cards.map(({ id }) => id)])).toEqual([["t1", ["c"]], ["t2", ["b", "d", "a"]]]);
  expect(seriesOf(sections).map(({ series }) => series)).toEqual(["x", "i9", "i10"]);
  expect(sectionsOf(list, parseFilter("^i9$")).flatMap(({ cards }) => cards.map(({ id }) => id))).toEqual(["b", "d"]);
});

test("the page's iterations are those of the groups in view, each once", () => {
  const groups = [
    { title: "a", series: "x", iterations: [null, 5, 10] },
    { title: "b", series: "x", iterations: [5, 7] },
  ];
  expect(iterationsOf(groups, parseFilter(""))).toEqual([null, 5, 7, 10]);
  expect(iterationsOf(groups, parseFilter("^b$"))).toEqual([5, 7]);
});

test("the viewer finds its sample by name, else by iteration", () => {
  const ordered = inOrder([sample("c", "t", "s", 20), sample("n", "t", "s", null), sample("b", "t", "s", 10, { rank: 1 }), sample("a", "t", "s", 10)]);
  expect(ordered.map(({ id }) => id)).toEqual(["n", "a", "b", "c"]);
  expect(placeIn(ordered, "a", 20)).toBe(1);
  expect(placeIn(ordered, "retired", 15)).toBe(2);
  expect(placeIn(ordered, "", null)).toBe(3);
  expect(placeIn(ordered.slice(3), "", 1)).toBe(0);
  expect(placeIn([], "", 1)).toBe(-1);
});

test("the newest come first where that is asked for, titles too", () => {
  const list = [sample("a", "t1", "x", 1, { time_us: 5 }), sample("b", "t2", "y", 1, { time_us: 3 }), sample("c", "t2", "x", 1, { time_us: 9 })];
  const sections = sectionsOf(list, parseFilter(""), "newest");
  expect(sections.map(({ title, cards }) => [title, cards.map(({ id }) => id)])).toEqual([["t2", ["c", "b"]], ["t1", ["a"]]]);
});

test("an iteration's moment is that of a sample of it; what it is compared with is the one before", () => {
  const list = [sample("a", "t", "s", 1, { time_us: 5 }), sample("b", "t", "s", 2, { time_us: 9 })];
  expect([timeOf(list, 2), timeOf(list, 3)]).toEqual([9, null]);
  expect([besideOf(list, 1)?.id, besideOf(list, 0)?.id, besideOf(list.slice(0, 1), 0)]).toEqual(["a", "b", undefined]);
});
