import { describe, expect, test } from "vitest";

import { cssOf, parseAnsi } from "./ansi";

const plain = (line: string) => parseAnsi(line).map(({ text }) => text).join("");

describe("parseAnsi", () => {
  test("leaves text without sequences alone, markup included", () => {
    const text = "<img src=x onerror=alert(1)> &amp; 100% 🙂 שלום";
    expect(parseAnsi(text)).toEqual([{ text, style: {} }]);
    expect(parseAnsi("")).toEqual([]);
  });

  test("colours from the palette, bright ones, and back to plain", () => {
    expect(parseAnsi("a\x1b[31mb\x1b[1;92mc\x1b[0md")).toEqual([
      { text: "a", style: {} },
      { text: "b", style: { colour: 1 } },
      { text: "c", style: { colour: 10, bold: true } },
      { text: "d", style: {} },
    ]);
  });

  test("256 colours and true colours, with semicolons or colons", () => {
    expect(parseAnsi("\x1b[38;5;208mx")[0]?.style).toEqual({ colour: 208 });
    expect(parseAnsi("\x1b[48:2:1:2:255mx")[0]?.style).toEqual({ background: "#0102ff" });
    expect(parseAnsi("\x1b[38;2;300;0;0;4mx")[0]?.style).toEqual({ underline: true });
  });

  test("an empty sequence resets, attributes switch off one by one", () => {
    expect(parseAnsi("\x1b[31m\x1b[mx")[0]?.style).toEqual({});
    expect(parseAnsi("\x1b[31;1;4m\x1b[39;22mx")[0]?.style).toEqual({ bold: false, dim: false, underline: true });
  });

  test("leaves out cursor movement, titles, links and stray control characters", () => {
    expect(plain("a\x1b[2Kb\x1b[10;3Hc\x1b[?25ld")).toBe("abcd");
    expect(plain("\x1b]0;title\x07shown")).toBe("shown");
    expect(plain("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\")).toBe("link");
    expect(plain("a\x00b\x07c\td\x7f")).toBe("abc\td");
  });

  test("a sequence cut off in the middle shows nothing odd and loses no text before it", () => {
    expect(plain("end\x1b")).toBe("end");
    expect(plain("end\x1b[")).toBe("end");
    expect(plain("end\x1b[31")).toBe("end");
  });

  test("stays linear on a long hostile line", () => {
    expect(parseAnsi("\x1b[31m".repeat(20000) + "x")).toEqual([{ text: "x", style: { colour: 1 } }]);
    expect(plain("\x1b]".repeat(20000))).toBe("");
  });
});

test("cssOf never lets text through", () => {
  expect(cssOf(3)).toBe("var(--ansi-3)");
  expect(cssOf(16)).toBe("rgb(0 0 0)");
  expect(cssOf(231)).toBe("rgb(255 255 255)");
  expect(cssOf(244)).toBe("rgb(128 128 128)");
});
