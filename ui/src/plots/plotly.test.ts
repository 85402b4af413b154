import { expect, test } from "vitest";

import { canResize } from "./plotly";

const host = (isConnected: boolean, clientWidth: number, drawn: boolean) => ({
  isConnected,
  clientWidth,
  querySelector: (): Element | null => (drawn ? ({} as Element) : null),
});

test("only a drawing that is shown is fitted to its place", () => {
  expect(canResize(host(true, 300, true))).toBe(true);
  expect(canResize(host(false, 300, true))).toBe(false);
  expect(canResize(host(true, 0, true))).toBe(false);
  expect(canResize(host(true, 300, false))).toBe(false);
});
