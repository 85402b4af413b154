import { useEffect, useMemo, useRef, useState } from "react";

import { isAbort } from "../api/client";
import { useNearScreen } from "../charts/screen";
import { iterationOf, LARGE_BYTES, shownAt } from "../plots/cards";
import { shapeOf } from "../plots/figure";
import { PlotlyFigure } from "../plots/PlotlyFigure";
import { load, type Loaded } from "../plots/useFigures";
import { slotVariable } from "../state/colours";
import { formatBytes, formatCounted } from "../state/format";
import { cssColour, useTheme } from "../state/theme";
import { DataTable } from "../tables/DataTable";
import { IterationSlider, iterationName } from "../widgets/IterationSlider";
import { TaskSwatch } from "./Chips";
import { taskLooks, type Compared } from "./compared";
import { areTables, canOverlay, merged, mergedTable, type TaskFigure } from "./figures";
import { PlotLink } from "./link";
import type { PlotOfTasks } from "./plots";
import { distinctRanks, othersText } from "./ranks";

interface Props {
  plot: PlotOfTasks;
  height: number;
  full?: boolean;
  /** Beside each other even where they could share a drawing. */
  apart: boolean;
  /** All plots are at the iteration of the page. */
  linked: boolean;
  at: number | null;
  onAt(iteration: number | null): void;
  onApart(key: string, on: boolean): void;
  onOpen?(): void;
}

/** So many figures beside each other find room in a card of the usual width. */
const FEW = 2;

type LoadedOf = Loaded & { task: Compared };

export function ComparePlot({ plot, height, full = false, apart, linked, at, onAt, onApart, onOpen }: Props) {
  const host = useRef<HTMLElement>(null);
  const near = useNearScreen(host) || full;
  const [own, setOwn] = useState<number | null | undefined>(undefined);
  const iteration = iterationOf(plot, linked ? (at ?? undefined) : own);
  const { loaded, waiting } = useFiguresOf(plot, iteration, near);
  // Where the lowest rank of one is not that of another, each says which it is.
  const ranked = distinctRanks(plot.of.map((one) => one.plot.rank)).length > 1;
  const theme = useTheme();
  const figures = useMemo(
    () =>
      loaded.flatMap(({ task, plot: { rank }, figure, iteration: its }): TaskFigure[] => {
        if (!figure) return [];
        const notes = [ranked ? `rank ${rank}` : "", its === iteration ? "" : iterationName(its)].filter(Boolean);
        const noted = notes.length > 0 ? ` (${notes.join(", ")})` : "";
        return [{ task: task.id, name: task.name + noted, colour: cssColour(slotVariable(taskLooks.of(task.id).slot)), figure }];
      }),
    [loaded, iteration, ranked, theme],
  );
  const named = { title: plot.title, series: plot.series };
  const alike = useMemo(() => canOverlay(figures, { title: plot.title, series: plot.series }), [figures, plot.title, plot.series]);
  const heading = plot.series || plot.title;
  // What stands side by side has the whole width.
  const wide = !full && figures.length > FEW && (apart || !alike) && !areTables(figures);
  return (
    <section ref={host} className={full ? "plot-card plot-full" : wide ? "plot-card compare-wide" : "plot-card"} aria-label={heading} data-plot={plot.key}>
      <header className="plot-head">
        <h2 className="clip" title={`${plot.title}\n${plot.series}`}>
          {plot.series && plot.series !== plot.title ? <span className="dim">{plot.title} </span> : null}
          {heading}
        </h2>
        <span className="dim plot-some">{formatCounted(plot.of.length, "task")}</span>
        {alike && figures.length > 1 && (
          <button className="plot-apart" onClick={() => onApart(plot.key, !apart)}>
            {apart ? "together" : "apart"}
          </button>
        )}
        <span className="grow" />
        <IterationSlider iterations={plot.iterations} value={iteration} onChange={linked ? onAt : setOwn} label={heading} />
        {onOpen && (
          <button className="step" title="Full screen" aria-label={`full screen: ${heading}`} onClick={onOpen}>
            ⤢
          </button>
        )}
      </header>
      {loaded
        .filter(({ problem }) => problem)
        .map((one) => (
          <p key={one.task.id} className="problem" role="alert">
            <strong>{one.task.name}</strong> {one.problem}
          </p>
        ))}
      {plot.others.length > 0 && <p className="compare-note dim">Not of this rank: {othersText(plot.others)}</p>}
      {!near || (waiting && figures.length === 0) ? (
        <div style={{ height }} aria-busy={near} />
      ) : (
        <Body figures={figures} tasks={plot.of.map(({ task }) => task)} named={named} together={alike && (!apart || figures.length === 1)} height={height} full={full} view={plot.key} />
      )}
    </section>
  );
}

