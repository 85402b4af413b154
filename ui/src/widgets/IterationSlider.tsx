import { useEffect, useRef, useState } from "react";

import { formatCount } from "../state/format";
import "./iterations.css";

const REST_MS = 120;

interface Props {
  /** Ascending; `null` (reported without one) first. */
  iterations: readonly (number | null)[];
  value: number | null;
  onChange(iteration: number | null): void;
  /** What is stepped through, for those who cannot see it. */
  label: string;
}

export function iterationName(iteration: number | null): string {
  return iteration === null ? "no iteration" : formatCount(iteration);
}

/** The place of the iteration, or of the highest below it; 0 where all are above. */
export function placeOf(iterations: readonly (number | null)[], value: number | null): number {
  const below = iterations.filter((one) => one === null || (value !== null && one <= value)).length;
  return Math.max(0, below - 1);
}

/** Steps through iterations; follows the hand at once and tells where it rests, because each rest is a request. */
export function IterationSlider({ iterations, value, onChange, label }: Props) {
  const place = placeOf(iterations, value);
  const [draft, setDraft] = useState(place);
  const told = useRef(place);
  useEffect(() => {
    told.current = place;
    setDraft(place);
  }, [place]);
  useEffect(() => {
    if (draft === told.current) return;
    const timer = setTimeout(() => {
      told.current = draft;
      onChange(iterations[draft] ?? null);
    }, REST_MS);
    return () => clearTimeout(timer);
  });
  const last = iterations.length - 1;
  if (last < 1) return <span className="steps dim num">{iterationName(iterations[0] ?? null)}</span>;
  const step = (by: number) => setDraft(Math.min(last, Math.max(0, draft + by)));
  return (
    <span className="steps">
      <button className="step" disabled={draft === 0} onClick={() => step(-1)} aria-label={`${label}: previous iteration`}>
        ‹
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={draft}
        aria-label={`${label}: iteration`}
        aria-valuetext={iterationName(iterations[draft] ?? null)}
        onChange={(event) => setDraft(Number(event.target.value))}
      />
      <button className="step" disabled={draft === last} onClick={() => step(1)} aria-label={`${label}: next iteration`}>
        ›
      </button>
      <output className="num" style={{ minWidth: `${iterationName(iterations[last] ?? null).length}ch` }}>
        {iterationName(iterations[draft] ?? null)}
      </output>
    </span>
  );
}
