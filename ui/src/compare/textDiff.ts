// What differs between two texts, line by line: the shortest way from one to the other.
// Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986).

export interface DiffLine {
  kind: "same" | "removed" | "added";
  /** Line numbers from 0; null on the side that has no such line. */
  left: number | null;
  right: number | null;
}

/** Texts that differ in more lines than this differ everywhere to the eye: no way through them is sought. */
const MOST_STEPS = 2000;

export function diffLines(left: readonly string[], right: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  const room = Math.min(left.length, right.length) - head;
  while (tail < room && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  const same = (count: number, l: number, r: number): DiffLine[] =>
    Array.from({ length: count }, (_, i) => ({ kind: "same", left: l + i, right: r + i }));
  const middle = between(left.slice(head, left.length - tail), right.slice(head, right.length - tail));
  return [
    ...same(head, 0, 0),
    ...middle.map(({ kind, left: l, right: r }) => ({ kind, left: l === null ? null : l + head, right: r === null ? null : r + head })),
    ...same(tail, left.length - tail, right.length - tail),
  ];
}

function between(left: readonly string[], right: readonly string[]): DiffLine[] {
  if (left.length === 0 || right.length === 0) return replaced(left.length, right.length);
  const trail = forward(left, right);
  return trail ? backward(trail, left.length, right.length) : replaced(left.length, right.length);
}

function replaced(left: number, right: number): DiffLine[] {
  return [
    ...Array.from({ length: left }, (_, i): DiffLine => ({ kind: "removed", left: i, right: null })),
    ...Array.from({ length: right }, (_, i): DiffLine => ({ kind: "added", left: null, right: i })),
  ];
}

/** For each number of steps, how far each diagonal gets; null where it takes too many. */
function forward(left: readonly string[], right: readonly string[]): Int32Array[] | null {
  const most = Math.min(MOST_STEPS, left.length + right.length);
  let far = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const trail: Int32Array[] = [];
  for (let steps = 0; steps <= most; steps++) {
    trail.push(far.slice(middle - steps - 1, middle + steps + 2));
    for (let k = -steps; k <= steps; k += 2) {
      const down = k === -steps || (k !== steps && far[middle + k - 1]! < far[middle + k + 1]!);
      let x = down ? far[middle + k + 1]! : far[middle + k - 1]! + 1;
      while (x < left.length && x - k < right.length && left[x] === right[x - k]) x++;
      far[middle + k] = x;
      if (x >= left.length && x - k >= right.length) return trail;
    }
  }
  return null;
}

function backward(trail: readonly Int32Array[], x: number, y: number): DiffLine[] {
  const lines: DiffLine[] = [];
  for (let steps = trail.length - 1; steps >= 0; steps--) {
    const far = trail[steps]!;
    const at = (k: number) => far[k + steps + 1]!;
    const k = x - y;
    const down = k === -steps || (k !== steps && at(k - 1) < at(k + 1));
    const startX = steps === 0 ? 0 : down ? at(k + 1) : at(k - 1);
    const startY = steps === 0 ? 0 : startX - (down ? k + 1 : k - 1);
    while (x > startX && y > startY) lines.push({ kind: "same", left: --x, right: --y });
    if (steps === 0) break;
    lines.push(down ? { kind: "added", left: null, right: --y } : { kind: "removed", left: --x, right: null });
  }
  return lines.reverse();
}

/** A row of two columns: what was taken out beside what came in its place. */
export interface DiffRow {
  left: number | null;
  right: number | null;
  same: boolean;
}

export function sideBySide(lines: readonly DiffLine[]): DiffRow[] {
  const rows: DiffRow[] = [];
  let removed: number[] = [];
  let added: number[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      rows.push({ left: removed[i] ?? null, right: added[i] ?? null, same: false });
    [removed, added] = [[], []];
  };
  for (const { kind, left, right } of lines) {
    if (kind === "removed") removed.push(left!);
    else if (kind === "added") added.push(right!);
    else {
      flush();
      rows.push({ left, right, same: true });
    }
  }
  flush();
  return rows;
}

/** A run of rows to show, or of equal ones between changes to leave out. */
export interface Run {
  begin: number;
  end: number;
  shown: boolean;
}

/** Fold away what is equal, but for some lines of context around each change. */
export function folded(same: readonly boolean[], context = 3): Run[] {
  const near = new Uint8Array(same.length);
  same.forEach((equal, i) => {
    if (!equal) near.fill(1, Math.max(0, i - context), i + context + 1);
  });
  const runs: Run[] = [];
  for (let i = 0; i < same.length; i++) {
    const last = runs.at(-1);
    const shown = near[i] === 1;
    if (last && last.shown === shown) last.end = i + 1;
    else runs.push({ begin: i, end: i + 1, shown });
  }
  return runs;
}

export function countOf(lines: readonly DiffLine[]): { added: number; removed: number } {
  let [added, removed] = [0, 0];
  for (const { kind } of lines) {
    if (kind === "added") added++;
    else if (kind === "removed") removed++;
  }
  return { added, removed };
}

/** A text by lines; JSON on one line by its members. */
export function linesOf(text: string): string[] {
  return readable(text).replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
}

function readable(text: string): string {
  if (text.includes("\n") || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The part of two lines that differs, between what they begin and end with alike. */
export function differingPart(left: string, right: string): { head: number; tail: number } {
  const most = Math.min(left.length, right.length);
  let head = 0;
  while (head < most && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < most - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  return { head, tail };
}
