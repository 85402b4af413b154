// The Plots tab of a task: every figure by title and series, each with a slider for its iteration.

import { useMemo, useRef } from "react";

import { plotsPath, readPlots } from "../api/reported";
import type { PlotList, TaskDetail } from "../api/types";
import { SCROLLER, useWidth, useWindowHeight } from "../charts/screen";
import { parseFilter } from "../charts/sections";
import { param, useParam, type Param } from "../state/address";
import { useAt, type At } from "../state/at";
import { useFollowing } from "../state/following";
import { formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { CardGrid } from "../widgets/CardGrid";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { IterationSlider, placeOf } from "../widgets/IterationSlider";
import { SearchBox } from "../widgets/SearchBox";
import {
  allIterations, formatChosen, formatHeld, iterationOf, parseChosen, parseHeld, sectionsOf, toggleHeld,
  type Card, type Held, type Section,
} from "./cards";
import { FullFrame } from "./FullFrame";
import { PlotCard, type CardProps } from "./PlotCard";
import { useKeysOfPlots } from "./useKeysOfPlots";
import "./plots.css";

const FILTER = param.text("filter");
const APART = param.list("apart");
const FULL = param.text("full");
const COLUMNS = param.choice("columns", ["", "1", "2", "3", "4"], "");
const CHOSEN: Param<ReadonlyMap<string, number | null>> = { key: "card", parse: parseChosen, format: formatChosen };
const HELD: Param<Held> = { key: "held", parse: parseHeld, format: formatHeld };

export function PlotsTab({ task }: { task: TaskDetail }) {
  const id = task.task.id;
  const { data, error, reload } = useFollowing(id, plotsPath(id), (signal) => readPlots(id, signal), (change) => change.plots);
  if (error && !data) return <Problem error={error} onRetry={reload} />;
  if (!data) return <Skeleton rows={10} />;
  if (data.plots.length === 0) return <NoPlots />;
  return <Plots id={id} data={data} />;
}

function Plots({ id, data }: { id: string; data: PlotList }) {
  const [search, setSearch] = useParam(FILTER);
  const [apart, setApart] = useParam(APART);
  const [full, setFull] = useParam(FULL);
  const [columns, setColumns] = useParam(COLUMNS);
  const [at, setAt] = useAt();
  const [own, setOwn] = useParam(CHOSEN);
  const [held, setHeld] = useParam(HELD);
  const [keys, learn] = useKeysOfPlots(id, data.plots);
  const filter = useMemo(() => parseFilter(search), [search]);
  const sections = useMemo(() => sectionsOf(data.plots, filter, keys, apart), [data, filter, keys, apart]);
  const cards = useMemo(() => sections.flatMap((section) => section.cards), [sections]);
  const shown = cards.reduce((sum, card) => sum + card.plots.length, 0);
  const chosen = useMemo(() => chosenOf(cards, own, at), [cards, own, at]);
  const iterations = useMemo(() => allIterations(cards), [cards]);
  const latest = iterations.at(-1) ?? null;
  const here = at?.iteration ?? latest;
  // All cards go to the iteration of the page, those too that were set on their own before.
  const goTo = (iteration: number | null) => {
    if (own.size > 0) setOwn(new Map());
    setAt(iteration === null || iteration === latest ? null : { iteration, timeUs: null });
  };
  const step = (by: number) => {
    const next = iterations[placeOf(iterations, here) + by];
    if (next !== undefined) goTo(next);
  };
  useKeys("Plots", [
    { keys: ["ArrowRight"], does: "next iteration, on all cards", run: () => step(1) },
    { keys: ["ArrowLeft"], does: "previous iteration, on all cards", run: () => step(-1) },
  ]);
  const width = useRef<HTMLDivElement>(null);
  const height = heightFor(useWidth(width), Number(columns));

  const shared: Shared = {
    task: id,
    onLearn: learn,
    onApart: (title, on) => setApart(on ? [...apart, title] : apart.filter((other) => other !== title)),
    onOpen: (card) => setFull(card.key, { push: true }),
    onChoose: (card, iteration) => setOwn(choose(own, card, iteration, at)),
    onHold: (card, iteration) => setHeld(toggleHeld(held, card.key, iteration)),
  };
  return (
    <div className={`cards plots ${SCROLLER}`}>
      <div className="cards-bar" role="toolbar" aria-label="plots">
        <SearchBox value={search} onChange={setSearch} placeholder="Filter (regex)" keyGroup="Plots" />
        {filter.problem && (
          <span className="cards-problem" role="alert">
            {filter.problem}
          </span>
        )}
        {iterations.length > 1 && (
          <>
            <span className="dim">iteration</span>
            <IterationSlider iterations={iterations} value={here} onChange={goTo} label="page" />
            <span className="dim">{at === null ? "latest" : ""}</span>
          </>
        )}
        <select value={columns} aria-label="columns" onChange={(event) => setColumns(event.target.value as typeof columns)}>
          {["", "1", "2", "3", "4"].map((count) => (
            <option key={count} value={count}>
              {count === "" ? "auto columns" : formatCounted(Number(count), "column")}
            </option>
          ))}
        </select>
        <span className="grow" />
        <span className="dim">
          {formatCounted(shown, "plot")} in {formatCounted(sections.length, "title")}
        </span>
      </div>
      <div ref={width} />
      {sections.length === 0 && <p className="cards-none">No plot matches the filter.</p>}
      <Grid sections={sections} columns={columns} height={height} chosen={chosen} held={held} shared={shared} />
      {full !== "" && <FullPlot cards={cards} at={full} chosen={chosen} held={held} shared={shared} onGo={setFull} />}
    </div>
  );
}

type Shared = Pick<CardProps, "task" | "onChoose" | "onHold" | "onOpen" | "onLearn" | "onApart">;

/** Where each card stands: where it was set, else at the iteration of the page; those not named follow what comes. */
function chosenOf(cards: readonly Card[], own: Chosen, at: At | null): Chosen {
  if (at === null) return own;
  return new Map(cards.map(({ key }) => [key, own.has(key) ? own.get(key)! : at.iteration]));
}

type Chosen = ReadonlyMap<string, number | null>;

/** A card that stands where the page does is not named in the address: it goes with it. */
function choose(own: Chosen, card: Card, iteration: number | null, at: At | null): Chosen {
  const next = new Map(own);
  if (iteration === iterationOf(card, at?.iteration)) next.delete(card.key);
  else next.set(card.key, iteration);
  return next;
}

/** Titles of more cards than this have a heading. */
const FEW = 3;
const CARDS_AT_FIRST = 80;

interface GridProps {
  sections: readonly Section[];
  columns: string;
  height: number;
  chosen: Chosen;
  held: Held;
  shared: Shared;
}

const NONE: readonly (number | null)[] = [];

function Grid({ sections, columns, height, chosen, held, shared }: GridProps) {
  const style = columns ? { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` } : undefined;
  return (
    <CardGrid sections={sections} few={FEW} atFirst={CARDS_AT_FIRST} className="plots-grid" style={style}>
      {(card, titled) => (
        <PlotCard
          key={card.key}
          card={card}
          titled={titled}
          chosen={chosen.get(card.key)}
          held={held.get(card.key) ?? NONE}
          height={height}
          {...shared}
        />
      )}
    </CardGrid>
  );
}

const HEIGHT = { least: 250, most: 460, share: 0.62, card: 420 };

/** The height of a plot for the width that a card gets. */
function heightFor(width: number, columns: number): number {
  const count = columns || Math.min(4, Math.max(1, Math.floor(width / HEIGHT.card)));
  return Math.round(Math.min(HEIGHT.most, Math.max(HEIGHT.least, (width / count) * HEIGHT.share)));
}

interface FullProps {
  cards: readonly Card[];
  at: string;
  chosen: Chosen;
  held: Held;
  shared: Shared;
  onGo(key: string): void;
}

/** What is not plot: the bar, the heading, the room around. */
const CHROME = 110;

/** One card over the whole page, live like the others. */
function FullPlot({ cards, at, chosen, held, shared, onGo }: FullProps) {
  const index = cards.findIndex(({ key }) => key === at);
  const card = cards[index];
  const height = Math.max(200, useWindowHeight() - CHROME);
  const go = (by: number) => onGo(cards[(index + by + cards.length) % cards.length]?.key ?? "");
  const step = (by: number) => {
    if (!card) return;
    const place = card.iterations.indexOf(iterationOf(card, chosen.get(card.key)));
    const next = card.iterations[place + by];
    if (next !== undefined) shared.onChoose(card, next);
  };
  if (!card) return null;
  return (
    <FullFrame label={card.heading} place={index} count={cards.length} onGo={go} onStep={step} onClose={() => onGo("")}>
      <PlotCard key={card.key} card={card} chosen={chosen.get(card.key)} held={held.get(card.key) ?? NONE} height={height} full titled {...shared} />
    </FullFrame>
  );
}

function NoPlots() {
  return (
    <Empty title="No plots yet">
      <p>Figures appear here as soon as the task reports one, with a slider for its iterations:</p>
      <pre className="snippet mono">
        {"logger = task.get_logger()\n" +
          'logger.report_confusion_matrix("confusion", "valid", matrix=[[40, 2], [5, 53]], iteration=1)\n' +
          'logger.report_scatter2d("precision and recall", "cat", scatter=[(0, 1), (1, 0)], iteration=1)\n' +
          'logger.report_table("errors", "worst", table_plot=data_frame, iteration=1)\n' +
          'logger.report_plotly("any", "figure", figure=plotly_figure, iteration=1)'}
      </pre>
      <p>Figures of matplotlib are reported by themselves when they are shown.</p>
    </Empty>
  );
}
