// How much of a long line is shown before its reader asks for the rest.

const FOLDED_LINES = 12;
const CHARACTER_PX = 7.3;
/** What stands beside the text: the number and the time. */
const BESIDE_PX = 180;
const FEWEST_IN_A_LINE = 30;
/** Without wrapping a line takes no room below; only its drawing costs. */
const LONG_LINE = 8000;

/** How many characters of a line are shown: twelve lines of the window where it wraps. */
export function foldLimit(widthPx: number, wrap: boolean): number {
  if (!wrap) return LONG_LINE;
  return FOLDED_LINES * Math.max(FEWEST_IN_A_LINE, Math.floor((widthPx - BESIDE_PX) / CHARACTER_PX));
}

/** Where to cut a line; `null` where it is shown whole, as it is where the search finds something in the rest. */
export function foldAt(text: string, limit: number, pattern: RegExp | null): number | null {
  // A little more is shown at once: a fold that hides a few words takes as much room as they do.
  if (text.length <= limit * 1.2) return null;
  if (pattern && text.slice(limit).search(pattern) >= 0) return null;
  // Not between the halves of a character.
  return /[\uD800-\uDBFF]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
}
