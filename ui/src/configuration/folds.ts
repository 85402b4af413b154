// What of a text folds, whatever it is written in: lines belong to the last one above them that is indented less, to the list
// item that they stand under, or to the heading in brackets (INI, TOML) above.

const HEADING = /^\[.*\]\s*([#;].*)?$/;
const ITEM = /^-(\s|$)/;
const TAB = 4;

/** The lines of a text; what ends the last one begins no other. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.length > 1 && lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** For each line the index of the one that it folds under, -1 for none. */
export function parentsOf(lines: readonly string[]): number[] {
  const open: { at: number; depth: number }[] = [];
  const parents: number[] = [];
  lines.forEach((line, at) => {
    const text = line.trimStart();
    // A line with nothing in it goes with the one before.
    if (text === "") return parents.push(parents.at(-1) ?? -1);
    // YAML may set the items of a list no deeper than its name.
    const depth = HEADING.test(line) ? -1 : indentOf(line) + (ITEM.test(text) ? 0.5 : 0);
    while (open.length > 0 && open.at(-1)!.depth >= depth) open.pop();
    parents.push(open.at(-1)?.at ?? -1);
    open.push({ at, depth });
  });
  return parents;
}

function indentOf(line: string): number {
  let indent = 0;
  for (const letter of line) {
    if (letter === "\t") indent += TAB - (indent % TAB);
    else if (letter === " ") indent += 1;
    else break;
  }
  return indent;
}

export interface FoldLine {
  text: string;
  under: FoldLine[];
}

/** The lines as a tree; null where nothing folds. */
export function foldsOf(text: string): FoldLine[] | null {
  const lines = linesOf(text);
  const parents = parentsOf(lines);
  if (parents.every((parent) => parent < 0)) return null;
  const nodes = lines.map((line): FoldLine => ({ text: line, under: [] }));
  const top: FoldLine[] = [];
  nodes.forEach((node, at) => (nodes[parents[at]!]?.under ?? top).push(node));
  return top;
}

export interface FoundLine {
  /** Counted from 1. */
  number: number;
  text: string;
  /** What is found in it; nothing in those that only say where the next ones belong. */
  places: readonly (readonly [begin: number, end: number])[];
}

export interface Found {
  /** In order; those with something in them, and those that they fold under. */
  lines: readonly FoundLine[];
  /** How many lines have something, those past the most included. */
  count: number;
}

/** The lines that have a text in them, whatever its case. */
export function findLines(text: string, wanted: string, most: number): Found {
  const lines = linesOf(text);
  const expression = sought(wanted);
  const found = new Map<number, FoundLine["places"]>();
  let count = 0;
  lines.forEach((line, at) => {
    const places = placesIn(line, expression);
    if (places.length === 0) return;
    count += 1;
    if (count <= most) found.set(at, places);
  });
  const shown = new Map(found);
  const parents = count > 0 ? parentsOf(lines) : [];
  for (const at of found.keys())
    for (let above = parents[at]!; above >= 0 && !shown.has(above); above = parents[above]!) shown.set(above, []);
  const ordered = [...shown].sort(([a], [b]) => a - b);
  return { count, lines: ordered.map(([at, places]) => ({ number: at + 1, text: lines[at]!, places })) };
}

function sought(wanted: string): RegExp {
  return new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu");
}

function placesIn(line: string, expression: RegExp): [number, number][] {
  return Array.from(line.matchAll(expression), ({ index, 0: { length } }) => [index, index + length]);
}
