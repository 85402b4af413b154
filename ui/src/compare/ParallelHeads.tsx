import { useLayoutEffect, useRef, type KeyboardEvent, type PointerEvent } from "react";

import type { TaskAxis } from "./axes";

interface Props {
  /** As they were before one is pulled: heads that changed places in the page would fall out of the hand. */
  axes: readonly TaskAxis[];
  /** Where each stands now, in pixels. */
  at: readonly number[];
  width: number;
  /** The width of each. */
  room: number;
  onFlip(axis: string): void;
  /** The head is pulled by so many pixels; null: it is let go. */
  onPull(axis: string, byPx: number | null): void;
  /** Move an axis by so many places. */
  onMove(axis: string, by: number): void;
}

/** The names of the axes: pull one aside to put its axis between others, or go to its handle and use the arrow keys. */
export function ParallelHeads({ axes, at, width, room, onFlip, onPull, onMove }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const pulled = useRef<{ axis: string; from: number } | null>(null);
  // A handle that went elsewhere with its axis lost the focus on the way.
  const moved = useRef<string | null>(null);
  useLayoutEffect(() => {
    const axis = moved.current;
    moved.current = null;
    if (axis !== null) host.current?.querySelector<HTMLElement>(`[data-head="${CSS.escape(axis)}"] .parallel-handle`)?.focus();
  }, [axes]);
  const keys = (event: KeyboardEvent, axis: string, place: number) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -place, End: axes.length - 1 - place }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    moved.current = axis;
    onMove(axis, by);
  };
  const grab = (event: PointerEvent<HTMLElement>, axis: string) => {
    if (event.button !== 0 || axes.length < 2) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pulled.current = { axis, from: event.clientX };
  };
  const drop = () => {
    if (pulled.current) onPull(pulled.current.axis, null);
    pulled.current = null;
  };
  return (
    <div ref={host} className="parallel-heads" style={{ width }}>
      {axes.map(({ key, label, log, canLog, kind }, i) => (
        <span key={key} data-head={key} style={{ left: at[i], width: room }}>
          <span
            className="parallel-name"
            title={`${label}\nDrag to another place`}
            onPointerDown={(event) => grab(event, key)}
            onPointerMove={(event) => pulled.current && onPull(key, event.clientX - pulled.current.from)}
            onPointerUp={drop}
            onPointerCancel={drop}
          >
            {axes.length > 1 && (
              <button
                className="parallel-handle"
                aria-label={`move the axis of ${label}: ${i + 1} of ${axes.length}`}
                title="Drag, or arrow keys"
                onKeyDown={(event) => keys(event, key, i)}
              >
                <span aria-hidden>⠿</span>
              </button>
            )}
            <span className="clip">{label}</span>
          </span>
          {kind === "number" && (canLog || log) && (
            <button className="parallel-log" aria-pressed={log} onClick={() => onFlip(key)} aria-label={`log axis of ${label}`}>
              log
            </button>
          )}
        </span>
      ))}
    </div>
  );
}
