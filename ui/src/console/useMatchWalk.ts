import { useEffect, useState } from "react";

import type { ConsoleLine } from "../api/types";
import type { RangeCache } from "../state/ranges";

export interface MatchWalk {
  /** Which match was gone to, from 0; null before the first step. */
  at: number | null;
  /** The number of its line. */
  line: number | null;
  step(by: 1 | -1): void;
}

/**
 * Walk from match to match, round and round. The first step forward goes to the first match at or below what is in
 * view, as far as matches are loaded, else to the very first; the first step back to the last of all.
 */
export function useMatchWalk(
  matches: RangeCache<ConsoleLine>,
  firstInView: () => number,
  goTo: (match: number, line: ConsoleLine) => void,
): MatchWalk {
  const [at, setAt] = useState<number | null>(null);
  const [line, setLine] = useState<number | null>(null);
  const [wanted, setWanted] = useState<number | null>(null);
  useEffect(() => {
    setAt(null);
    setLine(null);
    setWanted(null);
  }, [matches]);

  const found = wanted === null ? undefined : matches.at(wanted);
  useEffect(() => {
    if (wanted === null) return;
    if (!found) {
      matches.look(wanted, wanted);
      return;
    }
    setAt(wanted);
    setLine(found.number);
    setWanted(null);
    goTo(wanted, found);
    // `goTo` is of the latest render already; a new one is no reason to go there again.
  }, [wanted, found, matches]);

  const step = (by: 1 | -1) => {
    const total = matches.total ?? 0;
    if (total === 0) return;
    const start = by > 0 ? firstMatch(matches, firstInView()) : total - 1;
    const next = at === null ? start : at + by;
    setWanted(((next % total) + total) % total);
  };
  return { at, line, step };
}

function firstMatch(matches: RangeCache<ConsoleLine>, from: number): number {
  for (const [index, line] of matches.loaded()) if (line.number >= from) return index;
  return 0;
}
