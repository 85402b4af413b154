// A page of charts, of one task or of many: settings, sections of panels, and everything that keeps them current.

import { useEffect, useMemo, useRef, useState } from "react";

import { fixAt, useAt } from "../state/at";
import { useKeys, type Gesture, type KeyBinding } from "../state/keys";
import { useStore } from "../state/store";
import { Problem } from "../widgets/Feedback";
import { arrange } from "./arrangement";
import "./charts.css";
import { pageCursor } from "./cursor";
import { FullScreen } from "./FullScreen";
import { saysLayout, useKeeping, useLayout } from "./layout";
import type { Looks } from "./lines";
import { StepPanel, useMoving } from "./moving";
import { ChartPage } from "./page";
import { Panel } from "./Panel";
import { attemptsOf, parseFilter, ranksOf, type Filter, type Section } from "./sections";
import { useSeriesOf, type Counted, type Listed } from "./useSeriesOf";
import { SCROLLER, useNearScreen } from "./screen";
import { SeriesCount } from "./SeriesCount";
import { Toolbar } from "./Toolbar";
import { Tooltip } from "./Tooltip";
import { ValuesTable } from "./ValuesTable";
import { useChartView, type ChartView, type SetView, type ViewParams } from "./view";
import "uplot/dist/uPlot.min.css";

export interface ChartTask {
  id: string;
  name: string;
  startUs: number;
}

interface Props {
  tasks: readonly ChartTask[];
  params: ViewParams;
  /** From what the tasks have to what the page shows. */
  layOut(listed: readonly Listed[], filter: Filter, view: ChartView): Section[];
  /** What stands here while there is nothing to show. */
  empty: React.ReactNode;
  /** How lines look, where that outlives the page. */
  looks?: Looks;
  /** What stands in place of the charts where a table of values is asked for. */
  values?(listed: readonly Listed[], filter: Filter): React.ReactNode;
  /** What the arrangement is kept under on the server, the project's name included; left out, none is kept. */
  remember?: string;
  counted?: Counted;
}

const NO_KEYS: readonly KeyBinding[] = [];
const FREE: readonly KeyBinding[] = [{ keys: ["Escape"], does: "free the fixed iteration", run: () => fixAt(null) }];
const GESTURES: readonly Gesture[] = [
  { gesture: "drag", does: "zoom in on the x axis, in all charts" },
  { gesture: "double click", does: "reset the zoom" },
  { gesture: "Shift + drag", does: "move along the x axis" },
  { gesture: "Ctrl + wheel", does: "zoom at the mouse" },
  { gesture: "click", does: "fix the iteration of the page there, or free it: plots, samples and console follow" },
  { gesture: "legend click", does: "hide the line, or show it again" },
  { gesture: "Alt + click", does: "in the legend: show that line alone" },
  { gesture: "drag a heading", does: "move the chart within its section, or among the pinned ones; Esc lets it be" },
  { gesture: "Shift + ← →", does: "in a chart: move it one place" },
  { gesture: "⤢", does: "one chart over the page: arrow keys step, Esc leaves" },
  { gesture: "← →", does: "in a chart: the cursor from point to point; Home and End: to either end" },
  { gesture: "+ − 0", does: "in a chart: zoom in, out, reset" },
  { gesture: "Enter", does: "in a chart: fix the iteration at the cursor" },
  { gesture: "Ctrl + C", does: "copy the values under the mouse" },
];

