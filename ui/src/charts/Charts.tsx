// A page of charts of one task: settings, sections of panels, and everything that keeps them current.

import { useEffect, useMemo, useRef, useState } from "react";

import { getJson } from "../api/client";
import { subscribe } from "../api/events";
import type { SeriesList, SeriesSummary, TaskChange, TaskDetail } from "../api/types";
import { formatCount } from "../state/format";
import { useKeys, type Gesture, type KeyBinding } from "../state/keys";
import { useResource } from "../state/resource";
import { throttle } from "../state/throttle";
import { Problem } from "../widgets/Feedback";
import "./charts.css";
import { pageCursor } from "./cursor";
import { FullScreen } from "./FullScreen";
import { ChartPage } from "./page";
import { Panel } from "./Panel";
import { parseFilter, ranksOf, type Filter, type Section, type Whose } from "./sections";
import { SCROLLER } from "./screen";
import { Toolbar } from "./Toolbar";
import { Tooltip } from "./Tooltip";
import { ValuesTable } from "./ValuesTable";
import { lineKey, useChartView, type ChartView, type SetView, type ViewParams } from "./view";
import "uplot/dist/uPlot.min.css";

interface Props {
  task: TaskDetail;
  params: ViewParams;
  /** From the task's series to what the page shows. */
  layOut(series: readonly SeriesSummary[], filter: Filter, whose: Whose): Section[];
  /** What stands here while there is nothing to show. */
  empty: React.ReactNode;
}

const LIST_REFRESH_MS = 1000;

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

export function Charts({ task, params, layOut, empty }: Props) {
  const [view, setView] = useChartView(params);
  const [paused, setPaused] = useState(false);
  const { id } = task.task;
  const page = useChartPage(task, view);
  const { data, error } = useSeries(id, page, paused);
  const filter = useMemo(() => parseFilter(view.filter), [view.filter]);
  const sections = useMemo(() => {
    const laid = layOut(data?.series ?? [], filter, { task: id, rank: view.rank });
    page.looks.learn(laid.flatMap(({ panels }) => panels.map(({ lines }) => lines.map(({ name, look }) => look ?? name))));
    return laid;
  }, [data, filter, layOut, page, id, view.rank]);
  const panels = useMemo(() => sections.flatMap((section) => section.panels), [sections]);
  useEffect(() => {
    page.feed.pause(paused);
    page.groups.pause(paused);
  }, [page, paused]);
  useKeys("Charts", NO_KEYS, GESTURES);

  if (error && !data) return <Problem error={error} />;
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
      {!data && <Waiting view={view} />}
      {data &&
        panels.length === 0 &&
        (view.filter ? <p className="chart-none">No chart matches the filter.</p> : empty)}
      {data && data.total > data.series.length && (
        <p className="chart-none">
          The first {formatCount(data.series.length)} of {formatCount(data.total)} series, by name.
        </p>
      )}
      {view.table && panels.length > 0 && <ValuesTable panels={panels} name={task.task.name} />}
      {!view.table &&
        sections.map((section) => (
          <SectionView key={section.id} page={page} section={section} view={view} setView={setView} />
        ))}
      {view.full !== null && <FullScreen page={page} panels={panels} view={view} setView={setView} />}
      <Tooltip page={page} />
    </div>
  );
}

/** What the panels share, for as long as the same task is shown. */
function useChartPage(task: TaskDetail, view: ChartView): ChartPage {
  const id = task.task.id;
  const startUs = task.task.started_us ?? 0;
  const make = () => new ChartPage(new Map([[id, startUs]]), view.zoom);
  const [page, setPage] = useState(make);
  if (!page.starts.has(id)) setPage(make());
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

/** The task's series; asked for again when the server names one that is not known, the points when it names others. */
function useSeries(id: string, page: ChartPage, paused: boolean) {
  const path = `/tasks/${encodeURIComponent(id)}/series`;
  const list = useResource(path, (signal) => getJson<SeriesList>(path, { signal }));
  const { reload, data } = list;
  const known = useRef(new Set<string>());
  known.current = useMemo(() => new Set(data?.series.map(({ title, series }) => lineKey(title, series))), [data]);
  const missed = useRef(false);
  useEffect(() => {
    const refresh = throttle(reload, LIST_REFRESH_MS);
    const onChange = (changes: TaskChange[]) => {
      for (const change of changes) {
        if (!change.scalars) continue;
        page.touch(id, change.series);
        const fresh = change.series?.some(([title, series]) => !known.current.has(lineKey(title, series))) ?? true;
        if (fresh && paused) missed.current = true;
        else if (fresh) refresh();
      }
    };
    const onResync = () => {
      page.touch(id, null);
      refresh();
    };
    const stop = subscribe(id, { onChange, onResync });
    if (!paused && missed.current) refresh();
    if (!paused) missed.current = false;
    return () => {
      stop();
      refresh.cancel();
    };
  }, [id, page, reload, paused]);
  return list;
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
