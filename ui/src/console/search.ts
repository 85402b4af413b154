// Searching is the server's work, over the whole log; here the same pattern is only made visible in the lines shown.

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
  const source = serverPattern(search);
  if (source === null) return null;
  try {
    return new RegExp(source, search.matchCase ? "gu" : "giu");
  } catch {
    return null;
  }
}

export interface ShownSpan {
  text: string;
  style: AnsiStyle;
  found: boolean;
}

const MOST_FOUND = 200;

/** Split styled runs where what was found begins and ends, across runs of different styles. */
export function markFound(spans: readonly AnsiSpan[], pattern: RegExp | null): ShownSpan[] {
  if (!pattern) return spans.map((span) => ({ ...span, found: false }));
  const ranges = foundRanges(spans.map(({ text }) => text).join(""), pattern);
  const shown: ShownSpan[] = [];
  let at = 0;
  for (const { text, style } of spans) {
    const end = at + text.length;
    const cuts = [at, end, ...ranges.flat().filter((place) => place > at && place < end)].sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [from, to] = [cuts[i] as number, cuts[i + 1] as number];
      if (from === to) continue;
      const found = ranges.some(([low, high]) => from >= low && to <= high);
      shown.push({ text: text.slice(from - at, to - at), style, found });
    }
    at = end;
  }
  return shown;
}

function foundRanges(text: string, pattern: RegExp): [number, number][] {
  const ranges: [number, number][] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[0].length > 0) ranges.push([match.index, match.index + match[0].length]);
    if (ranges.length >= MOST_FOUND) break;
  }
  return ranges;
}
