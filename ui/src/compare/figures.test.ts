import { describe, expect, it } from "vitest";

import type { Json } from "../plots/figure";
import { asText, canOverlay, merged, mergedTable, MOST_OVERLAID, type TaskFigure } from "./figures";

const NAMED = { title: "t", series: "s" };

function of(name: string, data: Json[], layout: Json = {}): TaskFigure {
  return { task: name, name, colour: `#${name}`, figure: { data, layout } };
}

const line = (more: Json = {}): Json => ({ type: "scatter", y: [1, 2], ...more });

describe("canOverlay", () => {
  it("takes figures of the same kind and axes", () => {
    expect(canOverlay([of("a", [line()]), of("b", [line()])], NAMED)).toBe(true);
  });

  it("takes one alone, too, for its colour", () => {
    expect(canOverlay([of("a", [line()])], NAMED)).toBe(true);
    expect(canOverlay([of("a", [{ type: "heatmap" }])], NAMED)).toBe(false);
  });

  it("refuses none, other axes, other kinds, and too many", () => {
    expect(canOverlay([], NAMED)).toBe(false);
    expect(canOverlay([of("a", [line()]), of("b", [line()], { yaxis: { type: "log" } })], NAMED)).toBe(false);
    expect(canOverlay([of("a", [{ type: "heatmap" }]), of("b", [{ type: "heatmap" }])], NAMED)).toBe(false);
    expect(canOverlay(Array.from({ length: MOST_OVERLAID + 1 }, (_, i) => of(`${i}`, [line()])), NAMED)).toBe(false);
  });
});

describe("merged", () => {
  it("draws each task in its colour under its name", () => {
    const figure = merged([of("a", [line({ name: "s", line: { width: 3 } })]), of("b", [line()])]);
    expect(figure.data.map(({ name, line: drawn }) => [name, drawn])).toEqual([
      ["a", { width: 3, color: "#a", dash: "solid" }],
      ["b", { color: "#b", dash: "solid" }],
    ]);
  });

  it("puts the task before the names of several traces, and tells these apart by dashes", () => {
    const figure = merged([of("a", [line({ name: "x" }), line({ name: "y" })])]);
    expect(figure.data.map(({ name }) => name)).toEqual(["a: x", "a: y"]);
    expect(figure.data.map((trace) => (trace["line"] as Json)["dash"])).toEqual(["solid", "dash"]);
  });

  it("lays histograms over each other and bars beside each other", () => {
    expect(merged([of("a", [{ type: "histogram" }])]).layout["barmode"]).toBe("overlay");
    expect(merged([of("a", [{ type: "bar" }])]).layout["barmode"]).toBe("group");
  });

  it("leaves what it is given as it is", () => {
    const given = of("a", [line({ line: { color: "red" } })]);
    merged([given]);
    expect(given.figure.data).toEqual([line({ line: { color: "red" } })]);
  });
});

it("shows the names of tasks as text", () => {
  expect(asText("<b>&")).toBe("&lt;b&gt;&amp;");
});

it("puts tables side by side", () => {
  const table = (cells: unknown[][]): Json => ({ type: "table", header: { values: ["name", "n"] }, cells: { values: cells } });
  const both = mergedTable([of("a", [table([["x"], [1]])]), of("b", [table([["x", "y"], [2, 3]])])]);
  expect(both.rows).toBe(2);
  expect(both.columns.map(({ heads }) => heads)).toEqual([["a", "name"], ["a", "n"], ["b", "name"], ["b", "n"]]);
});
