// One sample over the whole page: left and right step through its iterations, up and down through the series.

import { useCallback, useEffect, useMemo, useState } from "react";

import { reachOf, readSamples, samplesPath } from "../api/reported";
import type { Sample } from "../api/types";
import { useFollowing } from "../state/following";
import { describeTime, formatBytes, formatNumber, formatTime } from "../state/format";
import { useKeys } from "../state/keys";
import { keepScrollKeys } from "../tables/DataTable";
import { Problem } from "../widgets/Feedback";
import { Copy } from "../widgets/Copy";
import { iterationName, Steps } from "../widgets/IterationSlider";
import { inOrder, placeIn } from "./groups";
import { ImageStage } from "./ImageStage";
import { Elsewhere, nameOf, waitingFor } from "./SampleCard";
import { useText } from "../state/useText";
import { useHeldFocus } from "../widgets/useHeldFocus";
import { Pair, PairChoices, usePair, type PairChoice } from "./ViewerPair";
import { FIT, type Look } from "./zoom";

interface Props {
  task: string;
  title: string;
  series: string;
  /** The sample that the address names; where it is gone, the iteration of the page decides. */
  sample: string;
  at: number | null;
  onStep(sample: Sample): void;
  onSeries(by: number): void;
  onClose(): void;
}

/** As many iterations back as the viewer reaches. */
const REACH = 10_000;
const ONE_TO_ONE: Look = { scale: 1, x: 0, y: 0 };

export function Viewer(props: Props) {
  const { task, title, series, at, onStep, onSeries, onClose } = props;
  const query = { title, series, latest: REACH };
  const { data, error, reload } = useFollowing(
    task,
    samplesPath(task, query),
    (signal) => readSamples(task, query, signal),
    (change) => change.samples,
  );
  const ordered = useMemo(() => inOrder(data?.samples ?? []), [data]);
  const place = placeIn(ordered, props.sample, at);
  const shown = ordered[place];
  const step = (by: number) => {
    const next = ordered[Math.min(ordered.length - 1, Math.max(0, place + by))];
    if (next && next !== shown) onStep(next);
  };
  const [look, setLook] = useState<Look>(FIT);
  const [scale, setScale] = useState(1);
  useEffect(() => setLook(FIT), [title, series]);
  const zoom = (factor: number) => setLook((old) => ({ ...old, scale: Math.min(64, Math.max(0.02, (old.scale ?? scale) * factor)) }));
  const pictured = shown?.media === "image" && reachOf(shown.url) === "here";
  const pair = usePair(ordered, place, pictured);
  useViewerKeys({ step, count: ordered.length, zoom, onLook: setLook, onSeries, onClose, onCompare: pair.toggle });
  usePreload(ordered, place);
  const box = useHeldFocus<HTMLDivElement>();
  return (
    <div ref={box} className="viewer" role="dialog" aria-modal="true" aria-label={`${title}, ${series}`} tabIndex={-1}>
      <Bar
        title={title}
        series={series}
        ordered={ordered}
        place={place}
        zoomed={pictured ? { look, scale, onLook: setLook } : null}
        pair={pictured && ordered.length > 1 ? pair : null}
        onStep={onStep}
        onSeries={onSeries}
        onClose={onClose}
      />
      {error && <Problem error={error} onRetry={reload} />}
      <div className="viewer-body">
        {shown && pair.beside && <Pair left={pair.beside} right={shown} look={look} onLook={setLook} onScale={setScale} />}
        {shown && !pair.beside && <Content sample={shown} look={look} onLook={setLook} onScale={setScale} />}
        {data && !shown && <p className="viewer-note">No sample of this series is kept any more.</p>}
      </div>
      {shown && <Facts sample={shown} place={place} count={ordered.length} />}
    </div>
  );
}

interface KeysProps {
  step(by: number): void;
  count: number;
  zoom(factor: number): void;
  onLook(look: Look): void;
  onSeries(by: number): void;
  onClose(): void;
  onCompare(): void;
}

function useViewerKeys({ step, count, zoom, onLook, onSeries, onClose, onCompare }: KeysProps): void {
  useKeys("Viewer", [
    { keys: ["Escape"], does: "close", run: onClose },
    { keys: ["ArrowRight"], does: "next iteration", run: () => step(1) },
    { keys: ["ArrowLeft"], does: "previous iteration", run: () => step(-1) },
    { keys: ["Home"], does: "first iteration", run: () => step(-count) },
    { keys: ["End"], does: "last iteration", run: () => step(count) },
    { keys: ["ArrowDown"], does: "next series", run: () => onSeries(1) },
    { keys: ["ArrowUp"], does: "previous series", run: () => onSeries(-1) },
    { keys: ["+", "="], does: "closer", run: () => zoom(1.25) },
    { keys: ["-"], does: "farther", run: () => zoom(0.8) },
    { keys: ["0"], does: "fit", run: () => onLook(FIT) },
    { keys: ["1"], does: "one to one", run: () => onLook(ONE_TO_ONE) },
    { keys: ["c"], does: "compare with another iteration", run: onCompare },
  ]);
}

