// One panel: heading, plot, legend. Only panels near the screen hold a plot; the others keep their place.

import { memo, useEffect, useRef, useState } from "react";

import type { Axis } from "../api/types";
import { useStore } from "../state/store";
import { cssColour, useTheme } from "../state/theme";
import { slotVariable } from "../state/colours";
import { formatCount, formatCounted, formatNumber } from "../state/format";
import { pageCursor } from "./cursor";
import { notOnLogAxis } from "./extent";
import { sourceKey } from "./feed";
import { tooltipOf, type Hit } from "./hits";
import { Legend, legendHeight } from "./Legend";
import type { ChartPage } from "./page";
import type { Band, DrawnLine } from "./paint";
import { lowerBound, upperBound, type Line } from "./points";
import { Plot, type PlotHandlers } from "./plot";
import type { Range } from "./scale";
import type { PanelLine, PanelModel } from "./sections";
import { smooth, type Smoothing } from "./smoothing";
import { useNearScreen, useWidth } from "./screen";
import { isTimeOnly } from "./values";
import type { ChartView, SetView } from "./view";

/** More lines than this in one panel are neither drawn nor readable. */
export const LINES_DRAWN = 200;
const LOG_COLUMNS = 4;

export interface PanelProps {
  page: ChartPage;
  panel: PanelModel;
  view: ChartView;
  setView: SetView;
  height: number;
  /** Fills the page: a legend at the side. */
  full?: boolean;
}

export const Panel = memo(function Panel(props: PanelProps) {
  const { panel, full = false, setView, height } = props;
  const host = useRef<HTMLElement>(null);
  const near = useNearScreen(host) || full;
  return (
    <section
      ref={host}
      className={full ? "chart chart-full" : "chart"}
      aria-label={panel.heading}
      data-panel={panel.id}
    >
      <header className="chart-head">
        <h3 className="clip" title={panel.id}>
          {panel.heading}
        </h3>
        {!full && (
          <button
            className="plain chart-action"
            title="Full screen"
            aria-label={`full screen: ${panel.heading}`}
            onClick={() => setView({ full: panel.id }, { push: true })}
          >
            ⤢
          </button>
        )}
      </header>
      {near ? <Live {...props} /> : <div style={{ height: height + legendHeight(panel) }} />}
    </section>
  );
});

