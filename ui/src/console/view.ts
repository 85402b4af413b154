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

export type Level = ReturnType<typeof LEVEL.parse>;
export type Times = ReturnType<typeof TIMES.parse>;

/** Level numbers of Python's `logging`. */
export const LEVEL_NUMBER: Record<Level, number> = { all: 0, info: 20, warning: 30, error: 40 };

/** The line (counted from 0) that a fragment `#L123` names. */
export function lineOfHash(hash: string): number | null {
  const match = /^#L([1-9]\d{0,14})$/.exec(hash);
  return match ? Number(match[1]) - 1 : null;
}

export function hashOfLine(line: number): string {
  return `#L${line + 1}`;
}
