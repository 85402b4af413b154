// One cursor for the page: the iteration that the reader has fixed, and the moment at which it was reported. It stays in
// the address from tab to tab: charts draw it, plots and samples step to it, the console jumps to its time.

import { navigate, useParam, withParam, type Param, type SetParam } from "./address";

export interface At {
  iteration: number;
  /** When that iteration was reported, in microseconds since the epoch; null where only a number was given. */
  timeUs: number | null;
}

/** `at=1200`, or with its moment `at=1200~1764000000000000`. */
export const AT: Param<At | null> = {
  key: "at",
  parse: (raw) => {
    const match = /^(-?\d{1,15})(?:~(-?\d{1,16}))?$/.exec(raw[0] ?? "");
    return match && { iteration: Number(match[1]), timeUs: match[2] === undefined ? null : Number(match[2]) };
  },
  format: (at) => (at === null ? [] : [at.timeUs === null ? `${at.iteration}` : `${at.iteration}~${at.timeUs}`]),
};

/** The iteration that the page is fixed at, null for none, and how to fix or (with null) free it. */
export function useAt(): [At | null, SetParam<At | null>] {
  return useParam(AT);
}

/** An address with the iteration fixed: that of another tab, say. */
export function fixedAt(to: string, at: At | null): string {
  const [path = "", search = ""] = to.split("?");
  return path + withParam(search, AT, at);
}

/** Fix the iteration of the page that is open, or free it with null. */
export function fixAt(at: At | null): void {
  navigate(fixedAt(location.pathname + location.search, at) + location.hash, { replace: true });
}
