import { expect, it } from "vitest";

import { endMoved, pulled, takeHold } from "./brushing";

it("draws a range either way where there is none", () => {
  expect(pulled(takeHold(null, 0.4), 0.7)).toEqual({ low: 0.4, high: 0.7 });
  expect(pulled(takeHold(null, 0.4), 0.1)).toEqual({ low: 0.1, high: 0.4 });
});

it("moves a range that is taken hold of inside, and keeps it whole at the ends of the axis", () => {
  const held = takeHold({ low: 0.25, high: 0.5 }, 0.4);
  expect(pulled(held, 0.65)).toEqual({ low: 0.5, high: 0.75 });
  expect(pulled(held, 9)).toEqual({ low: 0.75, high: 1 });
  expect(pulled(held, -9)).toEqual({ low: 0, high: 0.25 });
});

it("pulls at an end, over the other one too; begins anew outside", () => {
  const range = { low: 0.25, high: 0.5 };
  expect(pulled(takeHold(range, 0.51), 0.8)).toEqual({ low: 0.25, high: 0.8 });
  expect(pulled(takeHold(range, 0.24), 0.7)).toEqual({ low: 0.5, high: 0.7 });
  expect(pulled(takeHold(range, 0.9), 0.8)).toEqual({ low: 0.8, high: 0.9 });
});

it("moves an end by keys, not beyond the other; the whole axis is no range", () => {
  const range = { low: 0.25, high: 0.5 };
  expect(endMoved(range, "low", 0.3)).toEqual({ low: 0.3, high: 0.5 });
  expect(endMoved(range, "low", 0.8)).toEqual({ low: 0.49, high: 0.5 });
  expect(endMoved(range, "high", 0)).toEqual({ low: 0.25, high: 0.26 });
  expect(endMoved({ low: 0, high: 0.5 }, "high", 1.2)).toBeNull();
  expect(endMoved({ low: 0, high: 1 }, "low", 0.1)).toEqual({ low: 0.1, high: 1 });
});