/** The figure of each task at or before an iteration; the last ones stay until the next are here. */
function useFiguresOf(plot: PlotOfTasks, iteration: number | null, ready: boolean): { loaded: readonly LoadedOf[]; waiting: boolean } {
  const [state, setState] = useState<{ key: string; loaded: readonly LoadedOf[] }>({ key: "", loaded: [] });
  const wanted = plot.of.flatMap(({ task, plot: info }) => {
    const at = shownAt(info, iteration);
    return at === undefined ? [] : [{ task, info, at }];
  });
  const key = JSON.stringify(wanted.map(({ task, info, at }) => [task.id, task.name, info.rank, at, info.iterations.length, info.time_us]));
  useEffect(() => {
    if (!ready) return;
    const abort = new AbortController();
    const readOne = async ({ task, info, at }: (typeof wanted)[number]): Promise<LoadedOf> => {
      if (info.size_bytes > LARGE_BYTES) {
        const problem = `Its figure of ${formatBytes(info.size_bytes)} is too large to be compared.`;
        return { task, plot: info, iteration: at, figure: null, problem, address: "", name: "" };
      }
      return { ...(await load(task.id, info, at, [], abort.signal)), task };
    };
    Promise.all(wanted.map(readOne)).then(
      (loaded) => setState({ key, loaded }),
      (error: unknown) => {
        if (!isAbort(error)) throw error;
      },
    );
    return () => abort.abort();
    // `key` stands for `wanted`.
  }, [key, ready]);
  return { loaded: state.loaded, waiting: state.key !== key };
}

interface BodyProps {
  figures: readonly TaskFigure[];
  tasks: readonly Compared[];
  named: { title: string; series: string };
  together: boolean;
  height: number;
  full: boolean;
  view: string;
}

const BESIDE_AT_FIRST = 12;

function Body({ figures, tasks, named, together, height, full, view }: BodyProps) {
  const one = useMemo(() => (together ? merged(figures) : null), [together, figures]);
  const [limit, setLimit] = useState(BESIDE_AT_FIRST);
  const [problem, setProblem] = useState<string | null>(null);
  const link = useMemo(() => new PlotLink(), []);
  const tables = useMemo(() => (areTables(figures) ? mergedTable(figures) : null), [figures]);
  const name = [named.title, named.series].filter(Boolean).join(" ");
  if (figures.length === 0)
    return <p className="cards-none">{tasks.length === 0 ? "No task has this plot of this rank." : "No task has this plot at or before this iteration."}</p>;
  if (tables) return <DataTable table={tables} name={name} height={height - 36} />;
  if (one)
    return (
      <>
        {problem && <p className="problem">{problem}</p>}
        <PlotlyFigure figure={one} named={named} headed height={height} full={full} view={view} onProblem={setProblem} />
      </>
    );
  const shown = figures.slice(0, limit);
  const each = full ? Math.max(260, Math.floor(height / (shown.length > 3 ? 2 : 1)) - 40) : Math.min(height, 280);
  return (
    <>
      <div className="compare-beside">
        {shown.map((figure) => (
          <Beside key={figure.task} figure={figure} named={named} height={each} full={full} view={`${view} ${figure.task}`} link={link} />
        ))}
      </div>
      {figures.length > limit && (
        <button className="button" onClick={() => setLimit(limit + BESIDE_AT_FIRST)}>
          Show more of {formatCounted(figures.length, "task")}
        </button>
      )}
    </>
  );
}

interface BesideProps extends Pick<BodyProps, "named" | "height" | "full" | "view"> {
  figure: TaskFigure;
  link: PlotLink;
}

function Beside({ figure: { task, name, figure }, named, height, full, view, link }: BesideProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const shape = useMemo(() => shapeOf(figure, task), [figure, task]);
  return (
    <figure className="compare-one">
      <figcaption>
        <TaskSwatch id={task} /> <span className="clip">{name}</span>
      </figcaption>
      {problem && <p className="problem">{problem}</p>}
      {shape.kind === "image" && (
        <div className="plot-picture" style={{ height }}>
          <img src={shape.source} alt={`${shape.caption || named.title}, ${name}`} />
        </div>
      )}
      {shape.kind === "tables" && shape.tables.map(({ table }, i) => <DataTable key={i} table={table} name={`${named.title} ${name}`} height={height} />)}
      {shape.kind === "plot" && (
        <PlotlyFigure figure={figure} named={named} headed height={height} full={full} view={view} onProblem={setProblem} onDrawn={(host) => link.join(host)} />
      )}
    </figure>
  );
}
