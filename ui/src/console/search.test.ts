import { expect, test } from "vitest";

import { parseAnsi } from "./ansi";
import { highlightPattern, inUnits, markFound, placesOf, serverPattern } from "./search";

const search = (text: string, regex = false, matchCase = false) => ({ text, regex, matchCase });

test("plain text is searched literally", () => {
  expect(serverPattern(search("a.b[0] (x)"))).toBe("a\\.b\\[0\\] \\(x\\)");
  expect(serverPattern(search("a.b", true))).toBe("a.b");
  expect(serverPattern(search(""))).toBeNull();
});

test("a pattern that this browser cannot read highlights nothing", () => {
  expect(highlightPattern(search("(", true))).toBeNull();
  expect(highlightPattern(search("("))).not.toBeNull();
});

test.each([
  ["(?P<n>lo)ss", "a loss", "loss"],
  ["\\Aa", "aa", "a"],
  ["\\pL+", "12 äö 3", "äö"],
  ["(?i)LOSS", "a loss", "loss"],
  ["a\\-b", "a-b", "a-b"],
  ["\\d+\\z", "1 23", "23"],
])("the server's %s is read here", (pattern, text, found) => {
  const [place] = placesOf(text, highlightPattern(search(pattern, true, true)));
  expect(text.slice(...place!)).toBe(found);
});

test("characters of the server are counted in units", () => {
  expect(inUnits("🙂 ab 🙂 c", [[2, 4], [7, 8]])).toEqual([[3, 5], [9, 10]]);
  expect(inUnits("ab", [[0, 2]])).toEqual([[0, 2]]);
});

test("what was found is marked across styles, case ignored", () => {
  const spans = parseAnsi("lo\x1b[31mSS=\x1b[0m3 loss");
  const marked = markFound(spans, placesOf("loSS=3 loss", highlightPattern(search("loss"))));
  expect(marked.map(({ text, found }) => [text, found])).toEqual([
    ["lo", true],
    ["SS", true],
    ["=", false],
    ["3 ", false],
    ["loss", true],
  ]);
  expect(marked[1]?.style).toEqual({ colour: 1 });
});

test("empty matches neither loop nor mark", () => {
  expect(placesOf("abc", /x*/g)).toEqual([]);
  expect(markFound(parseAnsi("abc"), []).every(({ found }) => !found)).toBe(true);
});
