import { describe, expect, it } from "vitest";

import { countOf, differingPart, diffLines, folded, linesOf, sideBySide, type DiffLine } from "./textDiff";

const split = (text: string) => (text === "" ? [] : text.split(""));

function rebuilt(lines: readonly DiffLine[], left: string[], right: string[]): [string[], string[]] {
  const a = lines.flatMap((line) => (line.left === null ? [] : [left[line.left]!]));
  const b = lines.flatMap((line) => (line.right === null ? [] : [right[line.right]!]));
  return [a, b];
}

describe("diffLines", () => {
  it("finds the shortest way", () => {
    const lines = diffLines(split("abcabba"), split("cbabac"));
    expect(countOf(lines)).toEqual({ added: 2, removed: 3 });
  });

  it("leads from any text to any other, equal lines being equal", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 400; round++) {
      const make = () => Array.from({ length: random(14) }, () => "abcd"[random(4)]!);
      const [left, right] = [make(), make()];
      const lines = diffLines(left, right);
      expect(rebuilt(lines, left, right)).toEqual([left, right]);
      for (const { kind, left: l, right: r } of lines) if (kind === "same") expect(left[l!]).toBe(right[r!]);
    }
  });

  it("says of texts that have nothing in common that all is replaced", () => {
    const left = Array.from({ length: 3000 }, (_, i) => `l${i}`);
    const right = Array.from({ length: 3000 }, (_, i) => `r${i}`);
    expect(countOf(diffLines(left, right))).toEqual({ added: 3000, removed: 3000 });
  });

  it("knows equal and empty texts", () => {
    expect(countOf(diffLines(["a"], ["a"]))).toEqual({ added: 0, removed: 0 });
    expect(countOf(diffLines([], ["a"]))).toEqual({ added: 1, removed: 0 });
    expect(diffLines([], [])).toEqual([]);
  });
});

it("puts what was taken out beside what came in its place", () => {
  const rows = sideBySide(diffLines(["a", "b", "c"], ["a", "x", "y", "c"]));
  expect(rows).toEqual([
    { left: 0, right: 0, same: true },
    { left: 1, right: 1, same: false },
    { left: null, right: 2, same: false },
    { left: 2, right: 3, same: true },
  ]);
});

it("folds away what is equal far from a change", () => {
  const same = Array.from({ length: 20 }, (_, i) => i !== 10);
  expect(folded(same)).toEqual([
    { begin: 0, end: 7, shown: false },
    { begin: 7, end: 14, shown: true },
    { begin: 14, end: 20, shown: false },
  ]);
});

it("reads JSON on one line by its members, other texts by their lines", () => {
  expect(linesOf('{"a":1,"b":[2]}')).toEqual(["{", '  "a": 1,', '  "b": [', "    2", "  ]", "}"]);
  expect(linesOf("{not json")).toEqual(["{not json"]);
  expect(linesOf("a: 1\r\nb: 2\n")).toEqual(["a: 1", "b: 2"]);
});

it("finds the part of two lines that differs", () => {
  expect(differingPart("lr: 0.01 # x", "lr: 0.001 # x")).toEqual({ head: 7, tail: 5 });
  expect(differingPart("same", "same")).toEqual({ head: 4, tail: 0 });
  expect(differingPart("aa", "aaa")).toEqual({ head: 2, tail: 0 });
});