export function Charts({ tasks, params, layOut, empty, looks, values, remember, counted = "points" }: Props) {
  const [view, setAddress] = useChartView(params);
  const layout = useLayout(remember ?? null, params);
  const setView = useKeeping(setAddress, layout);
  const [paused, setPaused] = useState(false);
  const page = useChartPage(tasks, view, looks);
  const series = useSeriesOf(tasks, page, { paused, filter: view.filter, counted });
  const { listed, error } = series;
  const filter = useMemo(() => parseFilter(view.filter), [view.filter]);
  const laid = useMemo(() => {
    const sections = layOut(listed ?? [], filter, view);
    page.looks.learn(sections.flatMap(({ panels }) => panels.map(({ lines }) => lines.map(({ name, look }) => look ?? name))));
    return sections;
    // Of the view only what a layout looks at: a zoom must not lay out anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [listed, filter, layOut, page, view.rank, view.ranks, view.attempt]);
  const { pins, away, order } = view;
  const sections = useMemo(() => arrange(laid, { pins, away, order }), [laid, pins, away, order]);
  const panels = useMemo(() => sections.flatMap((section) => section.panels), [sections]);
  const known = useMemo(() => laid.flatMap((section) => section.panels), [laid]);
  useEffect(() => page.pause(paused), [page, paused]);
  const [at] = useAt();
  useEffect(() => page.fixed.set(at), [page, at]);
  useKeys("Charts", at ? FREE : NO_KEYS, GESTURES);

  if (error && !listed) return <Problem error={error} />;
  const waiting = !listed || !layout.ready;
  const lines = panels.reduce((sum, panel) => sum + panel.lines.length, 0);
  return (
    <div className={`charts ${SCROLLER}`}>
      <Toolbar
        view={view}
        setView={setView}
        problem={filter.problem}
        counts={{ panels: panels.length, lines }}
        ranks={ranksOf(known)}
        attempts={attemptsOf(known)}
        panels={known}
        page={page}
        paused={paused}
        onPause={setPaused}
        onReset={remember !== undefined && saysLayout(location.search, params) ? layout.reset : null}
      />
      {layout.note && <p className="chart-note">{layout.note}</p>}
      {waiting && <Waiting view={view} />}
      {!waiting &&
        panels.length === 0 &&
        (view.filter || known.length > 0 ? <p className="chart-none">{nothingShown(view, known.length)}</p> : empty)}
      {view.table && values && listed && values(listed, filter)}
      {view.table && !values && panels.length > 0 && <ValuesTable panels={panels} name={tasks.map(({ name }) => name).join(", ").slice(0, 100)} />}
      {!view.table && !waiting && <Sections page={page} usual={laid} sections={sections} view={view} setView={setView} />}
      {listed && <SeriesCount series={series} filter={view.filter} />}
      {view.full !== null && (
        <FullScreen
          page={page}
          panels={panels.some(({ id }) => id === view.full) ? panels : known}
          view={view}
          setView={setView}
        />
      )}
      <Tooltip page={page} />
      <Spoken page={page} />
    </div>
  );
}

function nothingShown(view: ChartView, known: number): string {
  return known > 0 && view.away.length > 0 ? "All charts here are put away." : "No chart matches the filter.";
}

/** What the keyboard's cursor is at, said politely. */
function Spoken({ page }: { page: ChartPage }) {
  return (
    <div className="unseen" role="status" aria-live="polite">
      {useStore(page.spoken)}
    </div>
  );
}

/** What the panels share, for as long as the same tasks are shown. */
function useChartPage(tasks: readonly ChartTask[], view: ChartView, looks: Looks | undefined): ChartPage {
  const make = () => new ChartPage(new Map(tasks.map(({ id, startUs }) => [id, startUs])), view.zoom, looks);
  const [page, setPage] = useState(make);
  if (tasks.length !== page.starts.size || tasks.some(({ id }) => !page.starts.has(id))) setPage(make());
  useEffect(() => {
    page.open();
    return () => {
      page.close();
      pageCursor.set(null);
    };
  }, [page]);
  // While rendering, because the panels below ask the feed for lines of this view; it only notes what to read.
  page.setView(view);
  useEffect(() => page.range.set(view.zoom), [page, view.zoom]);
  return page;
}

interface SectionsProps {
  page: ChartPage;
  /** As they are without the reader. */
  usual: readonly Section[];
  sections: readonly Section[];
  view: ChartView;
  setView: SetView;
}

/** Places of panels made at once; more as the end of them comes near. */
const PANELS_AT_ONCE = 120;

function Sections({ page, usual, sections, view, setView }: SectionsProps) {
  const moving = useMoving({ page, usual, shown: sections, view, setView });
  const [limit, setLimit] = useState(PANELS_AT_ONCE);
  let left = limit;
  let all = 0;
  const shown: { section: Section; folded: boolean; count: number }[] = [];
  for (const section of sections) {
    const folded = view.folded.includes(section.id);
    const count = folded ? 0 : Math.min(section.panels.length, left);
    all += folded ? 0 : section.panels.length;
    // A folded section takes little, but not nothing: ten thousand of them would.
    if (left > 0) shown.push({ section, folded, count });
    left -= folded ? 0.25 : section.panels.length;
  }
  return (
    <StepPanel value={moving.step}>
      <div {...moving.handlers}>
        {shown.map(({ section, folded, count }) => (
          <SectionView key={section.id} page={page} section={section} folded={folded} count={count} view={view} setView={setView} />
        ))}
        {left < 0 && <More key={limit} left={all - limit} onNear={() => setLimit(limit + PANELS_AT_ONCE)} />}
      </div>
    </StepPanel>
  );
}

/** Stands at the end of what is made, and has more made when it comes near the screen. */
function More({ left, onNear }: { left: number; onNear(): void }) {
  const host = useRef<HTMLDivElement>(null);
  const near = useNearScreen(host);
  useEffect(() => {
    if (near) onNear();
    // Once: it is replaced by the next.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [near]);
  return (
    <div ref={host} className="chart-none">
      <button className="button" onClick={onNear}>
        {left} more charts
      </button>
    </div>
  );
}

interface SectionProps extends Omit<SectionsProps, "sections" | "usual"> {
  section: Section;
  folded: boolean;
  /** Panels to make of it. */
  count: number;
}

function SectionView({ page, section, folded, count, view, setView }: SectionProps) {
  const toggle = () =>
    setView({ folded: folded ? view.folded.filter((id) => id !== section.id) : [...view.folded, section.id] });
  return (
    <section className="chart-section" data-section={section.id}>
      <h2>
        <button className="chart-fold" aria-expanded={!folded} onClick={toggle}>
          <span aria-hidden>{folded ? "▸" : "▾"}</span>
          <span className="clip">{section.heading}</span>
          <span className="dim">{section.panels.length}</span>
        </button>
      </h2>
      {!folded && (
        <div className="chart-grid" style={gridStyle(view)}>
          {section.panels.slice(0, count).map((panel) => (
            <Panel key={panel.id} page={page} panel={panel} view={view} setView={setView} height={view.height} />
          ))}
        </div>
      )}
    </section>
  );
}

function gridStyle({ columns }: ChartView): React.CSSProperties | undefined {
  return columns === null ? undefined : { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` };
}

function Waiting({ view }: { view: ChartView }) {
  return (
    <div className="chart-grid" style={gridStyle(view)} aria-busy="true" aria-label="loading">
      {Array.from({ length: 6 }, (_, i) => (
        <div key={i} className="chart chart-waiting" style={{ height: view.height + 80 }} />
      ))}
    </div>
  );
}
