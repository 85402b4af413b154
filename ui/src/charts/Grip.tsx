// The corner by which panels are made larger: down for the height of all plots, sideways for how many stand in a row.

import { useRef, type KeyboardEvent, type PointerEvent } from "react";

import type { PanelModel } from "./sections";
import { HEIGHTS, type ChartView, type SetView } from "./view";

interface Props {
  panel: PanelModel;
  view: ChartView;
  setView: SetView;
}

const STEP_PX = 20;
const MOST_COLUMNS = 4;

interface Drag {
  x: number;
  y: number;
  width: number;
  room: number;
}

export function Grip({ panel, view, setView }: Props) {
  const drag = useRef<Drag | null>(null);
  const start = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.closest(".chart");
    const grid = event.currentTarget.closest(".chart-grid");
    if (!box || !grid || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, width: box.clientWidth, room: grid.clientWidth };
    event.preventDefault();
  };
  const end = (event: PointerEvent<HTMLElement>) => {
    const from = drag.current;
    drag.current = null;
    if (!from) return;
    const [right, down] = [event.clientX - from.x, event.clientY - from.y];
    const change: Partial<ChartView> = {};
    if (Math.abs(down) >= STEP_PX / 2) change.height = fitHeight(view.height + down);
    if (Math.abs(right) >= STEP_PX * 2) change.columns = columnsOf(from.room, from.width + right, right > 0);
    if (Object.keys(change).length > 0) setView(change);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const columns = view.columns ?? MOST_COLUMNS;
    const change = {
      ArrowDown: { height: fitHeight(view.height + STEP_PX) },
      ArrowUp: { height: fitHeight(view.height - STEP_PX) },
      ArrowRight: { columns: Math.max(1, columns - 1) },
      ArrowLeft: { columns: Math.min(MOST_COLUMNS, columns + 1) },
    }[event.key];
    if (!change) return;
    event.preventDefault();
    event.stopPropagation();
    setView(change);
  };
  return (
    <button
      type="button"
      className="chart-grip"
      title="Drag to make all panels higher or wider; arrow keys do the same"
      aria-label={`size of the panels, at ${panel.heading}`}
      onPointerDown={start}
      onPointerUp={end}
      onPointerCancel={() => (drag.current = null)}
      onKeyDown={onKeyDown}
    />
  );
}

export function fitHeight(px: number): number {
  return Math.min(HEIGHTS.high, Math.max(HEIGHTS.low, Math.round(px / STEP_PX) * STEP_PX));
}

/** How many panels of about this width fit into a row; fewer, at least, where they were made wider. */
export function columnsOf(room: number, width: number, wider: boolean): number {
  const fitting = room / Math.max(1, width);
  return Math.min(MOST_COLUMNS, Math.max(1, wider ? Math.floor(fitting + 0.25) : Math.ceil(fitting - 0.25)));
}
