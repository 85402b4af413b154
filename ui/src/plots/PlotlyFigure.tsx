import { useEffect, useMemo, useRef, useState } from "react";

import { cssColour, useTheme } from "../state/theme";
import { dress, type Ink } from "./dress";
import type { Figure, Json, Named } from "./figure";
import { fileName } from "../tables/download";
import { canResize, loadPlotly, type Plotly } from "./plotly";

interface Props {
  figure: Figure;
  named: Named;
  /** Leave out the figure's title where it only repeats the name: there is a heading above. */
  headed: boolean;
  height: number;
  full: boolean;
  /** Zoom and camera are kept from figure to figure of the same view. */
  view: string;
  onProblem(problem: string | null): void;
  /** Told after each drawing; what others do with it must bear that it is drawn again. */
  onDrawn?: ((host: HTMLElement) => void) | undefined;
}

/** One figure, drawn by plotly; redrawn when figure, theme or size change. */
export function PlotlyFigure({ figure, named, headed, height, full, view, onProblem, onDrawn }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const ink = useMemo(inkOfPage, [theme]);
  const dressed = useMemo(() => dress(figure, ink, headed ? named : null), [figure, ink, headed, named.title, named.series]);
  const [busy, setBusy] = useState(true);
  const told = useRef(onProblem);
  told.current = onProblem;
  const drawn = useRef(onDrawn);
  drawn.current = onDrawn;

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let gone = false;
    draw(element, figure, { uirevision: view, ...dressed.layout, height }, configOf(named, full)).then(
      (unknown) => {
        if (gone) return;
        setBusy(false);
        told.current(unknown);
        drawn.current?.(element);
      },
      (error: unknown) => {
        if (gone) return;
        setBusy(false);
        told.current(`It cannot be drawn: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
    return () => {
      gone = true;
    };
  }, [figure, dressed, height, full, view, named.title, named.series]);

  usePlotLife(host);
  return (
    <div className="plot-stage" style={{ height, background: dressed.paper || undefined }} aria-busy={busy}>
      <div ref={host} />
    </div>
  );
}

/** Traces over a map whose outlines plotly would fetch from the web. */
const OUTLINED = new Set(["choropleth", "scattergeo"]);

/** Draw, and say what of it could not be; null where all is well. */
async function draw(host: HTMLElement, figure: Figure, layout: Json, config: Json): Promise<string | null> {
  if (figure.data.some((trace) => OUTLINED.has(String(trace["type"])))) {
    throw new Error("the outlines of its map lie in the web, and this page asks nobody but its own server.");
  }
  const plotly = await loadPlotly();
  if (!host.isConnected) return null;
  // Plotly writes into what it is given; the figure is ours, and may be drawn again.
  const data = figure.data.map((trace) => ({ ...trace }));
  await plotly.react(host, { data, layout: structuredClone(layout), ...(figure.frames ? { frames: figure.frames } : {}), config });
  const drawn = (host as unknown as { _fullData?: { type?: string }[] })._fullData ?? [];
  const unknown = figure.data.find(({ type }, i) => typeof type === "string" && drawn[i] && drawn[i].type !== type);
  return unknown ? `Drawn as points: the page does not know traces of type “${String(unknown["type"])}”.` : null;
}

function usePlotLife(host: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let plotly: Plotly | null = null;
    void loadPlotly().then((loaded) => (plotly = loaded), () => undefined);
    const watch = new ResizeObserver(() => {
      if (plotly && canResize(element)) plotly.Plots.resize(element).catch(() => undefined);
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      plotly?.purge(element);
    };
  }, [host]);
}

function configOf({ title, series }: Named, full: boolean): Json {
  return {
    displaylogo: false,
    displayModeBar: full ? true : "hover",
    scrollZoom: full,
    showSendToCloud: false,
    showEditInChartStudio: false,
    plotlyServerURL: "",
    // What plotly would fetch from elsewhere; the page asks only its own server.
    topojsonURL: "/",
    toImageButtonOptions: { filename: fileName(series ? `${title} ${series}` : title, "").slice(0, -1), scale: 2 },
  };
}

const SERIES_COLOURS = 12;

function inkOfPage(): Ink {
  return {
    surface: cssColour("--surface"),
    text: cssColour("--text"),
    dim: cssColour("--text-dim"),
    grid: cssColour("--grid"),
    line: cssColour("--line"),
    colourway: Array.from({ length: SERIES_COLOURS }, (_, i) => cssColour(`--series-${i}`)),
  };
}
