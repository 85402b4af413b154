// In the viewer: an image beside, or over, one of another iteration of its series.

import { useState } from "react";

import { reachOf } from "../api/reported";
import type { Sample } from "../api/types";
import { param, useParam } from "../state/address";
import { iterationName, Steps } from "../widgets/IterationSlider";
import { ImagePair, PAIR_MODES } from "./compare/ImagePair";
import { GAINS, PairBar } from "./compare/PairBar";
import { besideOf } from "./groups";
import { nameOf } from "./SampleCard";
import type { ContentProps } from "./Viewer";

/** The sample that the one shown is compared with. */
export const BESIDE = param.text("beside");
const MODE = param.choice("pair", PAIR_MODES, "side");
const GAIN = param.int<number>("gain", GAINS[0]);

export interface PairChoice {
  beside: Sample | undefined;
  onBeside(sample: Sample): void;
  toggle(): void;
}

/** Which sample of the series the one shown is compared with, if any: images only. */
export function usePair(ordered: readonly Sample[], place: number, pictured: boolean): PairChoice {
  const [id, setId] = useParam(BESIDE);
  const beside = pictured ? ordered.find((one) => one.id === id && one.media === "image" && reachOf(one.url) === "here") : undefined;
  return {
    beside,
    onBeside: (sample) => setId(sample.id),
    toggle: () => setId(beside ? "" : (besideOf(ordered, place)?.id ?? "")),
  };
}

export function Pair({ left, right, ...looks }: { left: Sample; right: Sample } & Omit<ContentProps, "sample">) {
  const [mode] = useParam(MODE);
  const [gain] = useParam(GAIN);
  const [swipe, setSwipe] = useState(0.5);
  return <ImagePair left={sideOf(left)} right={sideOf(right)} mode={mode} gain={gain} swipe={swipe} onSwipe={setSwipe} {...looks} />;
}

function sideOf(sample: Sample) {
  return { src: sample.url, name: nameOf(sample), label: iterationName(sample.iteration) };
}

/** With what to compare, and how. */
export function PairChoices({ pair, ordered }: { pair: PairChoice; ordered: readonly Sample[] }) {
  const [mode, setMode] = useParam(MODE);
  const [gain, setGain] = useParam(GAIN);
  const { beside } = pair;
  return (
    <>
      {beside && (
        <Steps
          count={ordered.length}
          place={ordered.indexOf(beside)}
          onGo={(to) => ordered[to] && pair.onBeside(ordered[to])}
          name={(at) => iterationName(ordered[at]?.iteration ?? null)}
          label="compared with"
        />
      )}
      {beside && <PairBar mode={mode} onMode={setMode} gain={gain} onGain={setGain} />}
      <button className="chip" aria-pressed={Boolean(beside)} onClick={pair.toggle} title="Compare with another iteration (c)">
        compare
      </button>
    </>
  );
}
