import { describe, expect, test } from "vitest";

import { readParam, withParam } from "./address";
import { AT, fixedAt } from "./at";

describe("the fixed iteration", () => {
  test.each([
    { iteration: 0, timeUs: null },
    { iteration: -7, timeUs: 1_764_000_000_123_456 },
    { iteration: 999_999_999_999_999, timeUs: 0 },
  ])("%j comes back from the address", (at) => expect(readParam(withParam("?x=1", AT, at), AT)).toEqual(at));

  test("none leaves no trace", () => expect(withParam("?at=3&x=1", AT, null)).toBe("?x=1"));

  test.each(["", "x", "1e9", "1.5", "~5", "1~", "1~x", "99999999999999999999"])("%j is none", (raw) =>
    expect(AT.parse([raw])).toBeNull(),
  );
});

test("an address of another tab keeps it", () => {
  const at = { iteration: 5, timeUs: 7 };
  expect(fixedAt("/task/a/console", at)).toBe("/task/a/console?at=5%7E7");
  expect(fixedAt("/task/a?q=1", null)).toBe("/task/a?q=1");
});
