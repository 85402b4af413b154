// The keys of a chart that has the focus: the cursor from point to point, the zoom, the iteration to fix.

import { useEffect, useRef, type KeyboardEvent } from "react";

import { fixAt } from "../state/at";
import { formatCount, formatNumber } from "../state/format";
import { pageCursor } from "./cursor";
import type { Hit } from "./hits";
import type { Plot } from "./plot";
import { hover, momentOf, type PlotInputs } from "./usePlot";
import { wholeRange } from "./view";

const CLOSER = 0.5;

export function usePanelKeys(plot: Plot | null, inputs: PlotInputs): (event: KeyboardEvent) => void {
  const here = useRef<Hit[] | null>(null);
  const { page, view, setView } = inputs;
  // The cursor was elsewhere meanwhile.
  useEffect(() => pageCursor.subscribe(() => (pageCursor.get() === null ? (here.current = null) : undefined)), []);
  return (event) => {
    const isMove = event.shiftKey && event.key.startsWith("Arrow"); // of the panel, not in it
    if (!plot || event.ctrlKey || event.metaKey || event.altKey || isMove) return;
    const at = here.current?.[0]?.x ?? cursorOf(inputs);
    const run = {
      ArrowRight: () => go(plot.step(at, 1)),
      ArrowLeft: () => go(plot.step(at, -1)),
      Home: () => go(plot.step(null, 1)),
      End: () => go(plot.step(null, -1)),
      "+": () => zoom(CLOSER),
      "=": () => zoom(CLOSER),
      "-": () => zoom(1 / CLOSER),
      "0": () => setView({ zoom: null }),
      Enter: () => fix(),
    }[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };

  function go(hits: Hit[] | null): void {
    if (!plot || !hits || hits.length === 0) return;
    here.current = hits;
    hover(inputs, hits, plot.clientOf(hits[0]!.x));
    page.spoken.set(inWords(hits));
  }

  function zoom(factor: number): void {
    const range = plot!.zoomed(factor, here.current?.[0]?.x ?? null);
    setView({ zoom: view.against === null ? wholeRange(range) : range });
  }

  function fix(): void {
    const moment = momentOf(here.current ?? []);
    if (!moment) return;
    fixAt(moment);
    page.spoken.set(`fixed at iteration ${formatCount(moment.iteration)}`);
  }
}

/** Where the cursor of the page is in this panel, else where the fixed iteration is. */
function cursorOf({ page, view, drawn }: PlotInputs): number | null {
  const cursor = pageCursor.get();
  if (cursor) return page.placeOfCursor(cursor, view.axis);
  const fixed = page.fixed.get();
  const x = fixed ? page.placeOfFixed(fixed, view.axis, drawn) : NaN;
  return Number.isNaN(x) ? null : x;
}

const SPOKEN_LINES = 5;

function inWords(hits: readonly Hit[]): string {
  const each = hits.slice(0, SPOKEN_LINES).map(({ drawn, value, mark }) => `${drawn.name} ${mark ? "not finite" : formatNumber(value)}`);
  const more = hits.length > SPOKEN_LINES ? `, and ${hits.length - SPOKEN_LINES} more lines` : "";
  return `iteration ${formatCount(hits[0]!.iteration)}: ${each.join(", ")}${more}`;
}
