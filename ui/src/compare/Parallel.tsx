// Parallel coordinates: an axis for each parameter and metric, a line for each task. Drag along an axis to keep the lines
// that pass there, drag its name to put it elsewhere.

import { useMemo, useRef, useState } from "react";

import { useWidth, useWindowHeight } from "../charts/screen";
import { address, navigate } from "../state/address";
import { slotVariable } from "../state/colours";
import { formatCounted, shorten } from "../state/format";
import { tint, type TaskAxis } from "./axes";
import { moved, taskLooks, type Compared } from "./compared";
import { Hover, type Hovered } from "./Hover";
import { ParallelAxis } from "./ParallelAxis";
import { ParallelHeads } from "./ParallelHeads";
import "./placing.css";
import { isInside, pathThrough, type Brush } from "./placing";

interface Props {
  tasks: readonly Compared[];
  /** In their order, from left to right. */
  axes: readonly TaskAxis[];
  /** Its places colour the lines; null: each has the colour of its task. */
  colour: TaskAxis | null;
  brushes: readonly Brush[];
  onBrush(brushes: Brush[]): void;
  onFlip(axis: string): void;
  onOrder(axes: string[]): void;
  onOnly(ids: string[]): void;
}

/** What stands above: the head of the page, bars, the names of the axes. */
const CHROME = 380;
const LEAST_HEIGHT = 360;
const PAD = { x: 70, top: 14, bottom: 14 };
const LEAST_GAP = 110;

export function Parallel({ tasks, axes: given, colour, brushes, onBrush, onFlip, onOrder, onOnly }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const room = useWidth(host);
  const width = Math.max(room, 2 * PAD.x + LEAST_GAP * (given.length - 1));
  const gap = given.length > 1 ? (width - 2 * PAD.x) / (given.length - 1) : 0;
  const slot = (i: number) => (given.length > 1 ? PAD.x + gap * i : width / 2);
  // An axis that is pulled goes with the hand, the others make room.
  const [pull, setPull] = useState<{ axis: string; at: number } | null>(null);
  const axes = useMemo(() => (pull ? placed(given, pull.axis, Math.round((pull.at - PAD.x) / gap)) : given), [given, pull, gap]);
  const x = (i: number) => (pull && axes[i]?.key === pull.axis ? pull.at : slot(i));
  const place = (axis: string) => axes.findIndex(({ key }) => key === axis);
  const [said, setSaid] = useState("");
  const order = (next: readonly TaskAxis[], axis: string) => {
    const to = next.findIndex(({ key }) => key === axis);
    if (next.some(({ key }, i) => key !== given[i]?.key)) onOrder(next.map(({ key }) => key));
    setSaid(`${next[to]?.label ?? ""} is axis ${to + 1} of ${next.length}`);
  };
  const height = Math.max(LEAST_HEIGHT, useWindowHeight() - CHROME);
  const y = (place: number) => PAD.top + (1 - place) * (height - PAD.top - PAD.bottom);
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
        Drag along an axis to choose a range, click it to take the range away; drag the name of an axis to put it elsewhere; click a line to open
        its task.{" "}
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
        <ParallelHeads
          axes={given}
          at={given.map(({ key }) => x(place(key)))}
          width={width}
          room={Math.max(LEAST_GAP, gap) - 8}
          onFlip={onFlip}
          onPull={(axis, byPx) => {
            const from = given.findIndex(({ key }) => key === axis);
            if (byPx !== null) return setPull({ axis, at: within(slot(from) + byPx, PAD.x, width - PAD.x) });
            setPull(null);
            if (pull) order(axes, axis);
          }}
          onMove={(axis, by) => order(placed(given, axis, given.findIndex(({ key }) => key === axis) + by), axis)}
        />
        <span className="unseen" role="status">
          {said}
        </span>
        <svg width={width} height={height} role="group" aria-label={`Parallel coordinates of ${formatCounted(tasks.length, "task")} over ${axes.map(({ label }) => label).join(", ")}. The table has the same values.`}>
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
            <ParallelAxis
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

/** The axes with one of them at another place. */
function placed(axes: readonly TaskAxis[], axis: string, place: number): TaskAxis[] {
  return moved(axes, axes.findIndex(({ key }) => key === axis), place);
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** More texts than this are told by their ends alone. */
const MOST_NAMED = 8;

/** What the colours say. */
export function Scale({ axis }: { axis: TaskAxis }) {
  const [low, high] = axis.ends;
  if (axis.kind === "category" && axis.ticks.length <= MOST_NAMED)
    return (
      <p className="compare-scale dim">
        {axis.label}:
        {axis.ticks.map(({ at, label }) => (
          <span key={label}>
            <i className="compare-swatch" aria-hidden style={{ background: tint(at) }} /> {shorten(label, 24)}
          </span>
        ))}
      </p>
    );
  return (
    <p className="compare-scale dim">
      {axis.label}: {shorten(low, 24)}{" "}
      <i aria-hidden style={{ background: "linear-gradient(to right in oklab, var(--series-0), var(--series-1))" }} /> {shorten(high, 24)}
    </p>
  );
}
