import { describe, expect, test } from "vitest";

import { imageSource, overlay, overlayKey, parseFigure, saysTheSame, shapeOf, tableOf, type Figure } from "./figure";

const TASK = "0123";
const figure = (data: object[], layout: object = {}): Figure => parseFigure(JSON.stringify({ data, layout }));
const named = { title: "pr", series: "cat" };

describe("reading a figure", () => {
  test("says what is wrong with it", () => {
    expect(() => parseFigure('{"data": [NaN]}')).toThrow(/not JSON/);
    expect(() => parseFigure("[]")).toThrow(/not an object/);
    expect(() => parseFigure('{"data": {"x": 1}}')).toThrow(/list of traces/);
    expect(() => parseFigure('{"data": [1]}')).toThrow(/list of traces/);
  });

  test("does without what may be missing", () => {
    expect(parseFigure("{}")).toEqual({ data: [], layout: {} });
    expect(parseFigure('{"data": [{}], "layout": null, "frames": []}')).toEqual({ data: [{}], layout: {}, frames: [] });
  });
});

test("titles of plotly 2 are those of plotly 3, at every place that has one, and nowhere else", () => {
  const read = figure(
    [{ type: "heatmap", text: [{ title: "data" }], colorbar: { title: "loss", titleside: "right" }, marker: { colorbar: { title: "n" } } }],
    { title: "t", titlefont: { size: 3 }, xaxis: { title: "x" }, yaxis: { title: { text: "y" } }, scene: { zaxis: { title: "z" } } },
  );
  expect(read.layout).toEqual({
    title: { text: "t", font: { size: 3 } },
    xaxis: { title: { text: "x" } },
    yaxis: { title: { text: "y" } },
    scene: { zaxis: { title: { text: "z" } } },
  });
  expect(read.data[0]).toMatchObject({
    text: [{ title: "data" }],
    colorbar: { title: { text: "loss", side: "right" } },
    marker: { colorbar: { title: { text: "n" } } },
  });
});

describe("what it is shown as", () => {
  test("tables only where all traces are tables", () => {
    const trace = { type: "table", header: { values: [["a"], ["b"]] }, cells: { values: [[1, 2], ["x", "y"]] } };
    expect(shapeOf(figure([trace]), TASK).kind).toBe("tables");
    expect(shapeOf(figure([trace, { y: [1] }]), TASK).kind).toBe("plot");
  });

  test("an image where there is nothing else", () => {
    const layout = { images: [{ source: "data:image/png;base64,AAAA" }], title: { text: "t" } };
    expect(shapeOf(figure([], layout), TASK)).toEqual({ kind: "image", source: layout.images[0]!.source, caption: "t" });
    expect(shapeOf(figure([{ y: [1] }], layout), TASK).kind).toBe("plot");
  });

  test("images of elsewhere are not asked for", () => {
    expect(imageSource("media/a b/1.png", TASK)).toBe("/files/0123/media/a%20b/1.png");
    expect(imageSource("https://example.org/x.png", TASK)).toBeNull();
    expect(imageSource("media/../../journal", TASK)).toBeNull();
    expect(imageSource("data:text/html,x", TASK)).toBeNull();
  });
});

test("a table keeps the levels of its heads, plotly's tags fall, ragged columns stay", () => {
  const table = tableOf({
    header: { values: [["<b>train</b>", "loss"], "<b>n</b>", null] },
    cells: { values: [[0.1, 0.2], ["<script>"]] },
  });
  expect(table.columns.map(({ heads }) => heads)).toEqual([["train", "loss"], ["n"], [""]]);
  expect(table.rows).toBe(2);
  expect(table.columns[1]?.cells[0]).toBe("<script>");
});

describe("overlay", () => {
  const line = (over: object = {}, layout: object = {}) => figure([{ type: "scatter", x: [0], y: [1], ...over }], layout);

  test("figures of the same kind and axes share a key, others do not", () => {
    const axes = { xaxis: { title: { text: "recall" } }, title: "pr" };
    expect(overlayKey(line({}, axes), named)).toBe(overlayKey(line({ mode: "markers" }, { xaxis: { title: "recall" } }), named));
    expect(overlayKey(line({}, axes), named)).not.toBe(overlayKey(line(), named));
    expect(overlayKey(line({}, { title: "its own" }), named)).not.toBe(overlayKey(line(), named));
    expect(overlayKey(line({ type: "bar" }), named)).not.toBe(overlayKey(line(), named));
  });

  test("what has axes, images or annotations of its own stands alone", () => {
    for (const other of [line({ type: "heatmap" }), line({ xaxis: "x2" }), line({}, { images: [{}] }), figure([])]) {
      expect(overlayKey(other, named)).toBeNull();
    }
  });

  test("traces are named after their series", () => {
    const both = overlay([
      { ...named, figure: line({ name: "whatever" }, { title: "pr" }) },
      { title: "pr", series: "dog", figure: figure([{ name: "a", y: [1] }, { name: "dog", y: [2] }]) },
    ]);
    expect(both.data.map((trace) => trace["name"])).toEqual(["cat", "dog: a", "dog"]);
    expect(both.layout).toEqual({ showlegend: true });
  });
});

test("a title that repeats the name is known", () => {
  expect(["", "pr", "cat", "pr/cat"].every((text) => saysTheSame(text, named))).toBe(true);
  expect(saysTheSame("PR curve", named)).toBe(false);
});
