import { useRef, type KeyboardEvent, type PointerEvent } from "react";

import { shorten } from "../state/format";
import type { TaskAxis } from "./axes";
import { endMoved, LEAST, pulled, takeHold, type Extent, type Held } from "./brushing";
import type { Brush } from "./placing";

interface Props {
  axis: TaskAxis;
  x: number;
  y(place: number): number;
  brush: Brush | null;
  onDraft(brush: Brush): void;
  onBrush(brush: Brush | null): void;
}

const GRIP = 26;
const WHOLE: Extent = { low: 0, high: 1 };

/** An axis with its range: drawn, moved and pulled with the pointer; its ends go by keys. */
export function ParallelAxis({ axis, x, y, brush, onDraft, onBrush }: Props) {
  const held = useRef<{ by: Held; from: number; before: Brush | null } | null>(null);
  const [top, bottom] = [y(1), y(0)];
  const placeAt = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
  };
  const of = (extent: Extent): Brush => ({ axis: axis.key, ...extent });
  const release = (event: PointerEvent<SVGRectElement>) => {
    if (!held.current) return;
    const { by, from } = held.current;
    held.current = null;
    const at = placeAt(event);
    const next = pulled(by, at);
    // Hardly moved is a click: it takes the range away.
    onBrush(Math.abs(at - from) >= LEAST && next.high - next.low >= LEAST ? of(next) : null);
  };
  return (
    <g className="parallel-axis" data-axis={axis.key}>
      <line x1={x} x2={x} y1={top} y2={bottom} />
      {axis.ticks.map(({ at, label }) => (
        <g key={`${at} ${label}`}>
          <line x1={x - 4} x2={x} y1={y(at)} y2={y(at)} />
          <text x={x - 7} y={y(at) + 3.5} textAnchor="end">
            {shorten(label, 12)}
          </text>
        </g>
      ))}
      {brush && <rect className="parallel-brush" x={x - 7} width={14} y={y(brush.high)} height={Math.max(2, y(brush.low) - y(brush.high))} />}
      <rect
        className="parallel-grip"
        x={x - GRIP / 2}
        width={GRIP}
        y={top}
        height={bottom - top}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const from = placeAt(event);
          held.current = { by: takeHold(brush, from), from, before: brush };
        }}
        onPointerMove={(event) => held.current && onDraft(of(pulled(held.current.by, placeAt(event))))}
        onPointerUp={release}
        onPointerCancel={() => {
          const before = held.current?.before ?? null;
          held.current = null;
          onBrush(before);
        }}
      />
      {(["high", "low"] as const).map((end) => (
        <End key={end} axis={axis} end={end} extent={brush ?? WHOLE} x={x} y={y} onMove={(next) => onBrush(next && of(next))} />
      ))}
    </g>
  );
}

interface EndProps extends Pick<Props, "axis" | "x" | "y"> {
  end: "low" | "high";
  extent: Extent;
  onMove(next: Extent | null): void;
}

const STEPS: Record<string, number> = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };

/** An end of the range, for the keyboard; it is drawn where it has the focus. */
function End({ axis, end, extent, x, y, onMove }: EndProps) {
  const place = extent[end];
  const keys = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) onMove(endMoved(extent, end, place + step * axis.step));
    else if (event.key === "Home") onMove(endMoved(extent, end, 0));
    else if (event.key === "End") onMove(endMoved(extent, end, 1));
    else if (event.key === "Delete" || event.key === "Backspace") onMove(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <rect
      className="parallel-end"
      x={x - 9}
      width={18}
      y={y(place) - 3}
      height={6}
      rx={2}
      tabIndex={0}
      role="slider"
      aria-orientation="vertical"
      aria-label={`${end === "low" ? "lowest" : "highest"} ${axis.label} kept`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(place * 100)}
      aria-valuetext={axis.nameAt(place)}
      onKeyDown={keys}
    />
  );
}
