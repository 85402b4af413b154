import { describe, expect, it } from "vitest";

import { findLines, foldsOf, parentsOf, type FoldLine } from "./folds";

const parents = (text: string) => parentsOf(text.split("\n"));
const shape = (lines: readonly FoldLine[]): unknown => lines.map(({ text, under }) => (under.length > 0 ? [text.trim(), shape(under)] : text.trim()));

describe("what folds", () => {
  it("is what is indented, and the items of a list that is not", () => {
    const yaml = "model:\n  name: vit\n  layers:\n  - size: 1\n    bias: no\n\n  - size: 2\noptim: adam";
    expect(shape(foldsOf(yaml)!)).toEqual([
      ["model:", ["name: vit", ["layers:", [["- size: 1", ["bias: no", ""]], "- size: 2"]]]],
      "optim: adam",
    ]);
    expect(shape(foldsOf("a:\n- 1\n- 2\nb: 3\n")!)).toEqual([["a:", ["- 1", "- 2"]], "b: 3"]);
    expect(parents("a\n\tb\n    c\n\t\td\n e")).toEqual([-1, 0, 0, 2, 0]);
  });

  it("is what stands under a heading in brackets", () => {
    const toml = 'top = 1\n[train]\nlr = 0.1\nlist = [\n  1,\n]\n[data.set] # where\npath = "x"';
    expect(shape(foldsOf(toml)!)).toEqual([
      "top = 1",
      ["[train]", ["lr = 0.1", ["list = [", ["1,"]], "]"]],
      ["[data.set] # where", ['path = "x"']],
    ]);
  });

  it("is nothing in a flat text", () => {
    for (const flat of ["", "a = 1\nb = 2", "\n\n", "[1, 2, 3]", "\u2028"]) expect(foldsOf(flat)).toBeNull();
  });

  it("bears ever deeper lines", () => {
    const deep = Array.from({ length: 20_000 }, (_, i) => " ".repeat(i % 5000) + "x").join("\n");
    expect(foldsOf(deep)).toHaveLength(4);
  });
});

describe("a search", () => {
  const text = "model:\n  name: ViT\n  head:\n    vitality: 3\nother: vi";

  it("finds lines whatever their case, and says where they belong", () => {
    const { lines, count } = findLines(text, "VIT", 10);
    expect(count).toBe(2);
    expect(lines.map(({ number, places }) => [number, places])).toEqual([
      [1, []],
      [2, [[8, 11]]],
      [3, []],
      [4, [[4, 7]]],
    ]);
  });

  it("takes every letter for itself, and keeps to the most while it counts on", () => {
    expect(findLines("a.b\naxb\n(a.b", "a.b", 10).lines.map(({ number }) => number)).toEqual([1, 3]);
    for (const ugly of ["[", "\\", "*", "a-b", "😀", "/"]) expect(findLines(`x ${ugly} y`, ugly, 1).count).toBe(1);
    const { lines, count } = findLines("x\n".repeat(1000), "x", 5);
    expect([lines.length, count]).toEqual([5, 1000]);
  });
});
