import { describe, expect, it } from "vitest";

import { hitsAt, indexAt, markText, tooltipOf, tooltipText } from "./hits";
import { Looks } from "./lines";
import { alignNumbers } from "./numbers";
import type { DrawnLine } from "./paint";
import type { PlacedMark } from "./points";

function drawn(name: string, points: [number, number][], marks: PlacedMark[] = []): DrawnLine {
  const x = Float64Array.from(points, ([at]) => at);
  const value = Float64Array.from(points, ([, v]) => v);
  const line = {
    length: x.length,
    x,
    iteration: x,
    timeUs: x,
    value,
    flags: new Uint8Array(x.length),
    marks,
    exact: true,
    points: x.length,
  };
  return { key: name, task: "t", name, line, smoothed: null, colour: "", dash: [] };
}

// One pixel for one unit, upwards as well: the arithmetic stays readable.
const PIXELS = { x: (v: number) => v, y: (v: number) => v };
const at = (x: number, y: number) => ({ x, y, data: x });

describe("what is under the mouse", () => {
  it("comes with the nearest line first", () => {
    const hits = hitsAt([drawn("far", [[10, 90]]), drawn("near", [[10, 20]])], PIXELS, at(10, 25), 1);
    expect(hits.map((hit) => hit.drawn.name)).toEqual(["near", "far"]);
  });

  it("is the point of the column that is nearest, so that a spike can be pointed at", () => {
    const spiky = drawn("a", [
      [10, 0],
      [10.2, 500],
      [10.4, 0],
    ]);
    expect(hitsAt([spiky], PIXELS, at(10, 480), 1)[0]!.value).toBe(500);
    expect(hitsAt([spiky], PIXELS, at(10, 10), 1)[0]!.value).toBe(0);
  });

  it("speaks of one place for all lines that have a point there", () => {
    const hits = hitsAt(
      [
        drawn("a", [
          [10, 0],
          [10.4, 7],
        ]),
        drawn("b", [
          [10, 100],
          [10.4, 200],
        ]),
      ],
      PIXELS,
      at(10.4, 8),
      1,
    );
    expect(hits.map(({ x }) => x)).toEqual([10.4, 10.4]);
  });

  it("is the mark where one stands", () => {
    const mark: PlacedMark = { x: 30, iteration: 30, time_us: 30, value: 0, flags: 1 | 8, count: 1 };
    const hits = hitsAt(
      [
        drawn(
          "a",
          [
            [10, 1],
            [50, 1],
          ],
          [mark],
        ),
      ],
      PIXELS,
      at(31, 0),
      1,
    );
    expect(tooltipOf(hits, 0)!.rows[0]!.mark).toBe("NaN, logged as 0");
  });

  it("is nothing where there are no points", () => {
    expect(tooltipOf(hitsAt([drawn("a", [])], PIXELS, at(1, 1), 1), 0)).toBeNull();
  });
});

it("says what a mark stands for", () => {
  expect(markText({ flags: 2, value: null, count: 1 })).toBe("+Inf");
  expect(markText({ flags: 1 | 4, value: null, count: 3 })).toBe("3 × NaN, −Inf");
  expect(markText({ flags: 4 | 8, value: -1, count: 1 })).toBe("−Inf, logged as −1");
});

it("copies the tooltip as a table without padding", () => {
  const hits = hitsAt([drawn("a", [[10, 1.5]]), drawn("b", [[10, 100]])], PIXELS, at(10, 1), 1);
  expect(tooltipText("loss", tooltipOf(hits, 0)!).split("\n").slice(1)).toEqual(["a\t1.5", "b\t100"]);
});

it("stands decimal points under each other", () => {
  const texts = alignNumbers([1.5, 100, -0.25]);
  expect(new Set(texts.map((text) => text.length)).size).toBe(1);
  expect(texts[0]!.indexOf(".")).toBe(texts[2]!.indexOf("."));
});

it("finds the last point that is not after the cursor", () => {
  const { line } = drawn("a", [
    [1, 0],
    [5, 0],
  ]);
  expect([indexAt(line, 0), indexAt(line, 1), indexAt(line, 4), indexAt(line, 99)]).toEqual([-1, 0, 0, 1]);
});

describe("looks of lines", () => {
  it("differ within a panel and stay when more lines come", () => {
    const names = Array.from({ length: 50 }, (_, i) => `layer ${i}`);
    const looks = new Looks();
    looks.learn([names.slice(0, 20)]);
    const before = names.slice(0, 20).map((name) => JSON.stringify(looks.of(name)));
    looks.learn([names]);
    const after = names.map((name) => JSON.stringify(looks.of(name)));
    expect(after.slice(0, 20)).toEqual(before);
    expect(new Set(after).size).toBe(50);
  });

  it("are the same in each panel and do not depend on the order of panels", () => {
    const [one, other] = [new Looks(), new Looks()];
    one.learn([["train", "val"], ["x"]]);
    other.learn([["x"], ["val", "train"]]);
    expect(one.of("val")).toEqual(other.of("val"));
  });
});
