// What lies over the page takes the keyboard while it is there, and gives it back to where it was.

import { useEffect, useRef, type RefObject } from "react";

/** Returns what to hold the focus in. */
export function useHeldFocus<E extends HTMLElement>(): RefObject<E | null> {
  const box = useRef<E>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return box;
}
