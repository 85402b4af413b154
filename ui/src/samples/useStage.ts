// A stage on which something is looked at closely: the wheel zooms to the pointer, dragging moves, a double click fits or
// shows it 1:1. Stages that share a look move together.

import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from "react";

import { FIT, panBy, scaleOf, zoomAt, type Look, type Size } from "./zoom";

const WHEEL = 0.0015;

export interface Stage {
  host: RefObject<HTMLDivElement | null>;
  /** Screen pixels for one of the image's; null until both are known. */
  scale: number | null;
  /** For the host's element. */
  hand: ReturnType<typeof useDrag> & { onDoubleClick(): void };
}

interface Now {
  look: Look;
  image: Size | null;
  stage: Size | null;
  onLook(look: Look): void;
}

export function useStage(image: Size | null, look: Look, onLook: (look: Look) => void): Stage {
  const host = useRef<HTMLDivElement>(null);
  const stage = useSize(host);
  const now = useRef<Now>({ look, image, stage, onLook });
  now.current = { look, image, stage, onLook };
  useWheel(host, now);
  const drag = useDrag(now);
  const onDoubleClick = () => onLook(look.scale === null ? { scale: 1, x: 0, y: 0 } : FIT);
  return { host, scale: image && stage ? scaleOf(look, image, stage) : null, hand: { ...drag, onDoubleClick } };
}

/** Where and how large something of the image's size is drawn on the stage. */
export function placed(image: Size | null, scale: number | null, look: Look) {
  if (!image || scale === null) return { visibility: "hidden" } as const;
  return {
    width: image.width * scale,
    height: image.height * scale,
    transform: `translate(calc(-50% + ${look.x}px), calc(-50% + ${look.y}px))`,
  };
}

function useSize(host: RefObject<HTMLDivElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [host]);
  return size;
}

/** Not React's: its wheel listeners are passive, and the page would scroll as well. */
function useWheel(host: RefObject<HTMLDivElement | null>, now: RefObject<Now>): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      const { look, image, stage, onLook } = now.current;
      if (!image || !stage) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const spot = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2] as const;
      onLook(zoomAt(look, Math.exp(-event.deltaY * WHEEL), spot, image, stage));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [host, now]);
}

/** One finger or the mouse moves; two fingers zoom. */
function useDrag(now: RefObject<Now>) {
  const held = useRef(new Map<number, { x: number; y: number }>());
  const spread = () => {
    const [a, b] = [...held.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const before = held.current.get(event.pointerId);
      const { look, image, stage, onLook } = now.current;
      if (!before || !image || !stage) return;
      const apart = spread();
      held.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (apart > 0) onLook(zoomAt(look, spread() / apart, [0, 0], image, stage));
      else onLook(panBy(look, event.clientX - before.x, event.clientY - before.y, image, stage));
    },
    onPointerUp: (event: PointerEvent<HTMLDivElement>) => void held.current.delete(event.pointerId),
    onPointerCancel: (event: PointerEvent<HTMLDivElement>) => void held.current.delete(event.pointerId),
  };
}
