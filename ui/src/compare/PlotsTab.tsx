// The plots of the tasks: the same one of each in one drawing where their axes are alike, else beside each other.

import { useMemo, useRef, type ReactNode } from "react";

import { readPlots } from "../api/reported";
import { SCROLLER, useWidth, useWindowHeight } from "../charts/screen";
import { append, parseFilter } from "../charts/sections";
import { allIterations } from "../plots/cards";
import { FullFrame } from "../plots/FullFrame";
import { param, useParam } from "../state/address";
import { useAt } from "../state/at";
import { formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { CardGrid } from "../widgets/CardGrid";
import { Empty, Skeleton } from "../widgets/Feedback";
import { IterationSlider, placeOf } from "../widgets/IterationSlider";
import { RANK, RankSelect } from "../widgets/RankSelect";
import { SearchBox } from "../widgets/SearchBox";
import { ComparePlot } from "./ComparePlot";
import type { TabProps } from "./ComparePage";
import { plotRanks, plotsOf, type PlotOfTasks } from "./plots";
import { useEach } from "./useEach";
import "../plots/plots.css";

const FILTER = param.text("filter");
const FULL = param.text("full");
const APART = param.list("apart");
const UNLINKED = param.flag("unlinked");

/** Titles of more cards than this have a heading. */
const FEW = 3;
const CARDS_AT_FIRST = 40;
const CARD = 560;
const HEIGHT = 340;

export function PlotsTab({ tasks }: TabProps) {
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const { by, waiting } = useEach(ids, "plots", readPlots, (change) => change.plots);
  const [rank, setRank] = useParam(RANK);
  const plots = useMemo(() => plotsOf(tasks, by, rank), [tasks, by, rank]);
  const ranks = useMemo(() => plotRanks(by), [by]);
  if (plots.length === 0 && waiting > 0) return <Skeleton rows={10} />;
  if (plots.length === 0) return <NoPlots />;
  return (
    <Plots plots={plots} waiting={waiting}>
      <RankSelect ranks={ranks} value={rank} onChange={setRank} />
    </Plots>
  );
}

function Plots({ plots, waiting, children }: { plots: readonly PlotOfTasks[]; waiting: number; children: ReactNode }) {
  const [search, setSearch] = useParam(FILTER);
  const [full, setFull] = useParam(FULL);
  const [apart, setApart] = useParam(APART);
  const [unlinked, setUnlinked] = useParam(UNLINKED);
  const [at, setAt] = useAt();
  const filter = useMemo(() => parseFilter(search), [search]);
  const shown = useMemo(() => plots.filter(({ title, series }) => filter.test(title, series) !== "none"), [plots, filter]);
  const sections = useMemo(() => {
    const titles = new Map<string, PlotOfTasks[]>();
    for (const plot of shown) append(titles, plot.title, plot);
    return [...titles].map(([title, cards]) => ({ title, cards }));
  }, [shown]);
  const iterations = useMemo(() => allIterations(shown), [shown]);
  const latest = iterations.at(-1) ?? null;
  const choose = (iteration: number | null) => setAt(iteration === null || iteration === latest ? null : { iteration, timeUs: null });
  const step = (by: number) => {
    const next = iterations[placeOf(iterations, at?.iteration ?? latest) + by];
    if (next !== undefined && !unlinked) choose(next);
  };
  const width = useRef<HTMLDivElement>(null);
  const wide = useWidth(width);
  useKeys("Plots", [
    { keys: ["ArrowRight"], does: "next iteration", run: () => step(1) },
    { keys: ["ArrowLeft"], does: "previous iteration", run: () => step(-1) },
  ]);
  const shared = {
    linked: !unlinked,
    at: at?.iteration ?? null,
    onAt: choose,
    onApart: (key: string, on: boolean) => setApart(on ? [...apart, key] : apart.filter((other) => other !== key)),
  };
  const open = shown.find(({ key }) => key === full);
  return (
    <div className={`cards plots ${SCROLLER}`}>
      <div className="cards-bar" role="toolbar" aria-label="plots">
        <SearchBox value={search} onChange={setSearch} placeholder="Filter (regex)" keyGroup="Plots" />
        {filter.problem && (
          <span className="cards-problem" role="alert">
            {filter.problem}
          </span>
        )}
        <button className="chart-toggle" aria-pressed={!unlinked} onClick={() => setUnlinked(!unlinked)} title="One iteration for all plots, or one for each">
          one iteration
        </button>
        {!unlinked && iterations.length > 1 && <IterationSlider iterations={iterations} value={at?.iteration ?? latest} onChange={choose} label="page" />}
        {children}
        <span className="grow" />
        {waiting > 0 && <span className="dim">{formatCounted(waiting, "task")} still to read</span>}
        <span className="dim">{formatCounted(shown.length, "plot")}</span>
      </div>
      <h2 className="unseen">Plots of the tasks</h2>
      <div ref={width} />
      {shown.length === 0 && <p className="cards-none">No plot matches the filter.</p>}
      <CardGrid sections={sections} few={FEW} atFirst={CARDS_AT_FIRST} className="plots-grid compare-plots">
        {(plot) => (
          <ComparePlot
            key={plot.key}
            plot={plot}
            height={Math.min(HEIGHT, Math.max(240, Math.round(Math.min(wide, CARD) * 0.6)))}
            apart={apart.includes(plot.key)}
            onOpen={() => setFull(plot.key, { push: true })}
            {...shared}
          />
        )}
      </CardGrid>
      {open && <FullPlot plot={open} plots={shown} onGo={setFull} apart={apart.includes(open.key)} {...shared} />}
    </div>
  );
}

interface FullProps {
  plot: PlotOfTasks;
  plots: readonly PlotOfTasks[];
  onGo(key: string): void;
  apart: boolean;
  linked: boolean;
  at: number | null;
  onAt(iteration: number | null): void;
  onApart(key: string, on: boolean): void;
}

/** What is not plot: the bar, the heading, the room around. */
const CHROME = 120;

function FullPlot({ plot, plots, onGo, ...shared }: FullProps) {
  const height = Math.max(200, useWindowHeight() - CHROME);
  const index = plots.indexOf(plot);
  const go = (by: number) => onGo(plots[(index + by + plots.length) % plots.length]!.key);
  return (
    <FullFrame label={plot.series || plot.title} place={index} count={plots.length} onGo={go} onClose={() => onGo("")}>
      <ComparePlot key={plot.key} plot={plot} height={height} full {...shared} />
    </FullFrame>
  );
}

function NoPlots() {
  return (
    <Empty title="None of these tasks has reported a plot">
      <p>Plots of the same title and series appear here together as soon as one does.</p>
    </Empty>
  );
}

