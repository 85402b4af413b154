import { expect, test } from "vitest";

import { filesOf, kindOf } from "./diff";

const DIFF = `diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,2 +1,3 @@
-old
+new
+--- not a head
 same
diff --git "a/\\303\\244 b/x.py" "b/\\303\\244 b/x.py"
deleted file mode 100644
--- "a/\\303\\244 b/x.py"
+++ /dev/null
@@ -1 +0,0 @@
-gone
diff --git a/x.png b/x.png
Binary files a/x.png and b/x.png differ
`;

test("a diff is taken apart by file, with what was added and removed", () => {
  expect(filesOf(DIFF).map(({ name, added, removed, lines }) => [name, added, removed, lines.length])).toEqual([
    ["train.py", 2, 1, 9],
    ["\\303\\244 b/x.py", 0, 1, 6],
    ["a/x.png b/x.png", 0, 0, 2],
  ]);
});

test("what is no diff of git is one file without a name", () => {
  expect(filesOf("only text")).toEqual([{ name: "", added: 0, removed: 0, lines: ["only text"] }]);
});

test.each([
  ["+++ b/x", "head"],
  ["+x", "added"],
  ["-x", "removed"],
  ["@@ -1 +1 @@", "hunk"],
  [" x", ""],
])("%j is %j", (line, kind) => expect(kindOf(line)).toBe(kind));
