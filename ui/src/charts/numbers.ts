// Numbers under each other, as tooltip and legend show them.

import { formatNumber } from "../state/format";

const FIGURE_SPACE = "\u2007";

/** The values of a column, padded with figure spaces so that their decimal points stand under each other. */
export function alignNumbers(values: readonly number[]): string[] {
  const parts = values.map((value) => {
    const text = formatNumber(value);
    const point = text.search(/[.e]/);
    return point < 0 ? [text, ""] : [text.slice(0, point), text.slice(point)];
  });
  const before = Math.max(0, ...parts.map(([whole = ""]) => whole.length));
  const after = Math.max(0, ...parts.map(([, rest = ""]) => rest.length));
  return parts.map(
    ([whole = "", rest = ""]) => whole.padStart(before, FIGURE_SPACE) + rest.padEnd(after, FIGURE_SPACE),
  );
}
