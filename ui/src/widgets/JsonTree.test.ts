import { expect, test } from "vitest";

import { parseTree } from "./JsonTree";

test("objects and lists are trees, all else is text", () => {
  expect(parseTree(' {"__proto__": {"a": [1]}}')).toEqual(JSON.parse('{"__proto__": {"a": [1]}}'));
  expect(parseTree("[1, 2]")).toEqual([1, 2]);
  for (const text of ["", "1", '"a"', "{'a': 1}", "{", "[section]\nkey = 1", "a: 1"]) expect(parseTree(text)).toBeUndefined();
});
