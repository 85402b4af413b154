// A plot in an element of React: it gets what is to be drawn, and what is done with it changes the page.

import { useEffect, useRef, useState, type RefObject } from "react";

import { FLAG } from "../api/types";
import { fixAt, type At } from "../state/at";
import { formatCount } from "../state/format";
import { useStore } from "../state/store";
import { useTheme } from "../state/theme";
import { pageCursor } from "./cursor";
import { tooltipOf, type Hit } from "./hits";
import type { ChartPage } from "./page";
import type { DrawnLine } from "./paint";
import { Plot, type PlotHandlers, type PlotState } from "./plot";
import type { Range } from "./scale";
import type { PanelModel } from "./sections";
import { namesOf, wholeRange, type ChartView, type SetView } from "./view";

export interface PlotInputs {
  page: ChartPage;
  panel: PanelModel;
  view: ChartView;
  setView: SetView;
  drawn: readonly DrawnLine[];
  width: number;
  height: number;
  focus: string | null;
}

/** What a panel draws, but for the line that is brought forward. */
export function plotState({ panel, view, drawn }: Pick<PlotInputs, "panel" | "view" | "drawn">): Omit<PlotState, "focus"> {
  const { valueName, fromZero = false } = panel;
  return { ...view, lines: drawn, xName: nameOfX(view), valueName, fromZero };
}

function nameOfX({ against }: ChartView): string | null {
  if (against === null) return null;
  const { title, series } = namesOf(against);
  return title === series || series === "" ? title : `${title}/${series}`;
}

/** Keeps a plot in an element and hands it what is to be drawn; null until the element has a width. */
export function usePlot(host: RefObject<HTMLDivElement | null>, inputs: PlotInputs): Plot | null {
  const [plot, setPlot] = useState<Plot | null>(null);
  const latest = useRef(inputs);
  latest.current = inputs;
  const ready = inputs.width > 0;

  useEffect(() => {
    if (!ready || !host.current) return;
    const { width, height } = latest.current;
    const made = new Plot(
      host.current,
      { width, height },
      handlersOf(() => latest.current),
    );
    setPlot(made);
    return () => {
      setPlot(null);
      made.destroy();
    };
  }, [ready, host]);

  const { page, drawn, view, width, height, focus, panel } = inputs;
  const range = useStore(page.range);
  const theme = useTheme();
  useEffect(() => {
    plot?.resize({ width, height });
  }, [plot, width, height]);

  useEffect(() => {
    if (!plot) return;
    plot.update({ ...plotState({ panel, view, drawn }), zoom: range, focus });
    const show = () => showCursors(plot, page, view, drawn);
    show();
    const stops = [pageCursor.subscribe(show), page.fixed.subscribe(show)];
    return () => stops.forEach((stop) => stop());
  }, [plot, page, drawn, view, width, height, focus, range, theme, panel]);
  return plot;
}

function showCursors(plot: Plot, page: ChartPage, view: ChartView, drawn: readonly DrawnLine[]): void {
  const cursor = pageCursor.get();
  const fixed = page.fixed.get();
  const x = fixed === null ? NaN : page.placeOfFixed(fixed, view.axis, drawn);
  plot.showFixed(fixed === null || Number.isNaN(x) ? null : { x, label: formatCount(fixed.iteration) });
  plot.showCursor(cursor ? page.placeOfCursor(cursor, view.axis) : null);
}

function handlersOf(inputs: () => PlotInputs): PlotHandlers {
  const fit = (range: Range) => (inputs().view.against === null ? wholeRange(range) : range);
  let before: At | null = null;
  return {
    onHover: (hits, at) => hover(inputs(), hits, at),
    onPick(hits, again) {
      // The first click of a double click, which resets the zoom, was not meant.
      if (again) return fixAt(before);
      before = inputs().page.fixed.get();
      const picked = momentOf(hits);
      if (picked) fixAt(picked.iteration === before?.iteration ? null : picked);
    },
    onZoom(range) {
      inputs().setView({ zoom: fit(range) });
    },
    onPan(range, done) {
      inputs().page.range.set(range);
      if (done) inputs().setView({ zoom: fit(range) });
    },
    onReset() {
      inputs().setView({ zoom: null });
    },
  };
}

/** Make what is under the mouse, or at the keyboard's cursor, that of the page. */
export function hover(
  { page, panel }: PlotInputs,
  hits: readonly Hit[] | null,
  at: { clientX: number; clientY: number } | null,
): void {
  const hit = hits?.[0];
  page.nearest.set(hit?.drawn.key ?? null);
  if (!hits || !hit || !at) {
    page.tooltip.set(null);
    pageCursor.set(null);
    return;
  }
  pageCursor.set({ task: hit.drawn.task, iteration: hit.iteration, timeUs: hit.timeUs });
  page.tooltip.set({ heading: panel.heading, model: tooltipOf(hits, page.startUs(hit.drawn.task))!, ...at });
}

/** The iteration to fix of what is under the mouse; null where the points have none. */
export function momentOf(hits: readonly Hit[]): At | null {
  const [hit] = hits;
  if (!hit || !Number.isSafeInteger(hit.iteration)) return null;
  if (hit.index >= 0 && hit.drawn.line.flags[hit.index]! & FLAG.noIteration) return null;
  return { iteration: hit.iteration, timeUs: Number.isSafeInteger(hit.timeUs) ? hit.timeUs : null };
}
