import { describe, expect, it } from "vitest";

import { csvOfDrawn } from "./everyPoint";
import { escaped } from "./picture";
import type { DrawnLine } from "./paint";

function drawn(name: string, x: number[], value: number[], more: Partial<DrawnLine> = {}): DrawnLine {
  const at = Float64Array.from(x);
  const columns = { x: at, iteration: at, timeUs: at.map(() => NaN), value: Float64Array.from(value) };
  const line = { ...columns, length: x.length, flags: new Uint8Array(x.length), marks: [], exact: true, points: x.length };
  return { key: name, task: "t", name, line, smoothed: null, colour: "red", dash: [], ...more };
}

describe("the points that are drawn, as a file", () => {
  it("are those in the range, numbers in full, names quoted", () => {
    const text = csvOfDrawn([drawn('a,"b"', [0, 1, 2], [0.1, 1 / 3, 1e308])], { low: 1, high: 2 });
    expect(text).toBe('line,x,iteration,time_us,value\n"a,""b""",1,1,,0.3333333333333333\n"a,""b""",2,2,,1e+308\n');
  });

  it("have columns for what is smoothed and for bands", () => {
    const band = { low: Float64Array.of(1), high: Float64Array.of(3), n: Float64Array.of(5) };
    const lines = [drawn("a", [0], [2], { band }), drawn("b", [0], [2], { smoothed: Float64Array.of(2.5) })];
    expect(csvOfDrawn(lines, null).split("\n")).toEqual([
      "line,x,iteration,time_us,value,smoothed,low,high,n",
      "a,0,0,,2,,1,3,5",
      "b,0,0,,2,2.5,,,",
      "",
    ]);
  });
});

describe("text in a picture", () => {
  it("is text, whatever it looks like", () => {
    expect(escaped('<script>&"')).toBe('&lt;script&gt;&amp;"');
    expect(escaped("a\u0000b\ud800c😀")).toBe("a\ufffdb\ufffdc😀");
  });
});
