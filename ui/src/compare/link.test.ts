import { expect, it } from "vitest";

import { axisChange } from "./link";

it("takes of a change what concerns the ranges of axes", () => {
  const change = { "xaxis.range[0]": 1, "xaxis.range[1]": 2, "yaxis.autorange": true, dragmode: "pan", "xaxis2.range": [0, 1], "xaxis.title.text": "x" };
  expect(Object.keys(axisChange(change))).toEqual(["xaxis.range[0]", "xaxis.range[1]", "yaxis.autorange", "xaxis2.range"]);
});
