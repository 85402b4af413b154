import { useEffect, useRef, useState } from "react";

import { useNearScreen } from "../charts/screen";
import { formatBytes } from "../state/format";
import { IterationSlider } from "../widgets/IterationSlider";
import { LARGE_BYTES, plotKey, type Card } from "./cards";
import { overlayKey } from "./figure";
import { PlotBody } from "./PlotBody";
import { useFigures, type Figures } from "./useFigures";

export interface CardProps {
  task: string;
  card: Card;
  /** The iteration chosen; undefined follows the latest. */
  chosen: number | null | undefined;
  onChoose(card: Card, iteration: number | null): void;
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

export function iterationOf(card: Card, chosen: number | null | undefined): number | null {
  const latest = card.iterations.at(-1) ?? null;
  return chosen !== undefined && card.iterations.includes(chosen) ? chosen : latest;
}

export function PlotCard(props: CardProps) {
  const { task, card, chosen, onChoose, onOpen, onApart, onLearn, height, full = false, titled } = props;
  const host = useRef<HTMLElement>(null);
  const near = useNearScreen(host) || full;
  const title = card.plots[0]?.title ?? "";
  const iteration = iterationOf(card, chosen);
  const sizeBytes = Math.max(...card.plots.map(({ size_bytes }) => size_bytes));
  const [asked, setAsked] = useState(false);
  const held = sizeBytes > LARGE_BYTES && !asked;
  const figures = useFigures({ task, plots: card.plots, iteration, ready: near && !held });
  useLearning(figures, onLearn);
  return (
    <section ref={host} className={`plot-card${full ? " plot-full" : ""}`} aria-label={card.heading}>
      <header className="plot-head">
        <h3 className="clip" title={`${title}\n${card.heading}`}>
          {titled && title}
          {titled && card.heading !== title && <span className="dim"> {card.heading}</span>}
          {!titled && card.heading}
        </h3>
        {figures.loaded.length > 0 && figures.loaded.length < card.plots.length && (
          <span className="dim plot-some">
            {figures.loaded.length} of {card.plots.length} series
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
      {held && (
        <div className="plot-held" style={{ minHeight: height }}>
          <p>This figure is {formatBytes(sizeBytes)}.</p>
          <button className="button" onClick={() => setAsked(true)}>
            Load it
          </button>
        </div>
      )}
      {!held && near && figures.iteration !== undefined && (
        <div className={`plot-body${figures.iteration === iteration ? "" : " plot-old"}`} style={{ minHeight: height }}>
          <PlotBody task={task} card={card} loaded={figures.loaded} height={height} full={full} />
        </div>
      )}
      {!held && (!near || figures.iteration === undefined) && <div style={{ height }} aria-busy={near} />}
    </section>
  );
}

function useLearning({ loaded }: Figures, onLearn: CardProps["onLearn"]): void {
  useEffect(() => {
    for (const { plot, figure } of loaded) onLearn(plotKey(plot), figure && overlayKey(figure, plot));
  }, [loaded, onLearn]);
}
