// Searching is the server's work, over the whole log. Where it was found, the server says of the lines that it found; in lines
// beside them the same pattern is made visible here.

import type { AnsiSpan, AnsiStyle } from "./ansi";

export interface Search {
  text: string;
  /** The text is a regular expression (RE2's syntax, on the server). */
  regex: boolean;
  matchCase: boolean;
}

/** The pattern for the server; null where nothing is searched. */
export function serverPattern({ text, regex }: Search): string | null {
  if (text === "") return null;
  return regex ? text : escapeRegex(text);
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** The pattern for highlighting; null where this browser cannot read it, which hides nothing but the highlight. */
export function highlightPattern(search: Search): RegExp | null {
  const pattern = serverPattern(search);
  if (pattern === null) return null;
  const [, given = "", source = ""] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(pattern) ?? [];
  const flags = `g${search.matchCase && !given.includes("i") ? "" : "i"}${given.includes("s") ? "s" : ""}`;
  // Strict about escapes with "u", which names of characters need; what it refuses may be read without.
  return readable(inThisTongue(source), `${flags}u`) ?? readable(inThisTongue(source), flags);
}

function readable(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

/** RE2's words for what this browser has others for. */
function inThisTongue(source: string): string {
  return source
    .replaceAll("(?P<", "(?<")
    .replace(/\\([Az])/g, (_, end: string) => (end === "A" ? "^" : "$"))
    .replace(/\\([pP])([A-Z])/g, "\\$1{$2}")
    .replaceAll("[[:alpha:]]", "[A-Za-z]")
    .replaceAll("[[:digit:]]", "[0-9]")
    .replaceAll("[[:space:]]", "\\s");
}

export interface ShownSpan {
  text: string;
  style: AnsiStyle;
  found: boolean;
}

/** Begins and ends in a text. */
export type Places = readonly (readonly [number, number])[];

const MOST_FOUND = 200;

/** Split styled runs where what was found begins and ends, across runs of different styles. */
export function markFound(spans: readonly AnsiSpan[], places: Places): ShownSpan[] {
  if (places.length === 0) return spans.map((span) => ({ ...span, found: false }));
  const shown: ShownSpan[] = [];
  let at = 0;
  for (const { text, style } of spans) {
    const end = at + text.length;
    const cuts = [at, end, ...places.flat().filter((place) => place > at && place < end)].sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [from, to] = [cuts[i] as number, cuts[i + 1] as number];
      if (from === to) continue;
      const found = places.some(([low, high]) => from >= low && to <= high);
      shown.push({ text: text.slice(from - at, to - at), style, found });
    }
    at = end;
  }
  return shown;
}

/** Where a pattern is found in a text. */
export function placesOf(text: string, pattern: RegExp | null): Places {
  if (!pattern) return [];
  const places: [number, number][] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[0].length > 0) places.push([match.index, match.index + match[0].length]);
    if (places.length >= MOST_FOUND) break;
  }
  return places;
}

/** The server counts characters, this language their halves where they have two. */
export function inUnits(text: string, places: Places): Places {
  const few = places.slice(0, MOST_FOUND);
  if (!/[\uD800-\uDBFF]/.test(text)) return few;
  const units: number[] = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return few.map(([low, high]) => [units[low] ?? text.length, units[high] ?? text.length]);
}
