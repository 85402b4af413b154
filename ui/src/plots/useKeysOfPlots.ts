// What each plot can share a drawing with: learned as figures are read, and ahead of that where the layout hangs on it.

import { useCallback, useEffect, useRef, useState } from "react";

import { isAbort } from "../api/client";
import type { PlotInfo } from "../api/types";
import { aheadOf, plotKey, type Keys } from "./cards";
import { overlayKey } from "./figure";
import { load } from "./useFigures";

type Learn = (plot: string, key: string | null) => void;

/** So many figures at a time: the page moves once for all of them. */
const BATCH = 24;

export function useKeysOfPlots(task: string, plots: readonly PlotInfo[]): [Keys, Learn] {
  const [keys, setKeys] = useState<Keys>(new Map());
  const known = useRef(keys);
  known.current = keys;
  useEffect(() => setKeys(new Map()), [task]);
  const learn = useCallback<Learn>((plot, key) => {
    setKeys((old) => (old.get(plot) === key ? old : new Map(old).set(plot, key)));
  }, []);
  useEffect(() => {
    const abort = new AbortController();
    learnAhead(task, aheadOf(plots, known.current), learn, abort.signal).catch((error: unknown) => {
      if (!isAbort(error)) throw error;
    });
    return () => abort.abort();
  }, [task, plots, learn]);
  return [keys, learn];
}

async function learnAhead(task: string, plots: readonly PlotInfo[], learn: Learn, signal: AbortSignal): Promise<void> {
  for (let start = 0; start < plots.length; start += BATCH) {
    const batch = plots.slice(start, start + BATCH);
    const loaded = await Promise.all(batch.map((plot) => load(task, plot, plot.iterations.at(-1) ?? null, [], signal)));
    for (const { plot, figure } of loaded) if (figure) learn(plotKey(plot), overlayKey(figure, plot));
  }
}
