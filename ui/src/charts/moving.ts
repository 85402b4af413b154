// Panels moved by hand: dragged by their headings, or in steps with the keyboard. What is being dragged is marked in the
// document itself: nothing is drawn anew until it is dropped.

import { createContext, useEffect, useMemo, useRef, type DragEvent, type KeyboardEvent, type PointerEvent } from "react";

import { put, stepped, type Place } from "./arrangement";
import type { ChartPage } from "./page";
import { SCROLLER } from "./screen";
import type { Section } from "./sections";
import type { ChartView, SetView } from "./view";

/** Moves a panel so many places on, or back below zero; null where panels have no order. */
export const StepPanel = createContext<((panel: string, steps: number) => void) | null>(null);

interface Board {
  page: ChartPage;
  /** As the sections are without the reader. */
  usual: readonly Section[];
  shown: readonly Section[];
  view: ChartView;
  setView: SetView;
}

/** The mouse goes so far before a press becomes a drag. */
const SLACK_PX = 6;
const EDGE_PX = 60;
const SCROLL_PX = 14;

export function useMoving(board: Board) {
  const latest = useRef(board);
  latest.current = board;
  const focused = useRef<HTMLElement | null>(null);
  useEffect(() => {
    // What is moved in the document loses the focus.
    const element = focused.current;
    focused.current = null;
    if (element?.isConnected) {
      element.focus({ preventScroll: true });
      element.closest(".chart")?.scrollIntoView({ block: "nearest" });
    }
  }, [board.shown]);
  return useMemo(() => {
    const move = (panel: string, to: Place | null) => {
      const change = to && put(panel, to, latest.current);
      if (!change) return;
      latest.current.setView(change);
      latest.current.page.spoken.set(`${panel} moved ${to.before === null ? "to the end of its section" : `before ${to.before}`}`);
    };
    const step = (panel: string, steps: number) => move(panel, stepped(latest.current.shown, panel, steps));
    return {
      step,
      handlers: {
        onPointerDown: (event: PointerEvent) => startDrag(event, () => latest.current, move),
        onKeyDown(event: KeyboardEvent) {
          const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          const panel = panelOf(event.target);
          if (!event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !steps || !panel) return;
          event.preventDefault();
          focused.current = document.activeElement as HTMLElement;
          step(panel.dataset.panel!, steps);
        },
        onDragStart(event: DragEvent) {
          if ((event.target as Element).closest(".chart-head")) event.preventDefault();
        },
      },
    };
  }, []);
}

function panelOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-panel]") : null;
}

/** Follow the pointer from a press on a heading until it is let go. */
function startDrag(event: PointerEvent, board: () => Board, move: (panel: string, to: Place | null) => void): void {
  const panel = panelOf(event.target);
  const handle = event.target instanceof Element && event.target.closest(".chart-head") && !event.target.closest("button, .menu-panel");
  // A finger on a heading scrolls; the menu moves panels too.
  if (!panel || !handle || event.button !== 0 || event.pointerType === "touch" || event.ctrlKey || event.metaKey) return;
  const scroller = panel.closest<HTMLElement>(`.${SCROLLER}`);
  const id = panel.dataset.panel!;
  const start = { x: event.clientX, y: event.clientY };
  let at = start;
  let frame = 0;
  let drop: { place: Place; over: HTMLElement } | null = null;
  const done = new AbortController();
  const options = { signal: done.signal };

  const mark = (next: typeof drop, side: string) => {
    drop?.over.removeAttribute("data-drop");
    next?.over.setAttribute("data-drop", side);
    drop = next;
  };
  const follow = () => {
    frame = requestAnimationFrame(follow);
    const box = scroller?.getBoundingClientRect();
    if (box && at.y < box.top + EDGE_PX) scroller!.scrollBy(0, -SCROLL_PX);
    else if (box && at.y > box.bottom - EDGE_PX) scroller!.scrollBy(0, SCROLL_PX);
    const found = placeAt(at, id, board());
    mark(found, found?.side ?? "");
  };
  const end = (dropped: boolean) => {
    done.abort();
    if (frame === 0) return;
    cancelAnimationFrame(frame);
    const place = drop?.place ?? null;
    mark(null, "");
    panel.removeAttribute("data-moving");
    document.documentElement.removeAttribute("data-moving");
    // The click that ends the drag was not meant for the link in the heading.
    const swallow = (click: Event) => (click.preventDefault(), click.stopPropagation());
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
    if (dropped) move(id, place);
  };
  const onMove = (to: globalThis.PointerEvent) => {
    at = { x: to.clientX, y: to.clientY };
    if (frame !== 0 || Math.hypot(at.x - start.x, at.y - start.y) < SLACK_PX) return;
    panel.setAttribute("data-moving", "");
    document.documentElement.setAttribute("data-moving", "");
    frame = requestAnimationFrame(follow);
  };
  const onKey = (key: globalThis.KeyboardEvent) => {
    if (key.key !== "Escape" || frame === 0) return;
    key.preventDefault();
    key.stopPropagation();
    end(false);
  };
  window.addEventListener("pointermove", onMove, options);
  window.addEventListener("pointerup", () => end(true), options);
  window.addEventListener("pointercancel", () => end(false), options);
  window.addEventListener("blur", () => end(false), options);
  window.addEventListener("keydown", onKey, { ...options, capture: true });
}

/** The place that is meant by a point of the page, if the panel can stand there. */
function placeAt(at: { x: number; y: number }, panel: string, board: Board) {
  const over = panelOf(document.elementFromPoint(at.x, at.y));
  const section = over?.closest<HTMLElement>("[data-section]")?.dataset.section;
  const panels = board.shown.find(({ id }) => id === section)?.panels ?? [];
  const index = panels.findIndex(({ id }) => id === over?.dataset.panel);
  if (!over || section === undefined || index < 0 || over.dataset.panel === panel) return null;
  const box = over.getBoundingClientRect();
  const across = (over.parentElement?.clientWidth ?? 0) > 1.5 * box.width;
  const isBefore = across ? at.x < box.left + box.width / 2 : at.y < box.top + box.height / 2;
  const place: Place = { section, before: panels[isBefore ? index : index + 1]?.id ?? null };
  if (!put(panel, place, board)) return null;
  return { place, over, side: `${isBefore ? "before" : "after"}-${across ? "x" : "y"}` };
}
