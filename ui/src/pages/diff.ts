// A diff of git, taken apart by file.

export interface FileDiff {
  /** What it was called after; before, where it is gone. */
  name: string;
  added: number;
  removed: number;
  lines: readonly string[];
}

/** The files of a diff in its order; what is no diff of git is one without a name. */
export function filesOf(diff: string): FileDiff[] {
  const files: string[][] = [];
  for (const line of diff.replace(/\n$/, "").split("\n")) {
    if (files.length === 0 || line.startsWith("diff --git ")) files.push([]);
    files.at(-1)!.push(line);
  }
  return files.map(fileOf);
}

function fileOf(lines: readonly string[]): FileDiff {
  const body = lines.findIndex((line) => line.startsWith("@@"));
  const head = body < 0 ? lines : lines.slice(0, body);
  const changes = body < 0 ? [] : lines.slice(body);
  const count = (sign: string) => changes.filter((line) => line.startsWith(sign)).length;
  return { name: nameOf(head), added: count("+"), removed: count("-"), lines };
}

/** The name after, or before where there is none; a file of bytes has but the first line to tell it. */
function nameOf(head: readonly string[]): string {
  const find = (pattern: RegExp) => head.map((line) => pattern.exec(line)?.[1]).find((name) => name !== undefined);
  return find(/^\+\+\+ "?b\/(.*?)"?$/) ?? find(/^--- "?a\/(.*?)"?$/) ?? find(/^rename to (.*)$/) ?? find(/^diff --git (.*)$/) ?? "";
}

export type LineKind = "head" | "hunk" | "added" | "removed" | "";

export function kindOf(line: string): LineKind {
  if (/^(\+\+\+ |--- |diff |index |new file|deleted file|rename |similarity |old mode|new mode|Binary )/.test(line)) return "head";
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : "";
}
