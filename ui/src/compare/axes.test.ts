import { expect, it } from "vitest";

import { choicesOf, labelOf, lastOf, metricKey, metricOf } from "./axes";

const best = { title: "Summary", series: "best", single: true, tasks: 2 };
const loss = { title: "loss", series: "train", single: false, tasks: 2 };
const singles = new Set([metricKey(lastOf(best))]);

it("offers parameters that differ, single values, every number of a metric, and what is the same", () => {
  const keys = choicesOf(["General/lr"], ["General/seed"], [loss, best], singles).map(({ label, note }) => `${label}: ${note}`);
  expect(keys.slice(0, 4)).toEqual(["lr: parameter", "best: single value", "loss / train, last: metric", "loss / train, min: metric"]);
  expect(keys.at(-1)).toBe("seed: same parameter");
  expect(keys.filter((key) => key.includes("best"))).toHaveLength(1);
});

it("calls a scalar of the same title what it is, and a machine's reading by its name", () => {
  const scalar = metricKey({ title: "Summary", series: "score", stat: "max" });
  expect(labelOf(scalar, singles)).toBe("Summary / score, max");
  expect(labelOf(metricKey({ title: ":monitor:machine", series: "cpu_usage", stat: "mean" }), singles)).toBe("CPU usage: machine, of all cores, mean");
  expect(metricOf(scalar)).toEqual({ title: "Summary", series: "score", stat: "max" });
  expect(metricOf("p:Summary")).toBeNull();
});
