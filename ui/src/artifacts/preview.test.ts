import { describe, expect, test } from "vitest";

import { parseCsv, pretty, previewOf, tableFromCsv, wholeLines } from "./preview";

describe("comma-separated values", () => {
  test("quotes, either line end, an empty last cell, no line end at the end", () => {
    expect(parseCsv('a,"b ""x"", c"\r\n1,\n2,"two\nlines"')).toEqual([["a", 'b "x", c'], ["1", ""], ["2", "two\nlines"]]);
    expect(parseCsv("a,b,")).toEqual([["a", "b", ""]]);
    expect(parseCsv("")).toEqual([]);
    expect(parseCsv('a,"open')).toEqual([]);
  });

  test("is a table only where every row is as long as the head", () => {
    expect(tableFromCsv("a,b\n1,2\n3,4\n")?.rows).toBe(2);
    expect(tableFromCsv("a,b\n1\n")).toBeNull();
    expect(tableFromCsv("just a text\nof two lines")).toBeNull();
  });
});

test("what a preview is shown as", () => {
  const kind = (type: string, url: string, preview: string) => previewOf({ type, url, preview }).kind;
  expect(kind("image", "/files/t/artifacts/x", "")).toBe("image");
  expect(kind("file", "/files/t/artifacts/x.PNG", "")).toBe("image");
  expect(kind("image", "https://example.org/x.png", "")).toBe("none");
  expect(kind("pandas", "", "a,b\n1,2")).toBe("table");
  expect(kind("pandas", "", "no table")).toBe("text");
  expect(kind("str", "", "a,b\n1,2")).toBe("text");
  expect(kind("pandas", "/files/t/artifacts/x.csv.gz", "3 rows")).toBe("file");
  expect(kind("pandas", "https://example.org/x.csv", "3 rows")).toBe("text");
  expect(wholeLines("a\nb\nc")).toBe("a\nb\n");
});

test("JSON is laid out, other text left alone", () => {
  expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(pretty("{not json")).toBe("{not json");
  expect(pretty("12")).toBe("12");
});
