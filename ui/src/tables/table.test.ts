import { describe, expect, test } from "vitest";

import { alignedText, cellText, chosenRows, columnWidths, decimalsOf, headRows, isNumeric, numberOf, shownText, toCsv, type Table } from "./table";

const table = (...columns: [string | string[], unknown[]][]): Table => ({
  columns: columns.map(([heads, cells]) => ({ heads: Array.isArray(heads) ? heads : [heads], cells })),
  rows: columns[0]?.[1].length ?? 0,
});
const order = (t: Table, column = 0, descending = false) => [...chosenRows(t, "", { column, descending })];

describe("sorting", () => {
  test("numbers by size, whether written as numbers or numerals, NaN and nothing last", () => {
    const t = table(["a", ["10", 9, "NaN", -Infinity, "", "1e3", null]]);
    expect(order(t)).toEqual([3, 1, 0, 5, 2, 4, 6]);
    expect(order(t, 0, true)).toEqual([5, 0, 1, 3, 2, 4, 6]);
  });

  test("texts after numbers, by name with numbers in them, equal ones as they came", () => {
    const t = table(["a", ["img10", "img9", 3, "IMG9"]]);
    expect(order(t)).toEqual([2, 1, 3, 0]);
  });

  test("infinities that are equal do not upset the rest", () => {
    expect(order(table(["a", ["Inf", 1, "Inf", 0]]))).toEqual([3, 1, 0, 2]);
  });
});

test("a search looks into every cell, in either case", () => {
  const t = table(["a", ["Cat", "dog", "bird"]], ["b", [1, 2, "CAT"]]);
  expect([...chosenRows(t, "cat", null)]).toEqual([0, 2]);
  expect([...chosenRows(t, "", null)]).toEqual([0, 1, 2]);
  expect([...chosenRows(t, "none", { column: 0, descending: false })]).toEqual([]);
});

test("heads of several levels: neighbours share a cell, but not under different heads nor in the lowest row", () => {
  const t = table([["train", "loss"], []], [["train", "acc"], []], [["valid", "acc"], []], [["", "acc"], []]);
  expect(headRows(t.columns)).toEqual([
    [
      { text: "train", span: 2 },
      { text: "valid", span: 1 },
      { text: "", span: 1 },
    ],
    ["loss", "acc", "acc", "acc"].map((text) => ({ text, span: 1 })),
  ]);
});

test("CSV quotes what needs it and writes numbers in full", () => {
  const t = table([["a", "x"], [0.1234567890123, 'say "hi"']], ["b,c", ["line\nbreak", null]]);
  expect(toCsv(t, chosenRows(t, "", null))).toBe(
    'a/x,"b,c"\r\n0.1234567890123,"line\nbreak"\r\n"say ""hi""",\r\n',
  );
});

test("what is a number, and how it is shown", () => {
  expect(["1", " -2.5e-3 ", ".5", "-Inf", "nan", "1 2", "0x10", "", "1."].map(numberOf)).toEqual([
    1, -0.0025, 0.5, -Infinity, NaN, null, null, null, 1,
  ]);
  expect(shownText(0.12345678)).toBe("0.123457");
  expect(shownText(12345678)).toBe("12345678");
  expect(shownText("0.12345678")).toBe("0.12345678");
  expect(cellText({ a: [1] })).toBe('{"a":[1]}');
  expect(isNumeric({ heads: ["a"], cells: ["", null, "3", "NaN"] })).toBe(true);
  expect(isNumeric({ heads: ["a"], cells: ["", null] })).toBe(false);
});

test("the points of a column of numbers stand under each other", () => {
  const column = { heads: ["a"], cells: [1, 0.25, "3.5", "NaN", null] };
  const decimals = decimalsOf(column);
  expect(decimals).toBe(3);
  const shown = column.cells.map((cell) => alignedText(shownText(cell), decimals));
  expect(shown).toEqual(["1\u2008\u2007\u2007", "0.25", "3.5\u2007", "NaN\u2008\u2007\u2007", "\u2008\u2007\u2007"]);
});

test("columns are as wide as what they hold, within reason", () => {
  const t = table(["a", ["x".repeat(500), ""]], ["a long head here", [1, 2]], ["c", [12345, 0.125]]);
  expect(columnWidths(t)).toEqual([42, 18, 9]);
});