function Live({ page, panel, view, setView, height, full = false }: PanelProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const [focus, setFocus] = useState<string | null>(null);
  const [version, setVersion] = useState(0);
  const theme = useTheme();
  const lines = panel.lines.slice(0, LINES_DRAWN);
  const names = lines.map((line) => (line.members ? line.key : sourceKey(line))).join("\0");

  const wanted = lines.map((line) => (line.members ?? [line]).map(sourceKey).join("\0")).join("\0\0");

  useEffect(() => {
    if (width === 0) return;
    const id = full ? `full ${panel.id}` : panel.id;
    // Columns are of equal width on a linear axis; a logarithmic one needs its left ones finer.
    const finer = view.logX ? LOG_COLUMNS : 1;
    const columns = Math.round(width * devicePixelRatio * finer);
    page.feed.want(
      id,
      lines.filter(({ members }) => !members),
      columns,
    );
    page.groups.want(
      id,
      lines.flatMap(({ key, members }) => (members ? [{ key, members }] : [])),
      columns,
    );
    return () => {
      page.feed.unwant(id);
      page.groups.unwant(id);
    };
    // `wanted` stands for `lines`, which is a new array each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [page, panel.id, wanted, width, full, view.logX]);

  useEffect(() => {
    const keys = names.split("\0");
    const onChange = (changed: ReadonlySet<string>) => keys.some((key) => changed.has(key)) && setVersion((v) => v + 1);
    const stops = [page.feed.subscribe(onChange), page.groups.subscribe(onChange)];
    return () => stops.forEach((stop) => stop());
  }, [page, names]);

  const drawn = useDrawn(page, panel, view, theme, version);
  const plot = usePlot(host, { page, panel, view, setView, drawn, width, height, focus, full });
  const loading = lines.some((line) => !view.hidden.includes(line.key) && pointsOf(page, line) === null);
  const beyond = notOnLogAxis(
    drawn.map(({ line }) => line),
    view,
  );
  return (
    <div className={full ? "chart-split" : undefined}>
      <div className="chart-stage" style={{ height }}>
        <div ref={host} className="chart-plot" role="img" aria-label={inWords(panel.heading, drawn)} />
        {loading && drawn.length === 0 && (
          <div className="chart-veil" aria-busy="true">
            {page.feed.problem ?? ""}
          </div>
        )}
      </div>
      <Hints
        axis={view.axis}
        beyond={beyond}
        panel={panel}
        drawn={drawn}
        ready={plot !== null}
        zoom={view.zoom}
        problem={page.feed.problem}
      />
      <Legend
        panel={panel}
        lines={lines}
        page={page}
        view={view}
        setView={setView}
        version={version}
        onFocus={setFocus}
        tall={full}
      />
    </div>
  );
}

interface HintsProps {
  axis: Axis;
  beyond: number;
  panel: PanelModel;
  drawn: DrawnLine[];
  ready: boolean;
  zoom: Range | null;
  problem: string | null;
}

/** What the drawing leaves out, said in it. */
function Hints({ axis, beyond, panel, drawn, ready, zoom, problem }: HintsProps) {
  const hints: string[] = problem ? [`not up to date: ${problem}`] : [];
  if (beyond > 0) hints.push(`${formatCount(beyond)} not shown: ≤ 0 on a log axis`);
  if (panel.lines.length > LINES_DRAWN) hints.push(`first ${LINES_DRAWN} of ${formatCount(panel.lines.length)} lines`);
  const timeOnly = axis === "iteration" ? panel.lines.filter(({ summary }) => isTimeOnly(summary)) : [];
  if (timeOnly.length > 0) {
    const count = timeOnly.reduce((sum, { summary }) => sum + summary.count, 0);
    hints.push(`${formatCounted(count, "point")} without an iteration: seen on the axes of time`);
  }
  if (ready && drawn.length > 0 && timeOnly.length < panel.lines.length)
    hints.push(
      ...nothing(
        drawn.map(({ line }) => line),
        zoom,
      ),
    );
  return hints.length ? <div className="chart-hint">{hints.join(" · ")}</div> : null;
}

function nothing(lines: readonly Line[], zoom: Range | null): string[] {
  if (lines.every((line) => line.length === 0)) {
    return [lines.some((line) => line.marks.length > 0) ? "no finite values" : "no points on this axis"];
  }
  if (zoom === null) return [];
  const empty = lines.every(({ x }) => lowerBound(x, zoom.low) >= upperBound(x, zoom.high));
  return empty ? ["no points in this range"] : [];
}

/** The points of a line, and the band of a group; null until they are here. */
function pointsOf(page: ChartPage, line: PanelLine): { line: Line; band: Band | null } | null {
  if (line.members) return page.groups.line(line.key);
  const points = page.feed.line(line);
  return points && { line: points, band: null };
}

/** The lines to draw, smoothed; an entry is made anew only when its points or the settings changed. */
function useDrawn(page: ChartPage, panel: PanelModel, view: ChartView, theme: string, version: number): DrawnLine[] {
  const cache = useRef(new Map<string, { line: Line; smoothing: Smoothing; smoothed: Float64Array | null }>());
  const shown = useRef<{ key: unknown[]; drawn: DrawnLine[] }>({ key: [], drawn: [] });
  const key = [panel, view.hidden, view.smoothing, view.axis, view.zoom, theme, version];
  if (key.every((part, i) => part === shown.current.key[i])) return shown.current.drawn;
  const drawn: DrawnLine[] = [];
  for (const source of panel.lines.slice(0, LINES_DRAWN)) {
    const { key: lineId, name } = source;
    const points = view.hidden.includes(lineId) ? null : pointsOf(page, source);
    if (!points) continue;
    const { line, band } = points;
    const look = page.looks.of(source.look ?? name);
    drawn.push({
      key: lineId,
      task: source.task,
      name,
      line,
      smoothed: band ? null : smoothedOf(cache.current, lineId, line, view.smoothing),
      band,
      faded: source.faded,
      colour: cssColour(slotVariable(look.slot)),
      dash: look.dash,
    });
  }
  shown.current = { key, drawn };
  return drawn;
}

function smoothedOf(
  cache: Map<string, { line: Line; smoothing: Smoothing; smoothed: Float64Array | null }>,
  key: string,
  line: Line,
  smoothing: Smoothing,
): Float64Array | null {
  const old = cache.get(key);
  if (old?.line === line && old.smoothing === smoothing) return old.smoothed;
  const smoothed = smoothing.kind === "none" ? null : smooth(line.value, smoothing);
  cache.set(key, { line, smoothing, smoothed });
  return smoothed;
}

interface PlotInputs extends PanelProps {
  drawn: DrawnLine[];
  width: number;
  focus: string | null;
}

/** Keeps a plot in an element and hands it what is to be drawn. */
function usePlot(host: React.RefObject<HTMLDivElement | null>, inputs: PlotInputs): Plot | null {
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
    const { valueName, fromZero = false } = panel;
    plot.update({ ...view, lines: drawn, zoom: range, focus, valueName, fromZero });
    showPageCursor(plot, page, view.axis);
  }, [plot, page, drawn, view, width, height, focus, range, theme, panel]);

  useEffect(() => {
    if (!plot) return;
    return pageCursor.subscribe(() => showPageCursor(plot, page, view.axis));
  }, [plot, page, view.axis]);
  return plot;
}