interface BarProps extends Pick<Props, "title" | "series" | "onStep" | "onSeries" | "onClose"> {
  ordered: readonly Sample[];
  place: number;
  /** Null where there is nothing to zoom. */
  zoomed: { look: Look; scale: number; onLook(look: Look): void } | null;
  /** Null where there is nothing to compare with. */
  pair: PairChoice | null;
}

function Bar({ title, series, ordered, place, zoomed, pair, onStep, onSeries, onClose }: BarProps) {
  return (
    <header className="viewer-bar">
      <button className="button" onClick={() => onSeries(-1)} aria-label="previous series">
        ↑
      </button>
      <button className="button" onClick={() => onSeries(1)} aria-label="next series">
        ↓
      </button>
      <h2 className="clip" title={`${title}\n${series}`}>
        <span className="dim">{title}</span> {series}
      </h2>
      <span className="grow" />
      {pair && <PairChoices pair={pair} ordered={ordered} />}
      {ordered.length > 0 && (
        <Steps
          count={ordered.length}
          place={place}
          onGo={(to) => ordered[to] && onStep(ordered[to])}
          name={(at) => iterationName(ordered[at]?.iteration ?? null)}
          label={series}
        />
      )}
      {zoomed && (
        <button
          className="button"
          onClick={() => zoomed.onLook(zoomed.look.scale === 1 ? FIT : ONE_TO_ONE)}
          title="1:1 (1), fit (0)"
        >
          {formatNumber(Math.round(zoomed.scale * 100))} %
        </button>
      )}
      <button className="button" onClick={onClose}>
        Close (Esc)
      </button>
    </header>
  );
}

export interface ContentProps {
  sample: Sample;
  look: Look;
  onLook(look: Look): void;
  onScale(scale: number): void;
}

/** A sample as large as there is room for, whatever it is. */
export function Content({ sample, look, onLook, onScale }: ContentProps) {
  const { media, state, url, error } = sample;
  const tell = useCallback(onScale, [onScale]);
  if (state === "failed") return <p className="viewer-note sample-bad">It could not be stored: {error}</p>;
  if (state === "pending" && url === "") {
    const { word, more } = waitingFor(sample);
    return (
      <p className="viewer-note">
        {word} {more}.
      </p>
    );
  }
  if (reachOf(url) !== "here") {
    return (
      <div className="viewer-note">
        <Elsewhere sample={sample} />
      </div>
    );
  }
  if (media === "image") return <ImageStage src={url} name={nameOf(sample)} look={look} onLook={onLook} onScale={tell} />;
  if (media === "audio") return <audio key={url} className="viewer-audio" controls src={url} />;
  if (media === "video") return <video key={url} className="viewer-video" controls src={url} poster={sample.thumbnail || undefined} />;
  if (media === "html") return <Html key={url} url={url} name={nameOf(sample)} />;
  if (media === "text") return <TextView url={url} />;
  return (
    <div className="viewer-note">
      <p>{formatBytes(sample.size_bytes)}, nothing that a browser shows.</p>
      <a className="button" href={url} download>
        Download
      </a>
    </div>
  );
}

/** HTML of others: its scripts run in an origin of their own, without the network; a line says so, lest it look broken. */
function Html({ url, name }: { url: string; name: string }) {
  return (
    <div className="viewer-page">
      <p className="viewer-aside dim">
        Its scripts run, but nothing is loaded from the network;{" "}
        <a className="link" href={url} download>
          download
        </a>{" "}
        to open it yourself.
      </p>
      <iframe className="viewer-html" src={url} title={name} sandbox="allow-scripts" referrerPolicy="no-referrer" />
    </div>
  );
}

const TEXT_BYTES = 2_000_000;

function TextView({ url }: { url: string }) {
  const { text, cut, problem } = useText(url, TEXT_BYTES);
  if (problem) return <p className="viewer-note sample-bad">{problem}</p>;
  return (
    <pre className="viewer-text mono" tabIndex={0} onKeyDown={keepScrollKeys}>
      {text ?? ""}
      {cut && <span className="dim">{"\n"}… the rest is in the download.</span>}
    </pre>
  );
}

function Facts({ sample, place, count }: { sample: Sample; place: number; count: number }) {
  const { width, height, size_bytes, time_us, rank, url, uri } = sample;
  return (
    <footer className="viewer-facts dim">
      <span>
        {place + 1} of {count}
      </span>
      {width > 0 && (
        <span>
          {width} × {height}
        </span>
      )}
      {size_bytes > 0 && <span>{formatBytes(size_bytes)}</span>}
      <span title={describeTime(time_us)}>{formatTime(time_us)}</span>
      {rank > 0 && <span>rank {rank}</span>}
      {sample.state === "pending" && <span className="warn">being stored…</span>}
      {uri && <Copy text={uri} label="where it lies" />}
      <span className="grow" />
      {reachOf(url) === "here" && (
        <a className="link" href={url} download>
          Download
        </a>
      )}
    </footer>
  );
}

/** The images on either side are asked for ahead, so that a step shows at once. */
function usePreload(ordered: readonly Sample[], place: number): void {
  useEffect(() => {
    for (const near of [ordered[place - 1], ordered[place + 1]]) {
      if (near?.media !== "image" || reachOf(near.url) !== "here") continue;
      new Image().src = near.url;
    }
  }, [ordered, place]);
}
