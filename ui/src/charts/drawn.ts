// The lines of a panel as they are drawn: asked for while the panel is on the screen, smoothed, coloured.

import { useEffect, useRef, useState } from "react";

import { slotVariable } from "../state/colours";
import { cssColour } from "../state/theme";
import { sourceKey } from "./feed";
import type { ChartPage, Shown } from "./page";
import type { DrawnLine } from "./paint";
import type { Line } from "./points";
import type { PanelLine, PanelModel } from "./sections";
import { smooth, type Smoothing } from "./smoothing";
import type { ChartView } from "./view";

/** More lines than this in one panel are neither drawn nor readable. */
export const LINES_DRAWN = 200;
const LOG_COLUMNS = 4;

/** Have the points of a panel read and kept current; a number that changes with them. */
export function usePoints(page: ChartPage, id: string, lines: readonly PanelLine[], view: ChartView, width: number): number {
  const [version, setVersion] = useState(0);
  const names = lines.map((line) => (line.members ? line.key : sourceKey(line))).join("\0");
  const wanted = lines.map((line) => (line.members ?? [line]).map(sourceKey).join("\0")).join("\0\0");

  useEffect(() => {
    if (width === 0) return;
    // Columns are of equal width on a linear axis; a logarithmic one needs its left ones finer.
    const columns = Math.round(width * devicePixelRatio * (view.logX ? LOG_COLUMNS : 1));
    page.want(id, lines, columns);
    return () => page.unwant(id);
    // `wanted` stands for `lines`, which is a new array each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [page, id, wanted, width, view.logX, view.against]);

  useEffect(() => {
    const keys = names.split("\0");
    const over = view.against === null ? null : `\t${view.against}`;
    const concerns = (key: string) => keys.includes(key) || (over !== null && key.endsWith(over));
    return page.subscribe((changed) => [...changed].some(concerns) && setVersion((v) => v + 1));
  }, [page, names, view.against]);
  return version;
}

interface Smoothed {
  line: Line;
  smoothing: Smoothing;
  smoothed: Float64Array | null;
}

export interface Drawn {
  lines: DrawnLine[];
  /** Points left out because the series that gives x has none at their iteration. */
  alone: number;
}

/** The lines to draw; an entry is made anew only when its points or the settings changed. */
export function useDrawn(page: ChartPage, panel: PanelModel, view: ChartView, theme: string, version: number): Drawn {
  const cache = useRef(new Map<string, Smoothed>());
  const shown = useRef<{ key: unknown[]; drawn: Drawn }>({ key: [], drawn: { lines: [], alone: 0 } });
  const key = [page, panel, view.hidden, view.smoothing, view.axis, view.against, view.zoom, theme, version];
  if (key.every((part, i) => part === shown.current.key[i])) return shown.current.drawn;
  const drawn: Drawn = { lines: [], alone: 0 };
  for (const source of panel.lines.slice(0, LINES_DRAWN)) {
    const points = view.hidden.includes(source.key) ? null : page.shown(source);
    if (!points) continue;
    drawn.alone += points.alone;
    drawn.lines.push(drawnLine(page, source, points, smoothedOf(cache.current, source, points, view.smoothing)));
  }
  shown.current = { key, drawn };
  return drawn;
}

function drawnLine(page: ChartPage, source: PanelLine, shown: Shown, smoothed: Float64Array | null): DrawnLine {
  const { key, task, name, faded, look = name } = source;
  const { slot, dash } = page.looks.of(look);
  const { line, band, dots } = shown;
  return { key, task, name, line, smoothed, band, faded, dots, colour: cssColour(slotVariable(slot)), dash };
}

function smoothedOf(
  cache: Map<string, Smoothed>,
  { key, faded }: PanelLine,
  { line, band }: Shown,
  smoothing: Smoothing,
): Float64Array | null {
  if (band || faded) return null;
  const old = cache.get(key);
  if (old?.line === line && old.smoothing === smoothing) return old.smoothed;
  const smoothed = smoothing.kind === "none" ? null : smooth(line.value, smoothing);
  cache.set(key, { line, smoothing, smoothed });
  return smoothed;
}
