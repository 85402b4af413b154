// What a card shows of its figures: a drawing, an image, tables, or why there is none.

import { useMemo, useState } from "react";

import { formatBytes } from "../state/format";
import { useText } from "../state/useText";
import { DataTable } from "../tables/DataTable";
import { iterationName } from "../widgets/IterationSlider";
import type { Card } from "./cards";
import { overlay, overlayKey, shapeOf, type Figure } from "./figure";
import { PlotlyFigure } from "./PlotlyFigure";
import type { Loaded } from "./useFigures";

interface Props {
  task: string;
  card: Card;
  loaded: readonly Loaded[];
  /** The iteration of the card; figures of an earlier one say theirs. */
  at: number | null;
  /** Whether figures of several iterations are shown: each says its own. */
  several: boolean;
  height: number;
  full: boolean;
}

/** Figures over one another where their axes allow it, else side by side. */
export function PlotBody(props: Props) {
  const { loaded, several, height } = props;
  const beside = several && loaded.length > 1 && loaded.some(({ figure, plot }) => figure && overlayKey(figure, plot) === null);
  if (!beside) return <Together {...props} />;
  return (
    <div className="plot-beside">
      {loaded.map((one) => (
        <div key={one.name}>
          <h4 className="num dim">{iterationName(one.iteration)}</h4>
          <Together {...props} loaded={[one]} height={Math.max(200, height - 24)} />
        </div>
      ))}
    </div>
  );
}

function Together({ task, card, loaded, at, several, height, full }: Props) {
  const failed = loaded.filter(({ figure }) => figure === null);
  const fine = loaded.filter((one): one is Loaded & { figure: Figure } => one.figure !== null);
  const figure = useMemo(() => together(fine, at, several), [loaded, at, several]);
  const [trouble, setTrouble] = useState<{ of: Figure; text: string } | null>(null);
  const shape = useMemo(() => figure && shapeOf(figure, task), [figure, task]);
  const name = { title: card.plots[0]?.title ?? "", series: card.plots.length === 1 ? (card.plots[0]?.series ?? "") : "" };
  return (
    <>
      {failed.map((one) => (
        <Failure key={one.address} one={one} problem={one.problem ?? ""} />
      ))}
      {figure && trouble?.of === figure && <Failure one={fine[0]!} problem={trouble.text} />}
      {shape?.kind === "tables" &&
        shape.tables.map(({ name: which, table }, i) => (
          <DataTable
            key={i}
            table={table}
            name={shape.tables.length > 1 ? `${card.heading} ${which}` : [name.title, name.series].filter(Boolean).join(" ")}
            height={Math.max(120, height / shape.tables.length - 36)}
          />
        ))}
      {shape?.kind === "image" && <FigureImage source={shape.source} caption={shape.caption || card.heading} height={height} />}
      {figure && shape?.kind === "plot" && (
        <PlotlyFigure
          figure={figure}
          named={name}
          headed
          height={height}
          full={full}
          view={card.key}
          onProblem={(text) => setTrouble(text ? { of: figure, text } : null)}
        />
      )}
    </>
  );
}

function together(fine: readonly (Loaded & { figure: Figure })[], at: number | null, several: boolean): Figure | null {
  if (fine.length === 0) return null;
  if (fine.length === 1) return fine[0]!.figure;
  return overlay(
    fine.map(({ plot, figure, iteration }) => {
      const earlier = iteration === at && !several ? "" : ` (${iterationName(iteration)})`;
      return { title: plot.title, series: plot.series, figure, earlier };
    }),
  );
}

/** A picture of a figure, as large as there is room for. */
function FigureImage({ source, caption, height }: { source: string; caption: string; height: number }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <p className="problem">The image of the figure cannot be read.</p>;
  return (
    <div className="plot-picture" style={{ height }}>
      <img src={source} alt={caption} onError={() => setBroken(true)} />
    </div>
  );
}

function Failure({ one, problem }: { one: Loaded; problem: string }) {
  return (
    <div className="problem" role="alert">
      <strong>{one.plot.series || one.plot.title}</strong> {problem}{" "}
      <a className="link" href={one.address} download={`${one.plot.title} ${one.plot.series}.json`}>
        Download its JSON ({formatBytes(one.plot.size_bytes)})
      </a>
      <Json address={one.address} />
    </div>
  );
}

const JSON_BYTES = 100_000;

/** The beginning of what was reported, read when it is opened. */
function Json({ address }: { address: string }) {
  const [open, setOpen] = useState(false);
  const { text, cut, problem } = useText(open ? address : null, JSON_BYTES);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Its JSON</summary>
      <pre className="plot-json mono" tabIndex={0}>
        {problem ?? text ?? "Reading…"}
        {cut && " … the rest is in the download."}
      </pre>
    </details>
  );
}
