import { describe, expect, it } from "vitest";

import type { ConfigurationList, TaskDetail } from "../api/types";
import { factsOf, isSame, matches, type Known } from "./details";

function detail(parameters: Record<string, string>, environment: Record<string, unknown> = {}): TaskDetail {
  const task = { status: "completed", status_reason: "", tags: ["b", "a"], project: "p", started_us: 0, ended_us: 60e6, iteration: 3, attempts: 1, lost: 0 };
  const attempts = [{ environment }, { environment: {} }];
  const list = Object.entries(parameters).map(([name, value]) => ({ name, value, type: "", description: "" }));
  return { task, comment: "", attempts, parameters: list } as unknown as TaskDetail;
}

function fact(known: readonly Known[], label: string) {
  return factsOf(known).find((one) => one.label === label);
}

describe("factsOf", () => {
  it("aligns what tasks have, and says what one has not", () => {
    const known = [{ detail: detail({ lr: "0.1" }) }, { detail: detail({ lr: "0.2", depth: "3" }) }];
    expect(fact(known, "lr")?.values).toEqual(["0.1", "0.2"]);
    expect(fact(known, "depth")?.values).toEqual([null, "3"]);
    expect(fact(known, "tags")?.values).toEqual(["a, b", "a, b"]);
    expect(fact(known, "duration")?.values).toEqual(["1m 00s", "1m 00s"]);
  });

  it("tells what is not known yet from what is not there", () => {
    const known: Known[] = [{ detail: detail({ lr: "1" }) }, {}, { detail: null }];
    expect(fact(known, "lr")?.values).toEqual(["1", undefined, null]);
  });

  it("takes the environment of the latest attempt that told of one", () => {
    const environment = { argv: ["train.py", "--lr", "0.1"], git: { commit: "abc", dirty: true, diff: "+x" }, packages: { numpy: "2.4" } };
    const known = [{ detail: detail({}, environment) }];
    expect(fact(known, "command")?.values).toEqual(["train.py --lr 0.1"]);
    expect(fact(known, "uncommitted changes")?.values).toEqual(["yes"]);
    expect(fact(known, "diff")?.long).toBe(true);
    expect(fact(known, "numpy")?.section).toBe("Packages");
  });

  it("bears names that objects have of themselves", () => {
    const known = [{ detail: detail({ __proto__x: "1", constructor: "2", toString: "3" }) }, { detail: detail({}) }];
    expect(fact(known, "constructor")?.values).toEqual(["2", null]);
  });

  it("compares configuration objects line by line", () => {
    const configuration = { configurations: [{ name: "model", text: "a: 1\nb: 2" }], properties: [] } as unknown as ConfigurationList;
    expect(fact([{ configuration }], "model")).toMatchObject({ section: "Configuration", long: true });
  });
});

it("holds what is known against each other, and nothing else", () => {
  expect(isSame({ values: ["a", undefined, "a"] })).toBe(true);
  expect(isSame({ values: ["a", null] })).toBe(false);
  expect(isSame({ values: [] })).toBe(true);
});

it("finds by name and by value, whatever the case", () => {
  const one = factsOf([{ detail: detail({ "General/LR": "Adam" }) }]).find(({ label }) => label === "General/LR")!;
  expect([matches(one, "lr"), matches(one, "adam"), matches(one, " "), matches(one, "sgd")]).toEqual([true, true, true, false]);
});
