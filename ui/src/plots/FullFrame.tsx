import type { ReactNode } from "react";

import { SCROLLER } from "../charts/screen";
import { useKeys } from "../state/keys";
import { useHeldFocus } from "../widgets/useHeldFocus";

interface Props {
  label: string;
  /** Which of how many is shown, from 0. */
  place: number;
  count: number;
  /** Go to another by so many places, round at either end. */
  onGo(by: number): void;
  /** Go by so many iterations; left out, the arrow keys mean what they mean on the page. */
  onStep?(by: number): void;
  onClose(): void;
  children: ReactNode;
}

/** One plot over the whole page: arrow keys step, Escape leaves, the focus goes back to where it was. */
export function FullFrame({ label, place, count, onGo, onStep, onClose, children }: Props) {
  const box = useHeldFocus<HTMLDivElement>();
  useKeys("Full screen", [
    { keys: ["Escape"], does: "leave full screen", run: onClose },
    { keys: ["ArrowDown"], does: "next plot", run: () => onGo(1) },
    { keys: ["ArrowUp"], does: "previous plot", run: () => onGo(-1) },
    ...(onStep
      ? [
          { keys: ["ArrowRight"], does: "next iteration", run: () => onStep(1) },
          { keys: ["ArrowLeft"], does: "previous iteration", run: () => onStep(-1) },
        ]
      : []),
  ]);
  return (
    <div ref={box} className={`plots-over ${SCROLLER}`} role="dialog" aria-modal="true" aria-label={label} tabIndex={-1}>
      <div className="plots-over-bar">
        <button className="button" onClick={() => onGo(-1)} aria-label="previous plot">
          ↑
        </button>
        <button className="button" onClick={() => onGo(1)} aria-label="next plot">
          ↓
        </button>
        <span className="dim">
          {place + 1} of {count}
        </span>
        <span className="grow" />
        <button className="button" onClick={onClose}>
          Close (Esc)
        </button>
      </div>
      {children}
    </div>
  );
}
