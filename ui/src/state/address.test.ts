import { describe, expect, test } from "vitest";

import { param, readParam, withParam } from "./address";
import { formatMetric, METRIC_COLUMNS, parseMetric } from "./metricColumn";

const UGLY = ["", " ", "a&b=c#d?e", "ü🙂 שלום", "a/b", "~!0!1~", "%20+", "\u0000\n", "x".repeat(4096)];

describe("address", () => {
  test("any text comes back as it was", () => {
    for (const text of UGLY) expect(readParam(withParam("?keep=1", param.text("q"), text), param.text("q"))).toBe(text);
    expect(readParam(withParam("", param.list("s"), UGLY), param.list("s"))).toEqual(UGLY);
  });

  test("the default leaves no trace, other keys stay", () => {
    expect(withParam("?a=1&q=x", param.text("q"), "")).toBe("?a=1");
    expect(withParam("?q=x", param.text("q"), "")).toBe("");
    expect(withParam("", param.flag("wrap", true), true)).toBe("");
    expect(withParam("", param.flag("wrap", true), false)).toBe("?wrap=0");
  });

  test("nonsense reads as the default", () => {
    expect(readParam("?n=1e9", param.int("n", null))).toBeNull();
    expect(readParam("?n=99999999999999999999", param.int("n", 5))).toBe(5);
    expect(readParam("?c=toString", param.choice("c", ["a", "b"] as const, "b"))).toBe("b");
    expect(readParam("?f=yes", param.flag("f"))).toBe(false);
  });

  test("integers, the negative ones included", () => {
    expect(readParam(withParam("", param.int("n", null), -7), param.int("n", null))).toBe(-7);
    expect(withParam("?n=3", param.int("n", null), null)).toBe("");
  });
});

describe("metric columns", () => {
  test("any title and series come back", () => {
    for (const title of UGLY)
      for (const series of UGLY) {
        const metric = { title, series, stat: "min" as const };
        expect(parseMetric(formatMetric(metric))).toEqual(metric);
      }
  });

  test("what is no metric is left out", () => {
    expect(METRIC_COLUMNS.parse(["last~loss~train", "best~x~y", "last~x", "", "last~a~b~c"])).toEqual([
      { stat: "last", title: "loss", series: "train" },
    ]);
  });
});
