// What of the page is near the screen, and how wide an element is.

import { useEffect, useLayoutEffect, useState, useSyncExternalStore, type RefObject } from "react";

/** Marks the element that scrolls; panels this far beyond its edges are already made ready. */
export const SCROLLER = "charts-scroll";
const MARGIN = "400px 0px";

interface Watch {
  observer: IntersectionObserver;
  told: Map<Element, (near: boolean) => void>;
}

// One observer for each scrolling element: its margin counts only against that element, not against the window.
const watches = new WeakMap<Element, Watch>();

function watchOf(root: Element): Watch {
  const known = watches.get(root);
  if (known) return known;
  const told: Watch["told"] = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) told.get(entry.target)?.(entry.isIntersecting);
    },
    { root, rootMargin: MARGIN },
  );
  const watch = { observer, told };
  watches.set(root, watch);
  return watch;
}

/** Whether an element is on the screen or about to be scrolled onto it. */
export function useNearScreen(ref: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    const root = element?.closest(`.${SCROLLER}`);
    if (!element || !root) return;
    const { observer, told } = watchOf(root);
    told.set(element, setNear);
    observer.observe(element);
    return () => {
      told.delete(element);
      observer.unobserve(element);
    };
  }, [ref]);
  return near;
}

/** The width of an element in CSS pixels; 0 until it is known. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    setWidth(Math.floor(element.clientWidth));
    const resize = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    resize.observe(element);
    return () => resize.disconnect();
  }, [ref]);
  return width;
}

/** The height of the window in CSS pixels. */
export function useWindowHeight(): number {
  return useSyncExternalStore(onResize, () => window.innerHeight);
}

function onResize(listener: () => void): () => void {
  window.addEventListener("resize", listener);
  return () => window.removeEventListener("resize", listener);
}
