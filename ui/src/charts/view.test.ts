import { describe, expect, it } from "vitest";

import { placeAxis, valueAxis } from "./axes";
import { placeRange, valueRange } from "./extent";
import { flip, solo } from "./Legend";
import type { Line } from "./points";
import type { PanelModel } from "./sections";
import { namesOf, parseSmoothing, parseZoom, readView, viewParams, withView } from "./view";

const PARAMS = viewParams("iteration");

describe("the view in the address", () => {
  it("comes back as it was written", () => {
    const change = {
      axis: "wall" as const,
      logY: true,
      smoothing: { kind: "gaussian" as const, amount: 7 },
      columns: 3,
      filter: "loss|a&b=c",
      zoom: { low: -5, high: 2 ** 62 },
      hidden: ["loss\ttrain", "a b\té"],
      full: "x/y z",
      rank: 3,
      ranks: "band" as const,
      attempt: 2,
      pins: ["x/y z", "loss"],
      away: ["__proto__"],
    };
    const search = withView("?other=1", PARAMS, change);
    expect(readView(search, PARAMS)).toMatchObject(change);
    expect(search).toContain("other=1");
  });

  it("is not written where it is the default", () => {
    expect(withView("", PARAMS, readView("", PARAMS))).toBe("");
  });

  it("reads nonsense as the default", () => {
    const view = readView("?axis=7&columns=99&height=x&x=5..3&smooth=magic:1&full", PARAMS);
    expect(view).toMatchObject({ axis: "iteration", columns: 4, height: 200, zoom: null, smoothing: { kind: "none" } });
  });

  it("takes any bounds where x is another series", () => {
    for (const zoom of [{ low: 1e-9, high: 0.25 }, { low: -1.5e300, high: 1e22 }])
      expect(readView(withView("", PARAMS, { against: "lr\tlr", zoom }), PARAMS)).toMatchObject({ against: "lr\tlr", zoom });
    expect(parseZoom("1....2")).toBeNull();
    expect(namesOf("a b\tc\td")).toEqual({ title: "a b", series: "c\td" });
  });

  it("takes whole numbers as bounds of a zoom", () => {
    expect(readView("?x=1.5..2.5", PARAMS).zoom).toEqual({ low: 1, high: 3 });
    expect(readView("?x=1.2..1.3", PARAMS).zoom).toEqual({ low: 1, high: 2 });
    expect(parseSmoothing("exponential:5")).toEqual({ kind: "exponential", amount: 0.999 });
  });
});

function line(x: number[], value: number[]): Line {
  const at = Float64Array.from(x);
  return {
    length: x.length,
    x: at,
    iteration: at,
    timeUs: at,
    value: Float64Array.from(value),
    flags: new Uint8Array(x.length),
    marks: [],
    exact: true,
    points: x.length,
  };
}

describe("ranges of a panel", () => {
  const plain = { log: false, ignoreOutliers: false };

  it("hold what is visible only", () => {
    const range = valueRange([{ line: line([0, 1, 2, 3], [0, 10, 20, 1000]) }], { low: 0, high: 2 }, plain)!;
    expect(range.low).toBeLessThanOrEqual(0);
    expect(range.high).toBeLessThan(30);
  });

  it("hold a line that only crosses", () => {
    expect(valueRange([{ line: line([0, 10], [0, 10]) }], { low: 4, high: 6 }, plain)).not.toBeNull();
  });

  it("leave outliers out when asked to", () => {
    const values = Array.from({ length: 100 }, (_, i) => (i === 50 ? 1e6 : i));
    const range = valueRange(
      [
        {
          line: line(
            values.map((_, i) => i),
            values,
          ),
        },
      ],
      { low: 0, high: 99 },
      { log: false, ignoreOutliers: true },
    )!;
    expect(range.high).toBeLessThan(200);
  });

  it("are of positive values on a logarithmic axis, and none where there are none", () => {
    expect(
      valueRange([{ line: line([0, 1], [-5, 5]) }], { low: 0, high: 1 }, { log: true, ignoreOutliers: false })!.low,
    ).toBeGreaterThan(0);
    expect(valueRange([{ line: line([0], [-5]) }], { low: 0, high: 1 }, { log: true, ignoreOutliers: false })).toBeNull();
    expect(valueRange([{ line: line([0], [NaN]) }], { low: 0, high: 1 }, plain)).toBeNull();
  });

  it("hold zero where a share is shown", () => {
    expect(valueRange([{ line: line([0, 1], [55, 56]) }], { low: 0, high: 1 }, { ...plain, fromZero: true })!.low).toBe(0);
  });

  it("of x leave zero out of a logarithmic axis", () => {
    expect(placeRange([line([0, 5, 9], [1, 1, 1])], true)).toEqual({ low: 5, high: 9 });
    expect(placeRange([line([], [])], false)).toBeNull();
  });
});

describe("axes", () => {
  it("say what they are, with unit and zone", () => {
    expect(placeAxis("iteration", null, null, true).label).toBe("iteration (log)");
    expect(placeAxis("wall", { low: 0, high: 1e9 }, null, true).label).toMatch(/^wall clock \(UTC/);
    expect(valueAxis("GiB", { low: 0, high: 1 }, false).label).toBe("GiB");
    expect(valueAxis("loss", { low: 1e6, high: 1e6 + 1e-3 }, false).label).toBe("loss − 1000000");
  });

  it.each([null, { low: 5, high: 5 }, { low: 2 ** 63, high: 2 ** 63 }])("have a range for data %o", (data) => {
    const { range } = placeAxis("iteration", data, null, false);
    expect(range.high).toBeGreaterThan(range.low);
  });
});

describe("the legend", () => {
  const panel = { lines: ["a", "b", "c"].map((key) => ({ key })) } as unknown as PanelModel;

  it("hides and shows a line", () => {
    expect(flip(["x"], "a")).toEqual(["x", "a"]);
    expect(flip(["x", "a"], "a")).toEqual(["x"]);
  });

  it("shows a line alone, and all again, whatever other panels hide", () => {
    expect(solo(["x", "a"], panel, "a")).toEqual(["x", "b", "c"]);
    expect(solo(["x", "b", "c"], panel, "a")).toEqual(["x"]);
  });
});
