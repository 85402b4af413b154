import { describe, expect, test } from "vitest";

import { inlines, parseMarkdown, safeHref, type Block, type Inline } from "./parse";

const text = (words: string): Inline => ({ kind: "text", text: words });
const paragraph = (...parts: Inline[]): Block => ({ kind: "paragraph", parts });

describe("what is no markup stays text", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "2 * 3 * 4",
    "snake_case_name and _",
    "a ** b",
    "[not a link]",
    "~~",
    "`",
  ])("%s", (words) => {
    expect(parseMarkdown(words)).toEqual([paragraph(text(words))]);
  });

  test("an escape takes the meaning away", () => {
    expect(inlines("\\*no\\* \\`x\\`")).toEqual([text("*no* `x`")]);
  });
});

describe("links", () => {
  test.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example", "/\\evil.example", "file:///etc"])(
    "%s leads nowhere",
    (target) => expect(safeHref(target)).toBeNull(),
  );

  test("those to the web and to this page do", () => {
    expect(safeHref("https://example.org/a?b#c")).toBe("https://example.org/a?b#c");
    expect(safeHref("mailto:a@b.c")).toBe("mailto:a@b.c");
    expect(safeHref("/task/ab")).toBe("/task/ab");
  });

  test("written out, in brackets, bare, and as a picture", () => {
    const link = (href: string, words: string, image = false): Inline => ({ kind: "link", href, parts: [text(words)], image });
    expect(inlines("[a](https://x.org/(y) 'z')")).toEqual([link("https://x.org/(y)", "a")]);
    expect(inlines("<https://x.org>")).toEqual([link("https://x.org", "https://x.org")]);
    expect(inlines("see https://x.org/a.")).toEqual([text("see "), link("https://x.org/a", "https://x.org/a"), text(".")]);
    expect(inlines("![loss](https://x.org/l.png)")).toEqual([link("https://x.org/l.png", "loss", true)]);
    expect(inlines("[a](javascript:alert(1))")).toEqual([{ kind: "em", parts: [text("a")] }]);
  });
});

test("emphasis, also in each other", () => {
  expect(inlines("**a *b* c**")).toEqual([{ kind: "strong", parts: [text("a "), { kind: "em", parts: [text("b")] }, text(" c")] }]);
  expect(inlines("_a_ ~~b~~ `c*d*`")).toEqual([
    { kind: "em", parts: [text("a")] },
    text(" "),
    { kind: "del", parts: [text("b")] },
    text(" "),
    { kind: "code", text: "c*d*" },
  ]);
});

test("blocks", () => {
  const source = "# Title\n\nfirst\nsecond  \nthird\n\n```py\n<b>\n```\n---\n> said\n> more";
  expect(parseMarkdown(source)).toEqual([
    { kind: "heading", level: 1, parts: [text("Title")] },
    paragraph(text("first\nsecond  "), { kind: "break" }, text("third")),
    { kind: "code", language: "py", text: "<b>" },
    { kind: "rule" },
    { kind: "quote", blocks: [paragraph(text("said\nmore"))] },
  ]);
});

test("lists in lists, of tasks, and numbered from where they say", () => {
  expect(parseMarkdown("- a\n  - b\n- [x] c\n\n3. d\n4. e")).toEqual([
    {
      kind: "list",
      ordered: false,
      start: 1,
      items: [
        { done: null, blocks: [paragraph(text("a")), { kind: "list", ordered: false, start: 1, items: [{ done: null, blocks: [paragraph(text("b"))] }] }] },
        { done: true, blocks: [paragraph(text("c"))] },
      ],
    },
    {
      kind: "list",
      ordered: true,
      start: 3,
      items: [
        { done: null, blocks: [paragraph(text("d"))] },
        { done: null, blocks: [paragraph(text("e"))] },
      ],
    },
  ]);
});

test("tables", () => {
  expect(parseMarkdown("| a | b |\n|---|:-:|\n| 1 |\n| 2 | x \\| y | z |")).toEqual([
    { kind: "table", head: [[text("a")], [text("b")]], rows: [[[text("1")], []], [[text("2")], [text("x | y")]]] },
  ]);
});

test("what is made to take for ever ends", () => {
  const ends = ["*".repeat(5000), "[".repeat(5000), "> ".repeat(5000), "- ".repeat(3000), "**a ".repeat(3000), "`".repeat(5000) + "a", "_a".repeat(5000), "\\".repeat(9999), "(".repeat(3000), "[a](".repeat(2000)];
  for (const source of ends) expect(parseMarkdown(source).length).toBeGreaterThan(0);
}, 5000);
