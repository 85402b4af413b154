import { useEffect, useRef, useState } from "react";

import { isAbort } from "../api/client";
import type { ConsoleLine, ConsolePage } from "../api/types";

export interface MatchWalk {
  /** Which match was gone to, from 0; null before the first step. */
  at: number | null;
  /** The line of it, with the places where it was found. */
  line: ConsoleLine | null;
  problem: Error | null;
  step(by: 1 | -1): void;
}

interface Here {
  at: number;
  line: ConsoleLine;
}

const MOST_WAITING = 3;

/** Ask for matches: from the line of a number on, or before it; without one from the begin or the end of all. */
export type AskMatches = (query: { from_line?: number; offset: number; limit: number }, signal: AbortSignal) => Promise<ConsolePage>;

/**
 * Walk from match to match, round and round, from what is in view on. The server finds each step over the whole log, so it is
 * as quick at the end of a million lines as at the begin.
 */
export function useMatchWalk(
  key: string,
  ask: AskMatches,
  firstInView: () => number,
  goTo: (match: number, line: ConsoleLine) => void,
): MatchWalk {
  const [here, setHere] = useState<Here | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const latest = useRef({ ask, firstInView, goTo, here });
  latest.current = { ...latest.current, ask, firstInView, goTo };
  const steps = useRef<Promise<unknown>>(Promise.resolve());
  const waiting = useRef(0);
  const abort = useRef(new AbortController());
  useEffect(() => {
    abort.current = new AbortController();
    latest.current.here = null;
    setHere(null);
    setProblem(null);
    return () => abort.current.abort();
  }, [key]);

  const go = async (by: 1 | -1, signal: AbortSignal) => {
    const { here: before, ask, firstInView, goTo } = latest.current;
    const next = await findNext(by, before?.line.number ?? null, firstInView(), (query) => ask(query, signal));
    if (!next || signal.aborted) return;
    latest.current.here = next;
    setHere(next);
    goTo(next.at, next.line);
  };
  // One after another, and few of them: a key that is let go of has stopped.
  const step = (by: 1 | -1) => {
    if (waiting.current >= MOST_WAITING) return;
    waiting.current++;
    // Its signal when it begins: Enter hands over what was typed, and steps in what that finds.
    steps.current = steps.current
      .then(() => go(by, abort.current.signal))
      .catch((error: unknown) => {
        if (!isAbort(error)) setProblem(error as Error);
      })
      .finally(() => waiting.current--);
  };
  return { at: here?.at ?? null, line: here?.line ?? null, problem, step };
}

type Ask = (query: { from_line?: number; offset: number; limit: number }) => Promise<ConsolePage>;

/** The next match after the current line, or from the first in view on where there is none; round at either end. */
export async function findNext(by: 1 | -1, current: number | null, inView: number, ask: Ask): Promise<Here | null> {
  if (by > 0) {
    const from = current === null ? inView : current + 1;
    return hereOf(await ask({ from_line: from, offset: 0, limit: 1 })) ?? hereOf(await ask({ offset: 0, limit: 1 }));
  }
  const from = current ?? inView;
  const before = hereOf(await ask({ from_line: from, offset: -1, limit: 1 }));
  // Where there is none before, the answer is the first of all.
  return before && before.line.number < from ? before : hereOf(await ask({ offset: -1, limit: 1 }));
}

function hereOf({ offset, lines: [line] }: ConsolePage): Here | null {
  return line ? { at: offset, line } : null;
}
