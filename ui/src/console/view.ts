// What the console shows, as the address has it.

import { param } from "../state/address";

export const QUERY = param.text("q");
export const REGEX = param.flag("regex");
export const MATCH_CASE = param.flag("case");
export const ONLY = param.flag("only");
export const STREAMS = param.list("stream");
export const LEVEL = param.choice("level", ["all", "info", "warning", "error"] as const, "all");
export const TIMES = param.choice("time", ["none", "clock", "start"] as const, "clock");
export const WRAP = param.flag("wrap", true);
export const RANKS = param.list("rank");
export const ATTEMPTS = param.list("attempt");

export type Level = ReturnType<typeof LEVEL.parse>;
export type Times = ReturnType<typeof TIMES.parse>;

/** Level numbers of Python's `logging`. */
export const LEVEL_NUMBER: Record<Level, number> = { all: 0, info: 20, warning: 30, error: 40 };

/** The first and the last of some lines, counted from 0. */
export type LineRange = readonly [first: number, last: number];

/** The lines that a fragment `#L123` or `#L123-L130` names. */
export function linesOfHash(hash: string): LineRange | null {
  const match = /^#L([1-9]\d{0,14})(?:-L([1-9]\d{0,14}))?$/.exec(hash);
  if (!match) return null;
  const [one, other] = [Number(match[1]) - 1, Number(match[2] ?? match[1]) - 1];
  return [Math.min(one, other), Math.max(one, other)];
}

export function hashOfLines([first, last]: LineRange): string {
  return first === last ? `#L${first + 1}` : `#L${first + 1}-L${last + 1}`;
}
