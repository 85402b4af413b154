// A page of charts, of one task or of many: settings, sections of panels, and everything that keeps them current.

import { useEffect, useMemo, useState } from "react";

import { formatCount } from "../state/format";
import { useKeys, type Gesture, type KeyBinding } from "../state/keys";
import { Problem } from "../widgets/Feedback";
import "./charts.css";
import { pageCursor } from "./cursor";
import { FullScreen } from "./FullScreen";
import type { Looks } from "./lines";
import { ChartPage } from "./page";
import { Panel } from "./Panel";
import { parseFilter, ranksOf, type Filter, type Section } from "./sections";
import { useSeriesOf, type Listed } from "./useSeriesOf";
import { SCROLLER } from "./screen";
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
}

const NO_KEYS: readonly KeyBinding[] = [];
const GESTURES: readonly Gesture[] = [
  { gesture: "drag", does: "zoom in on the x axis, in all charts" },
  { gesture: "double click", does: "reset the zoom" },
  { gesture: "Shift + drag", does: "move along the x axis" },
  { gesture: "Ctrl + wheel", does: "zoom at the mouse" },
  { gesture: "legend click", does: "hide the line, or show it again" },
  { gesture: "Alt + click", does: "in the legend: show that line alone" },
  { gesture: "⤢", does: "one chart over the page: arrow keys step, Esc leaves" },
  { gesture: "Ctrl + C", does: "copy the values under the mouse" },
];

export function Charts({ tasks, params, layOut, empty, looks, values }: Props) {
  const [view, setView] = useChartView(params);
  const [paused, setPaused] = useState(false);
  const page = useChartPage(tasks, view, looks);
  const { listed, total, error } = useSeriesOf(tasks, page, paused);
  const filter = useMemo(() => parseFilter(view.filter), [view.filter]);
  const sections = useMemo(() => {
    const laid = layOut(listed ?? [], filter, view);
    page.looks.learn(laid.flatMap(({ panels }) => panels.map(({ lines }) => lines.map(({ name, look }) => look ?? name))));
    return laid;
    // Of the view only what a layout looks at: a zoom must not lay out anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [listed, filter, layOut, page, view.rank]);
  const panels = useMemo(() => sections.flatMap((section) => section.panels), [sections]);
  useEffect(() => {
    page.feed.pause(paused);
    page.groups.pause(paused);
  }, [page, paused]);
  useKeys("Charts", NO_KEYS, GESTURES);

  if (error && !listed) return <Problem error={error} />;
  const lines = panels.reduce((sum, panel) => sum + panel.lines.length, 0);
  return (
    <div className={`charts ${SCROLLER}`}>
      <Toolbar
        view={view}
        setView={setView}
        problem={filter.problem}
        counts={{ panels: panels.length, lines }}
        ranks={ranksOf(panels)}
        paused={paused}
        onPause={setPaused}
      />
      {!listed && <Waiting view={view} />}
      {listed &&
        panels.length === 0 &&
        (view.filter ? <p className="chart-none">No chart matches the filter.</p> : empty)}
      {listed && total.of > total.shown && (
        <p className="chart-none">
          The first {formatCount(total.shown)} of {formatCount(total.of)} series, by name.
        </p>
      )}
      {view.table && values && listed && values(listed, filter)}
      {view.table && !values && panels.length > 0 && <ValuesTable panels={panels} name={tasks.map(({ name }) => name).join(", ").slice(0, 100)} />}
      {!view.table &&
        sections.map((section) => (
          <SectionView key={section.id} page={page} section={section} view={view} setView={setView} />
        ))}
      {view.full !== null && <FullScreen page={page} panels={panels} view={view} setView={setView} />}
      <Tooltip page={page} />
    </div>
  );
}

/** What the panels share, for as long as the same tasks are shown. */
function useChartPage(tasks: readonly ChartTask[], view: ChartView, looks: Looks | undefined): ChartPage {
  const make = () => new ChartPage(new Map(tasks.map(({ id, startUs }) => [id, startUs])), view.zoom, looks);
  const [page, setPage] = useState(make);
  if (tasks.length !== page.starts.size || tasks.some(({ id }) => !page.starts.has(id))) setPage(make());
  useEffect(() => {
    page.feed.open();
    page.groups.open();
    return () => {
      page.feed.close();
      page.groups.close();
      pageCursor.set(null);
    };
  }, [page]);
  // While rendering, because the panels below ask the feed for lines of this view; it only notes what to read.
  page.feed.setView({ axis: view.axis, zoom: view.zoom });
  page.groups.setView({ axis: view.axis, zoom: view.zoom, center: view.center, spread: view.spread });
  useEffect(() => page.range.set(view.zoom), [page, view.zoom]);
  return page;
}

interface SectionProps {
  page: ChartPage;
  section: Section;
  view: ChartView;
  setView: SetView;
}

const PANELS_AT_FIRST = 120;

function SectionView({ page, section, view, setView }: SectionProps) {
  const [limit, setLimit] = useState(PANELS_AT_FIRST);
  const folded = view.folded.includes(section.id);
  const more = section.panels.length - limit;
  const toggle = () =>
    setView({ folded: folded ? view.folded.filter((id) => id !== section.id) : [...view.folded, section.id] });
  return (
    <section className="chart-section">
      <h2>
        <button className="chart-fold" aria-expanded={!folded} onClick={toggle}>
          <span aria-hidden>{folded ? "▸" : "▾"}</span>
          <span className="clip">{section.heading}</span>
          <span className="dim">{section.panels.length}</span>
        </button>
      </h2>
      {!folded && (
        <div className="chart-grid" style={gridStyle(view)}>
          {section.panels.slice(0, limit).map((panel) => (
            <Panel key={panel.id} page={page} panel={panel} view={view} setView={setView} height={view.height} />
          ))}
        </div>
      )}
      {!folded && more > 0 && (
        <button className="button" onClick={() => setLimit(limit + PANELS_AT_FIRST)}>
          Show {Math.min(more, PANELS_AT_FIRST)} more of {section.panels.length}
        </button>
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
