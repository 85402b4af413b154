// Parallel coordinates: an axis for each parameter and metric, a line for each task. Drag along an axis to keep the lines
// that pass there.

import { useMemo, useRef, useState, type PointerEvent } from "react";

import { useWidth } from "../charts/screen";
import { address, navigate } from "../state/address";
import { slotVariable } from "../state/colours";
import { formatCounted, shorten } from "../state/format";
import { tint, type TaskAxis } from "./axes";
import { taskLooks, type Compared } from "./compared";
import { Hover, type Hovered } from "./Hover";
import { isInside, pathThrough, type Brush } from "./placing";

interface Props {
  tasks: readonly Compared[];
  axes: readonly TaskAxis[];
  /** Its places colour the lines; null: each has the colour of its task. */
  colour: TaskAxis | null;
  brushes: readonly Brush[];
  onBrush(brushes: Brush[]): void;
  onFlip(axis: string): void;
  onOnly(ids: string[]): void;
}

const HEIGHT = 440;
const PAD = { x: 70, top: 14, bottom: 14 };
const LEAST_GAP = 110;
/** A shorter drag is a click: it takes the brush away. */
const LEAST_BRUSH = 0.01;
const GRIP = 26;

export function Parallel({ tasks, axes, colour, brushes, onBrush, onFlip, onOnly }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const room = useWidth(host);
  const width = Math.max(room, 2 * PAD.x + LEAST_GAP * (axes.length - 1));
  const gap = axes.length > 1 ? (width - 2 * PAD.x) / (axes.length - 1) : 0;
  const x = (i: number) => (axes.length > 1 ? PAD.x + gap * i : width / 2);
  const y = (place: number) => PAD.top + (1 - place) * (HEIGHT - PAD.top - PAD.bottom);
  const [draft, setDraft] = useState<Brush | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const active = useMemo(() => (draft ? [...brushes.filter(({ axis }) => axis !== draft.axis), draft] : brushes), [brushes, draft]);
  const lines = useMemo(
    () =>
      tasks.map((_, task) => {
        const places = new Map(axes.map((axis) => [axis.key, axis.place(axis.values[task])]));
        return { task, inside: isInside(places, active), places: axes.map(({ key }) => places.get(key) ?? null) };
      }),
    [tasks, axes, active],
  );
  const inside = lines.filter((line) => line.inside);
  // Those that are kept lie over the others, the one under the mouse over all.
  const ordered = [...lines].sort((a, b) => Number(a.inside) - Number(b.inside) || Number(a.task === hovered?.task) - Number(b.task === hovered?.task));
  const strokeOf = (task: number) =>
    colour ? tint(colour.place(colour.values[task])) : `var(${slotVariable(taskLooks.of(tasks[task]!.id).slot)})`;
  const brush = (next: Brush | null, axis: string) => onBrush([...brushes.filter((one) => one.axis !== axis), ...(next ? [next] : [])]);
  return (
    <div className="parallel" ref={host}>
      <p className="compare-note dim" role="status">
        {brushes.length > 0 ? `${inside.length} of ${formatCounted(tasks.length, "task")} inside. ` : `${formatCounted(tasks.length, "task")}. `}
        Drag along an axis to choose a range, click it to take the range away; click a line to open its task.{" "}
        {brushes.length > 0 && (
          <>
            <button className="link" onClick={() => onBrush([])}>
              Clear the ranges
            </button>{" "}
            {inside.length > 0 && (
              <button className="link" onClick={() => onOnly(inside.map(({ task }) => tasks[task]!.id))}>
                Compare only these
              </button>
            )}
          </>
        )}
      </p>
      <div className="parallel-scroll" tabIndex={0} role="region" aria-label="parallel coordinates">
        <div className="parallel-heads" style={{ width }}>
          {axes.map(({ key, label, log, canLog, kind }, i) => (
            <span key={key} style={{ left: x(i), width: Math.max(LEAST_GAP, gap) - 8 }}>
              <span className="clip" title={label}>
                {label}
              </span>
              {kind === "number" && (canLog || log) && (
                <button aria-pressed={log} onClick={() => onFlip(key)} aria-label={`log axis of ${label}`}>
                  log
                </button>
              )}
            </span>
          ))}
        </div>
        <svg width={width} height={HEIGHT} role="img" aria-label={`Parallel coordinates of ${formatCounted(tasks.length, "task")} over ${axes.map(({ label }) => label).join(", ")}. The table has the same values.`}>
          {ordered.map(({ task, inside: kept, places }) => {
            const path = pathThrough(places.map((place, i) => (place === null ? null : ([x(i), y(place)] as const))));
            const hot = hovered?.task === task;
            return (
              <g key={tasks[task]!.id} data-task={tasks[task]!.id} className={kept ? "parallel-line" : "parallel-line parallel-out"}>
                <path d={path} stroke={strokeOf(task)} strokeWidth={hot ? 3 : 1.4} opacity={hovered && !hot ? 0.25 : undefined} />
                {places.map((place, i) => place !== null && places[i - 1] == null && places[i + 1] == null && <circle key={i} cx={x(i)} cy={y(place)} r={3} fill={strokeOf(task)} />)}
                <path
                  d={path}
                  className="parallel-reach"
                  onPointerMove={(event) => setHovered({ task, x: event.clientX, y: event.clientY })}
                  onPointerLeave={() => setHovered(null)}
                  onClick={() => navigate(address.task(tasks[task]!.id))}
                />
              </g>
            );
          })}
          {axes.map((axis, i) => (
            <Axis
              key={axis.key}
              axis={axis}
              x={x(i)}
              y={y}
              brush={active.find((one) => one.axis === axis.key) ?? null}
              onDraft={setDraft}
              onBrush={(next) => {
                setDraft(null);
                brush(next, axis.key);
              }}
            />
          ))}
        </svg>
      </div>
      {colour && <Scale axis={colour} />}
      {hovered && tasks[hovered.task] && <Hover at={hovered} task={tasks[hovered.task]!} axes={axes} />}
    </div>
  );
}

interface AxisProps {
  axis: TaskAxis;
  x: number;
  y(place: number): number;
  brush: Brush | null;
  onDraft(brush: Brush): void;
  onBrush(brush: Brush | null): void;
}

function Axis({ axis, x, y, brush, onDraft, onBrush }: AxisProps) {
  const from = useRef<number | null>(null);
  const [top, bottom] = [y(1), y(0)];
  const placeAt = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
  };
  const span = (event: PointerEvent<SVGRectElement>): Brush => {
    const at = placeAt(event);
    const start = from.current ?? at;
    return { axis: axis.key, low: Math.min(start, at), high: Math.max(start, at) };
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
          from.current = placeAt(event);
        }}
        onPointerMove={(event) => from.current !== null && onDraft(span(event))}
        onPointerUp={(event) => {
          const next = span(event);
          from.current = null;
          onBrush(next.high - next.low >= LEAST_BRUSH ? next : null);
        }}
        onPointerCancel={() => {
          from.current = null;
          onBrush(brush);
        }}
      />
    </g>
  );
}

/** What the colours say. */
export function Scale({ axis }: { axis: TaskAxis }) {
  const [low, high] = axis.ends;
  return (
    <p className="compare-scale dim">
      {axis.label}: {shorten(low, 24)}{" "}
      <i aria-hidden style={{ background: "linear-gradient(to right in oklab, var(--series-0), var(--series-1))" }} /> {shorten(high, 24)}
    </p>
  );
}
