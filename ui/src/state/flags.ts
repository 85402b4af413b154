import { FLAG } from "../api/types";

/** What the flags of a point say was reported: `NaN`, `+Inf`, `−Inf`, or nothing. */
export function describeFlags(flags: number): string {
  if (flags & FLAG.nan) return "NaN";
  if (flags & FLAG.positiveInf) return "+Inf";
  if (flags & FLAG.negativeInf) return "−Inf";
  return "";
}
