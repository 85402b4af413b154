import { useEffect, useRef, useState } from "react";

import { useNearScreen } from "../charts/screen";
import { formatBytes } from "../state/format";
import { IterationSlider, iterationName } from "../widgets/IterationSlider";
import { iterationOf, LARGE_BYTES, plotKey, type Card } from "./cards";
import { overlayKey } from "./figure";
import { PlotBody } from "./PlotBody";
import { useFigures, type Figures } from "./useFigures";

export interface CardProps {
  task: string;
  card: Card;
  /** The iteration chosen: each plot shows its last at or before it; undefined follows the latest of each. */
  chosen: number | null | undefined;
  onChoose(card: Card, iteration: number | null): void;
  /** The iterations that are drawn with the one chosen. */
  held: readonly (number | null)[];
  onHold(card: Card, iteration: number | null): void;
  onOpen(card: Card): void;
  /** Show the figures of a title each on its own card, or together again. */
  onApart(title: string, apart: boolean): void;
  /** Tells what a plot can share a drawing with. */
  onLearn(plot: string, key: string | null): void;
  height: number;
  full?: boolean;
  /** Say the title: no heading above does. */
  titled: boolean;
}

export function PlotCard(props: CardProps) {
  const { task, card, chosen, held: holding, onLearn, height, full = false } = props;
  const host = useRef<HTMLElement>(null);
  const near = useNearScreen(host) || full;
  const iteration = iterationOf(card, chosen);
  const sizeBytes = Math.max(...card.plots.map(({ size_bytes }) => size_bytes));
  const [asked, setAsked] = useState(false);
  const held = sizeBytes > LARGE_BYTES && !asked;
  const figures = useFigures({ task, plots: card.plots, iteration, held: holding, ready: near && !held });
  useLearning(figures, onLearn);
  return (
    <section ref={host} className={`plot-card${full ? " plot-full" : ""}`} aria-label={card.heading}>
      <Head {...props} iteration={iteration} drawn={new Set(figures.loaded.map(({ plot }) => plotKey(plot))).size} />
      {held && (
        <div className="plot-held" style={{ minHeight: height }}>
          <p>This figure is {formatBytes(sizeBytes)}: to draw it may hold up the page for some seconds.</p>
          <button className="button" onClick={() => setAsked(true)}>
            Load it
          </button>
        </div>
      )}
      {!held && near && figures.iteration !== undefined && (
        <div className={`plot-body${figures.iteration === iteration ? "" : " plot-old"}`} style={{ minHeight: height }}>
          <PlotBody
            task={task}
            card={card}
            loaded={figures.loaded}
            at={figures.iteration}
            several={holding.length > 0}
            height={height}
            full={full}
          />
        </div>
      )}
      {!held && (!near || figures.iteration === undefined) && (
        <div className="plot-held" style={{ minHeight: height }} aria-busy={near}>
          {asked && <p>Reading and drawing {formatBytes(sizeBytes)}…</p>}
        </div>
      )}
    </section>
  );
}

interface HeadProps extends CardProps {
  iteration: number | null;
  /** How many of its series have a figure at or before the iteration; 0 while that is not known. */
  drawn: number;
}

function Head({ card, iteration, drawn, titled, full = false, held, onChoose, onHold, onOpen, onApart }: HeadProps) {
  const title = card.plots[0]?.title ?? "";
  const Heading = titled ? "h2" : "h3"; // without a title of its own it stands below one
  return (
    <header className="plot-head">
      <Heading className="clip" title={`${title}\n${card.heading}`}>
        {titled && title}
        {titled && card.heading !== title && <span className="dim"> {card.heading}</span>}
        {!titled && card.heading}
      </Heading>
      {drawn > 0 && drawn < card.plots.length && (
        <span className="dim plot-some" title="The others were first reported after this iteration">
          {drawn} of {card.plots.length} series
        </span>
      )}
      {card.plots.length > 1 && !full && (
        <button className="plot-apart" title="Show each series on a card of its own" onClick={() => onApart(title, true)}>
          apart
        </button>
      )}
      {card.apart && !full && (
        <button className="plot-apart" title="Draw the series of this title together" onClick={() => onApart(title, false)}>
          overlay
        </button>
      )}
      <span className="grow" />
      {held.map((one) => (
        <button key={one} className="plot-held-one num" title="Drawn as well; click to let go of it" onClick={() => onHold(card, one)}>
          {iterationName(one)} ×
        </button>
      ))}
      {card.iterations.length > 1 && !held.includes(iteration) && (
        <button className="plot-apart" title="Keep this iteration drawn, to see others over it" onClick={() => onHold(card, iteration)}>
          hold
        </button>
      )}
      <IterationSlider
        iterations={card.iterations}
        value={iteration}
        onChange={(next) => onChoose(card, next)}
        label={card.heading}
      />
      {!full && (
        <button className="step" title="Full screen" aria-label={`full screen: ${card.heading}`} onClick={() => onOpen(card)}>
          ⤢
        </button>
      )}
    </header>
  );
}

function useLearning({ loaded }: Figures, onLearn: CardProps["onLearn"]): void {
  useEffect(() => {
    for (const { plot, figure } of loaded) onLearn(plotKey(plot), figure && overlayKey(figure, plot));
  }, [loaded, onLearn]);
}
