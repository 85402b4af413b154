import { expect, test } from "vitest";

import { parseAnsi } from "./ansi";
import { highlightPattern, markFound, serverPattern } from "./search";

const search = (text: string, regex = false, matchCase = false) => ({ text, regex, matchCase });

test("plain text is searched literally", () => {
  expect(serverPattern(search("a.b[0] (x)"))).toBe("a\\.b\\[0\\] \\(x\\)");
  expect(serverPattern(search("a.b", true))).toBe("a.b");
  expect(serverPattern(search(""))).toBeNull();
});

test("a pattern that this browser cannot read highlights nothing", () => {
  expect(highlightPattern(search("(?P<n>x)", true))).toBeNull();
  expect(highlightPattern(search("("))).not.toBeNull();
});

test("what was found is marked across styles, case ignored", () => {
  const spans = parseAnsi("lo\x1b[31mSS=\x1b[0m3 loss");
  const marked = markFound(spans, highlightPattern(search("loss")));
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
  expect(markFound(parseAnsi("abc"), /x*/g).every(({ found }) => !found)).toBe(true);
});
