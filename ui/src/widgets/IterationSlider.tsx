import { useEffect, useMemo, useRef, useState } from "react";

import { formatCount } from "../state/format";
import { throttle } from "../state/throttle";
import "./iterations.css";

/** Each step is a request and an address; browsers allow only so many addresses a second. */
const STEP_MS = 150;

export function iterationName(iteration: number | null): string {
  return iteration === null ? "no iteration" : formatCount(iteration);
}

/** The place of the iteration, or of the highest below it; 0 where all are above. */
export function placeOf(iterations: readonly (number | null)[], value: number | null): number {
  const below = iterations.filter((one) => one === null || (value !== null && one <= value)).length;
  return Math.max(0, below - 1);
}

interface IterationProps {
  /** Ascending; `null` (reported without one) first. */
  iterations: readonly (number | null)[];
  value: number | null;
  onChange(iteration: number | null): void;
  /** What is stepped through, for those who cannot see it. */
  label: string;
}

/** Steps through iterations. */
export function IterationSlider({ iterations, value, onChange, label }: IterationProps) {
  return (
    <Steps
      count={iterations.length}
      place={placeOf(iterations, value)}
      name={(place) => iterationName(iterations[place] ?? null)}
      onGo={(place) => onChange(iterations[place] ?? null)}
      label={label}
    />
  );
}

interface Props {
  count: number;
  place: number;
  name(place: number): string;
  onGo(place: number): void;
  label: string;
}

/** Steps through places, each with a name; follows the hand at once, and tells of it often but not always. */
export function Steps({ count, place, name, onGo, label }: Props) {
  const [draft, setDraft] = useState(place);
  const latest = useRef({ draft, onGo });
  latest.current = { draft: latest.current.draft, onGo };
  const tell = useMemo(() => throttle(() => latest.current.onGo(latest.current.draft), STEP_MS), []);
  useEffect(() => tell.cancel, [tell]);
  useEffect(() => {
    latest.current.draft = place;
    setDraft(place);
  }, [place]);
  const last = count - 1;
  if (last < 1) return <span className="steps dim num">{name(0)}</span>;
  const go = (to: number) => {
    const next = Math.min(last, Math.max(0, to));
    latest.current.draft = next;
    setDraft(next);
    tell();
  };
  return (
    <span className="steps">
      <button className="step" disabled={draft <= 0} onClick={() => go(draft - 1)} aria-label={`${label}: previous iteration`}>
        ‹
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={draft}
        aria-label={`${label}: iteration`}
        aria-valuetext={name(draft)}
        onChange={(event) => go(Number(event.target.value))}
      />
      <button className="step" disabled={draft >= last} onClick={() => go(draft + 1)} aria-label={`${label}: next iteration`}>
        ›
      </button>
      <output className="num" style={{ minWidth: `${name(last).length}ch` }}>
        {name(draft)}
      </output>
    </span>
  );
}
