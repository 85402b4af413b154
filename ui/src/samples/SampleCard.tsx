import { useRef, useState } from "react";

import { reachOf } from "../api/reported";
import type { Sample } from "../api/types";
import { useNearScreen } from "../charts/screen";
import { describeTime, formatBytes } from "../state/format";
import { Copy } from "../widgets/Copy";
import { iterationName } from "../widgets/IterationSlider";
import { useText } from "../state/useText";

interface Props {
  sample: Sample;
  /** Show the rank: there are several of this series. */
  ranked: boolean;
  /** Say the title: no heading above does. */
  titled: boolean;
  onOpen(sample: Sample): void;
}

/** A sample in the grid: a thumbnail, never the full file; what has no picture says what it is. */
export function SampleCard({ sample, ranked, titled, onOpen }: Props) {
  const { series, iteration, rank, time_us } = sample;
  return (
    <figure className="sample" data-sample={sample.id}>
      <div className="sample-stage">
        <Tile sample={sample} onOpen={onOpen} />
      </div>
      <figcaption title={`${sample.title}\n${series}\n${describeTime(time_us)}`}>
        <span className="clip">
          {titled && <strong>{sample.title} </strong>}
          {series || (titled ? "" : sample.title)}
        </span>
        {sample.state === "pending" && <span className="warn">being stored</span>}
        {ranked && <span className="dim">rank {rank}</span>}
        <span className="dim num">{iterationName(iteration)}</span>
      </figcaption>
    </figure>
  );
}

function Tile({ sample, onOpen }: Pick<Props, "sample" | "onOpen">) {
  const { media, state, url, error, thumbnail } = sample;
  if (state === "failed")
    return (
      <button className="sample-open" onClick={() => onOpen(sample)} aria-label={`open ${nameOf(sample)}`}>
        <Words word="Not stored" more={error} bad />
      </button>
    );
  if (state === "pending" && url === "") return <Words {...waitingFor(sample)} />;
  const reach = reachOf(url);
  if (reach !== "here") return <Elsewhere sample={sample} />;
  if (media === "audio") return <audio controls preload="none" src={url} aria-label={nameOf(sample)} />;
  const picture = media === "image" ? thumbnail || url : thumbnail;
  return (
    <button className="sample-open" onClick={() => onOpen(sample)} aria-label={`open ${nameOf(sample)}`}>
      {picture ? <Picture src={picture} sample={sample} /> : media === "text" ? <Peek url={url} /> : <Kind sample={sample} />}
      {media === "video" && picture && <i className="sample-play" aria-hidden />}
    </button>
  );
}

const LONG_US = 120e6;

/** What is said of a sample that is reported and not stored; after a while, also what to do about it. */
export function waitingFor({ media, time_us }: Sample): { word: string; more: string } {
  if (Date.now() * 1000 - time_us < LONG_US) return { word: "Being stored…", more: `${media}, reported but not stored yet` };
  return { word: "Not stored yet", more: "Its destination may be out of reach: the overview says. If the task is over, run: stripchart sync" };
}

export function nameOf({ title, series, iteration }: Sample): string {
  return `${title}, ${series}, ${iteration === null ? "no iteration" : `iteration ${iteration}`}`;
}

function Picture({ src, sample }: { src: string; sample: Sample }) {
  const [broken, setBroken] = useState("");
  const { problem } = useText(broken === src ? src : null, 1);
  if (broken === src) return <Words word="Cannot be shown" more={problem ?? "not an image"} bad />;
  // Pixels of small images stay pixels.
  const small = sample.width > 0 && sample.width <= 128;
  return <img src={src} alt={nameOf(sample)} loading="lazy" decoding="async" className={small ? "pixels" : undefined} onError={() => setBroken(src)} />;
}

const KIND: Record<string, string> = { image: "Image", audio: "Audio", video: "Video", html: "HTML", text: "Text" };

function Kind({ sample }: { sample: Sample }) {
  return <Words word={KIND[sample.media] ?? "File"} more={formatBytes(sample.size_bytes)} />;
}

function Words({ word, more, bad = false }: { word: string; more: string; bad?: boolean }) {
  return (
    <span className={`sample-words${bad ? " sample-bad" : ""}`} title={more}>
      <strong>{word}</strong>
      <span>{more}</span>
    </span>
  );
}

/** What was reported as an address is named: the web behind a link, other places (stores, scripts) as a text to copy. The
 *  page itself asks nobody but its server. */
export function Elsewhere({ sample }: { sample: Sample }) {
  const { url, uri, error } = sample;
  return (
    <span className="sample-words" title={uri || url}>
      <strong>Linked, not stored</strong>
      {error && <span>Not shown: {error}</span>}
      {reachOf(url) === "link" ? (
        <a className="link" href={url} target="_blank" rel="noopener noreferrer">
          {uri || url}
        </a>
      ) : (
        <Copy text={uri || url} label="where it lies" />
      )}
    </span>
  );
}

const PEEK_BYTES = 1200;

function Peek({ url }: { url: string }) {
  const host = useRef<HTMLPreElement>(null);
  const near = useNearScreen(host);
  const { text } = useText(near ? url : null, PEEK_BYTES);
  return (
    <pre ref={host} className="sample-peek mono">
      {text ?? ""}
    </pre>
  );
}
