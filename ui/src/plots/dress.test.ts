import { describe, expect, test } from "vitest";

import { contrast, parseColour } from "./colours";
import { dress, type Ink } from "./dress";
import type { Figure, Json } from "./figure";

const DARK: Ink = { surface: "#15191c", text: "#dbe0e4", dim: "#97a1a9", grid: "#20262a", line: "#262c31", colourway: ["#6cb0ee"] };
const WHITE: Ink = { ...DARK, surface: "#ffffff", text: "#1d2226" };
const figure = (layout: Json = {}, ...data: Json[]): Figure => ({ data, layout });
const named = { title: "t", series: "s" };
const template = (layout: Json): Json => layout["template"] as Json;

test("a plain figure lies on the page's surface, in the page's ink", () => {
  const { layout, paper } = dress(figure({ title: { text: "own" } }, { y: [1] }), DARK, named);
  expect(paper).toBe("");
  expect(template(layout)["layout"]).toMatchObject({ paper_bgcolor: "rgba(0,0,0,0)", font: { color: DARK.text } });
  expect(layout["title"]).toEqual({ text: "own" });
});

test("nothing that the figure says is changed, but for its size", () => {
  const own = { xaxis: { gridcolor: "red" }, font: { color: "#888888" }, colorway: ["#123456"], margin: { l: 1 }, width: 5, height: 6 };
  const { layout } = dress(figure(own), DARK, named);
  expect(layout).toMatchObject({ xaxis: own.xaxis, font: own.font, colorway: own.colorway });
  expect(layout["margin"]).toMatchObject({ l: 1, r: 16 });
  expect(layout).not.toHaveProperty("width");
  expect(layout).not.toHaveProperty("height");
});

test("a template keeps its colours of traces, not its paper", () => {
  const given = { data: { scatter: [{ marker: { size: 3 } }] }, layout: { colorway: ["#ff0000"], paper_bgcolor: "white", font: { color: "#2a3f5f", weight: 2 } } };
  const { layout, paper } = dress(figure({ template: given }), DARK, named);
  expect(paper).toBe("");
  expect(template(layout)).toMatchObject({
    data: given.data,
    layout: { colorway: ["#ff0000"], paper_bgcolor: "rgba(0,0,0,0)", font: { color: DARK.text, weight: 2 } },
  });
});

describe("paper of its own", () => {
  test("where the figure has one, with ink that is readable on it", () => {
    const { layout, paper } = dress(figure({ paper_bgcolor: "#fff" }), DARK, named);
    expect(paper).toBe("#fff");
    const font = (template(layout)["layout"] as Json)["font"] as Json;
    expect(contrast(parseColour(font["color"])!, [255, 255, 255])).toBeGreaterThan(7);
  });

  test("where its text or its lines could not be seen", () => {
    expect(dress(figure({ font: { color: "black" } }), DARK, named).paper).toBe("#ffffff");
    expect(dress(figure({ xaxis: { tickfont: { color: "#222" } } }), DARK, named).paper).toBe("#ffffff");
    expect(dress(figure({}, { line: { color: "rgb(0, 0, 0)" } }), DARK, named).paper).toBe("#ffffff");
    expect(dress(figure({}, { line: { color: "white" } }), WHITE, named).paper).toBe("#15191c");
  });

  test("not where they can, or cannot be told", () => {
    expect(dress(figure({ font: { color: "black" } }), WHITE, named).paper).toBe("");
    expect(dress(figure({}, { line: { color: "rgba(0,0,0,0.1)" } }, { marker: { color: [1, 2] } }), DARK, named).paper).toBe("");
    expect(dress(figure({ plot_bgcolor: "white" }, { line: { color: "black" } }), DARK, named).paper).toBe("");
  });
});

test("a title that repeats the name goes, and its room with it", () => {
  const { layout } = dress(figure({ title: { text: "t/s" } }), DARK, named);
  expect(layout).not.toHaveProperty("title");
  expect(layout["margin"]).toMatchObject({ t: 16 });
});

test("colours in every notation", () => {
  expect(["#fff", "#ff0000", "#ff0000ff", "rgb(1, 2, 3)", "rgba(1 2 3 / 0.9)", "Black"].map(parseColour)).toEqual([
    [255, 255, 255], [255, 0, 0], [255, 0, 0], [1, 2, 3], [1, 2, 3], [0, 0, 0],
  ]);
  expect(["#ff000010", "rgba(1,2,3,0.1)", "transparent", "tomato-ish", "#12345", 3, null].map(parseColour)).toEqual(
    Array(7).fill(null),
  );
});
