import { describe, expect, it } from "vitest";

import type { SeriesSummary } from "../api/types";
import { layOutMonitor, readingOf } from "./monitor";
import { attemptsOf, layOut, parseFilter, prefixOf } from "./sections";

const summary = (title: string, series: string): SeriesSummary => ({
  title,
  series,
  attempts: [0],
  ranks: [0],
  count: 1,
  non_finite: 0,
  low: 0,
  high: 0,
  first: null,
  last: null,
  minimum: null,
  maximum: null,
  mean: null,
});

const all = parseFilter("");

describe("the filter", () => {
  it("finds titles and series, whatever their case", () => {
    const filter = parseFilter("LOSS|val$");
    expect(filter.test("train/loss", "x")).toBe("panel");
    expect(filter.test("accuracy", "val")).toBe("series");
    expect(filter.test("accuracy", "train")).toBe("none");
  });

  it("says what is wrong with an expression and then hides nothing", () => {
    const filter = parseFilter("[(");
    expect(filter.problem).not.toBeNull();
    expect(filter.test("anything", "x")).toBe("panel");
  });
});

const whose = { task: "t", rank: null };

describe("the layout", () => {
  it("makes sections of prefixes and panels of titles, numbers in their order", () => {
    const sections = layOut(
      [summary("a/layer10", "x"), summary("a/layer2", "x"), summary("loss", "val"), summary("loss", "train")],
      all,
      whose,
    );
    expect(sections.map(({ id, panels }) => [id, panels.map(({ heading }) => heading)])).toEqual([
      ["", ["loss"]],
      ["a", ["layer2", "layer10"]],
    ]);
    expect(sections[0]!.panels[0]!.lines.map(({ name }) => name)).toEqual(["train", "val"]);
  });

  it("shows only the lines that the filter finds", () => {
    const sections = layOut([summary("loss", "val"), summary("loss", "train")], parseFilter("^val"), whose);
    expect(sections[0]!.panels[0]!.lines.map(({ series }) => series)).toEqual(["val"]);
  });

  it("takes a leading slash for no prefix", () => {
    expect(prefixOf("/loss")).toBe("");
    expect(prefixOf("a/b/c")).toBe("a");
  });
});

describe("attempts and ranks", () => {
  const many = { ...summary("loss", "train"), attempts: [2, 1, 3], ranks: [1, 0] };
  const linesOf = (more: object) => layOut([many], all, { ...whose, ...more })[0]?.panels[0]?.lines ?? [];

  it("puts earlier attempts faded behind the live line", () => {
    const lines = linesOf({ attempt: "all" });
    expect(lines.map(({ name, attempt, faded }) => [name, attempt, faded ?? false])).toEqual([
      ["train", null, false],
      ["train · attempt 1", 1, true],
      ["train · attempt 2", 2, true],
    ]);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(3);
    expect(new Set(lines.map(({ look, name }) => look ?? name)).size).toBe(1);
  });

  it("shows one attempt where it is, and nothing where it is not", () => {
    expect(linesOf({ attempt: 2 }).map(({ attempt }) => attempt)).toEqual([2]);
    expect(linesOf({ attempt: 9 })).toEqual([]);
    expect(attemptsOf([{ lines: linesOf({}) }])).toEqual([1, 2, 3]);
  });

  it("draws a line for each rank, or one band over all", () => {
    expect(linesOf({ ranks: "each" }).map(({ name, rank }) => [name, rank])).toEqual([
      ["train · rank 0", 0],
      ["train · rank 1", 1],
    ]);
    const [band, ...others] = linesOf({ ranks: "band", attempt: 3 });
    expect(others).toEqual([]);
    expect(band!.members!.map(({ rank, attempt }) => [rank, attempt])).toEqual([[0, 3], [1, 3]]);
  });
});

describe("the machine's readings", () => {
  it("are named and grouped by unit", () => {
    const sections = layOutMonitor(
      [
        summary(":monitor:gpu", "gpu_1_utilization"),
        summary(":monitor:gpu", "gpu_0_utilization"),
        summary(":monitor:machine", "cpu_usage"),
        summary("loss", "train"),
      ],
      all,
      whose,
    );
    expect(sections.map(({ heading }) => heading)).toEqual(["Machine", "GPU"]);
    expect(sections[1]!.panels.map(({ valueName, lines }) => [valueName, lines.map(({ name }) => name)])).toEqual([
      ["%", ["GPU 0", "GPU 1"]],
    ]);
  });

  it("are placed by the ending of their name where nobody knows them", () => {
    expect(readingOf(":monitor:machine", "swap_used_gb")).toMatchObject({
      section: "Other",
      unit: "GiB",
      name: "swap used gb",
    });
    expect(readingOf(":monitor:gpu:rank3", "gpu_0_power_draw")).toMatchObject({
      section: "GPU",
      unit: "W",
      name: "rank 3: GPU 0",
    });
  });
});