function showPageCursor(plot: Plot, page: ChartPage, axis: Axis): void {
  const cursor = pageCursor.get();
  plot.showCursor(cursor ? page.placeOfCursor(cursor, axis) : null);
}

function handlersOf(inputs: () => PlotInputs): PlotHandlers {
  return {
    onHover(hits, at) {
      const { page, panel } = inputs();
      const hit = hits?.[0];
      if (!hits || !hit || !at) {
        page.tooltip.set(null);
        pageCursor.set(null);
        return;
      }
      pageCursor.set({ task: hit.drawn.task, iteration: hit.iteration, timeUs: hit.timeUs });
      page.tooltip.set({ heading: panel.heading, model: modelOf(hits, page), ...at });
    },
    onZoom(range) {
      inputs().setView({ zoom: atLeastOne(range) });
    },
    onPan(range, done) {
      inputs().page.range.set(range);
      if (done) inputs().setView({ zoom: atLeastOne(range) });
    },
    onReset() {
      inputs().setView({ zoom: null });
    },
  };
}

function modelOf(hits: Hit[], page: ChartPage) {
  return tooltipOf(hits, page.startUs(hits[0]!.drawn.task))!;
}

// The server knows whole iterations and microseconds only.
function atLeastOne({ low, high }: { low: number; high: number }): { low: number; high: number } {
  const range = { low: Math.floor(low), high: Math.ceil(high) };
  return range.high > range.low ? range : { low: range.low, high: range.low + 1 };
}

/** What the drawing shows, for those who cannot see it. */
function inWords(heading: string, drawn: readonly DrawnLine[]): string {
  const each = drawn.slice(0, 10).map(({ name, line }) => {
    const last = line.length - 1;
    if (last < 0) return `${name}: no finite values`;
    return `${name}: ${formatNumber(line.value[last]!)} at iteration ${line.iteration[last]!}`;
  });
  const more = drawn.length > 10 ? `; and ${drawn.length - 10} more lines` : "";
  return each.length
    ? `Chart of ${heading}. Latest values: ${each.join("; ")}${more}.`
    : `Chart of ${heading}, loading.`;
}
