import { useRef, useState } from "react";

import { useWidth, useWindowHeight } from "../charts/screen";
import { address } from "../state/address";
import { slotVariable } from "../state/colours";
import { formatCounted, shorten } from "../state/format";
import { shownText } from "../tables/table";
import { Link } from "../widgets/Link";
import { tint, type TaskAxis } from "./axes";
import { taskLooks, type Compared } from "./compared";
import { Hover, type Hovered } from "./Hover";
import { Scale } from "./Parallel";
import "./placing.css";

interface Props {
  tasks: readonly Compared[];
  x: TaskAxis;
  y: TaskAxis;
  colour: TaskAxis | null;
  size: TaskAxis | null;
}

/** What stands above and below: the head of the page, bars, a note. */
const CHROME = 340;
const LEAST_HEIGHT = 360;
const PAD = { left: 84, right: 24, top: 16, bottom: 46 };
const ROOM = 0.04;
const RADIUS = { least: 4, most: 13, plain: 6 };

/** A point for each task: one of its values against another. */
export function Scatter({ tasks, x, y, colour, size }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const width = Math.max(320, useWidth(host));
  const height = Math.max(LEAST_HEIGHT, useWindowHeight() - CHROME);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const left = (place: number) => PAD.left + (ROOM + place * (1 - 2 * ROOM)) * (width - PAD.left - PAD.right);
  const top = (place: number) => height - PAD.bottom - (ROOM + place * (1 - 2 * ROOM)) * (height - PAD.top - PAD.bottom);
  const placed = tasks.flatMap((task, i) => {
    const [px, py] = [x.place(x.values[i]), y.place(y.values[i])];
    return px === null || py === null ? [] : [{ task, i, cx: left(px), cy: top(py) }];
  });
  const fill = (i: number) => (colour ? tint(colour.place(colour.values[i])) : `var(${slotVariable(taskLooks.of(tasks[i]!.id).slot)})`);
  const radius = (i: number) => {
    const place = size?.place(size.values[i]);
    return place === null || place === undefined ? (size ? RADIUS.least : RADIUS.plain) : RADIUS.least + place * (RADIUS.most - RADIUS.least);
  };
  const axes = [x, y, ...(colour ? [colour] : []), ...(size ? [size] : [])];
  const missing = tasks.length - placed.length;
  return (
    <div ref={host} className="scatter">
      <svg width={width} height={height} role="group" aria-label={`${y.label} over ${x.label}, a point for each of ${formatCounted(placed.length, "task")}`}>
        {x.ticks.map(({ at, label }) => (
          <g key={`x ${at}`} className="scatter-tick">
            <line x1={left(at)} x2={left(at)} y1={PAD.top} y2={height - PAD.bottom} />
            <text x={left(at)} y={height - PAD.bottom + 16} textAnchor="middle">
              {shorten(label, 14)}
            </text>
          </g>
        ))}
        {y.ticks.map(({ at, label }) => (
          <g key={`y ${at}`} className="scatter-tick">
            <line x1={PAD.left} x2={width - PAD.right} y1={top(at)} y2={top(at)} />
            <text x={PAD.left - 8} y={top(at) + 4} textAnchor="end">
              {shorten(label, 12)}
            </text>
          </g>
        ))}
        <text className="scatter-name" x={(PAD.left + width - PAD.right) / 2} y={height - 8} textAnchor="middle">
          {shorten(x.label, 80)}
          {x.log ? " (log)" : ""}
        </text>
        <text className="scatter-name" transform={`translate(14 ${(PAD.top + height - PAD.bottom) / 2}) rotate(-90)`} textAnchor="middle">
          {shorten(y.label, 60)}
          {y.log ? " (log)" : ""}
        </text>
        {placed.map(({ task, i, cx, cy }) => (
          <Link
            key={task.id}
            to={address.task(task.id)}
            data-task={task.id}
            aria-label={`${task.name}: ${x.label} ${shownText(x.values[i])}, ${y.label} ${shownText(y.values[i])}`}
            onFocus={() => setHovered({ task: i, ...centre(host.current, cx, cy) })}
            onBlur={() => setHovered(null)}
          >
            <circle
              cx={cx}
              cy={cy}
              r={radius(i)}
              fill={fill(i)}
              opacity={hovered && hovered.task !== i ? 0.35 : 0.9}
              onPointerMove={(event) => setHovered({ task: i, x: event.clientX, y: event.clientY })}
              onPointerLeave={() => setHovered(null)}
            />
          </Link>
        ))}
      </svg>
      {missing > 0 && <p className="compare-note dim">{formatCounted(missing, "task")} without one of the two values</p>}
      {colour && <Scale axis={colour} />}
      {hovered && tasks[hovered.task] && <Hover at={hovered} task={tasks[hovered.task]!} axes={axes} />}
    </div>
  );
}

function centre(host: HTMLElement | null, cx: number, cy: number): { x: number; y: number } {
  const box = host?.getBoundingClientRect();
  return { x: (box?.left ?? 0) + cx, y: (box?.top ?? 0) + cy };
}
