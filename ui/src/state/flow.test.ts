import { expect, test } from "vitest";

import { flow } from "./flow";

const sections = [
  { title: "a", cards: [1] },
  { title: "b", cards: [2, 3] },
  { title: "c", cards: [4] },
];
const words = (few: number, limit = 100) =>
  flow(sections, few, limit).map((item) =>
    item.kind === "heading" ? `${item.title} ${item.count}:` : item.kind === "end" ? "|" : `${item.card}${item.titled ? "t" : ""}`,
  );

test("titles of many cards get a heading, and an end; the cards of the others say their title", () => {
  expect(words(1)).toEqual(["1t", "b 2:", "2", "3", "|", "4t"]);
  expect(words(2)).toEqual(["1t", "2t", "3t", "4t"]);
});

test("no more than so many cards, and no heading without one", () => {
  expect(words(1, 2)).toEqual(["1t", "b 2:", "2", "|"]);
  expect(words(1, 1)).toEqual(["1t"]);
  expect(words(1, 0)).toEqual([]);
});
