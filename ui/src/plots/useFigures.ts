// Figures of a card, read when it comes near the screen; the last ones stay until the next are here.

import { useEffect, useRef, useState } from "react";

import { ApiError, isAbort } from "../api/client";
import { figureAddress } from "../api/reported";
import type { PlotInfo } from "../api/types";
import { plotKey, shownAt } from "./cards";
import { parseFigure, type Figure } from "./figure";

export interface Loaded {
  plot: PlotInfo;
  /** Its own, at or before that of the card. */
  iteration: number | null;
  figure: Figure | null;
  /** Why there is none. */
  problem: string | null;
  /** Where its JSON is. */
  address: string;
  /** The address and the state of what lies there: a figure of the same name is the same. */
  name: string;
}

export interface Figures {
  /** The iteration that `loaded` is at or before; undefined until the first. */
  iteration: number | null | undefined;
  loaded: readonly Loaded[];
}

const NOTHING: Figures = { iteration: undefined, loaded: [] };

interface Wanted {
  task: string;
  plots: readonly PlotInfo[];
  iteration: number | null;
  /** Iterations whose figures are wanted besides. */
  held: readonly (number | null)[];
  ready: boolean;
}

/** Read the figure of each plot at or before an iteration, and those held, of the plots that have one there. */
export function useFigures({ task, plots, iteration, held: holding, ready }: Wanted): Figures {
  const [figures, setFigures] = useState(NOTHING);
  const held = useRef<readonly Loaded[]>([]);
  const wanted = plots.flatMap((plot) => {
    const all = new Set([...holding, iteration].map((one) => shownAt(plot, one)));
    return [...all].flatMap((at) => (at === undefined ? [] : [{ plot, at }]));
  });
  const key = JSON.stringify(wanted.map(({ plot, at }) => [plotKey(plot), at, stampOf(plot, at)]));
  useEffect(() => {
    if (!ready) return;
    const abort = new AbortController();
    void Promise.all(wanted.map(({ plot, at }) => load(task, plot, at, held.current, abort.signal))).then(
      (loaded) => {
        held.current = loaded;
        setFigures({ iteration, loaded });
      },
      (error: unknown) => {
        if (!isAbort(error)) throw error;
      },
    );
    return () => abort.abort();
    // `key` stands for `wanted`.
  }, [task, key, iteration, ready]);
  return figures;
}

/** Changes when the figure of the iteration may have: with each report of the latest, the one that is reported again. */
function stampOf({ iterations, time_us }: PlotInfo, iteration: number | null): number {
  return iteration === (iterations.at(-1) ?? null) ? time_us : 0;
}

/** Read one figure; rejects only when aborted. */
export async function load(
  task: string,
  plot: PlotInfo,
  iteration: number | null,
  held: readonly Loaded[],
  signal: AbortSignal,
): Promise<Loaded> {
  const { title, series, rank } = plot;
  const address = figureAddress(task, { title, series, rank, iteration });
  const name = `${address} ${stampOf(plot, iteration)}`;
  const known = recent.get(name) ?? held.find((one) => one.name === name)?.figure;
  if (known) return { plot, iteration, address, name, figure: known, problem: null };
  try {
    const figure = parseFigure(await readText(address, signal));
    remember(name, figure, plot.size_bytes);
    return { plot, iteration, address, name, figure, problem: null };
  } catch (error) {
    if (isAbort(error)) throw error;
    return { plot, iteration, address, name, figure: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function readText(address: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(address, { signal });
  const text = await response.text();
  if (response.ok) return text;
  let message = `The server answered ${response.status}.`;
  try {
    message = (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    // Not the server's own words: the status has to do.
  }
  throw new ApiError(response.status, "plot", message);
}

/** The figures read last: stepping back and forth with a slider asks for each of them once. */
const recent = new Map<string, Figure>();
const KEPT = 60;
const KEPT_BYTES = 1024 * 1024;

function remember(key: string, figure: Figure, sizeBytes: number): void {
  if (sizeBytes > KEPT_BYTES) return;
  recent.set(key, figure);
  for (const oldest of recent.keys()) {
    if (recent.size <= KEPT) return;
    recent.delete(oldest);
  }
}
