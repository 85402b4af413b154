import { expect, test } from "vitest";

import { figureAddress, reachOf, samplesPath } from "./reported";

test("only what our server has is shown here, and only the web is linked", () => {
  expect(["/files/x/media/a.png", "https://example.org/a", "javascript:alert(1)", "s3://b/k", "", "data:text/html,x"].map(reachOf)).toEqual([
    "here", "link", "none", "none", "none", "none",
  ]);
});

test("whatever a name holds, it is one value of the address", () => {
  expect(figureAddress("t/1", { title: "a&b=c", series: "#%", iteration: null, rank: 0 })).toBe(
    "/api/v1/tasks/t%2F1/plot?title=a%26b%3Dc&series=%23%25&rank=0",
  );
  expect(samplesPath("t", { title: "", at: -1 })).toBe("/tasks/t/samples?title=&at=-1");
});
