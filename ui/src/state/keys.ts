// What the keyboard does. Whatever is on the page registers its keys; `?` lists exactly those in force.

import { useEffect, useRef } from "react";

import { createStore } from "./store";

export interface KeyBinding {
  /** As in `KeyboardEvent.key`, e.g. `j`, `/`, `Escape`, `ArrowDown`; several for the same deed. */
  keys: readonly string[];
  does: string;
  run(event: KeyboardEvent): void;
}

/** What is done with the mouse, or with keys that belong to the browser: listed, handled where it happens. */
export interface Gesture {
  gesture: string;
  does: string;
}

export interface KeyGroup {
  name: string;
  bindings: readonly KeyBinding[];
  gestures: readonly Gesture[];
}

const NO_GESTURES: readonly Gesture[] = [];

/** The groups in force, the latest mounted last. */
export const keyGroups = createStore<readonly KeyGroup[]>([]);

/** Put keys in force while the component is mounted. The latest group wins where two want the same key. */
export function useKeys(
  name: string,
  bindings: readonly KeyBinding[],
  gestures: readonly Gesture[] = NO_GESTURES,
): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    const group: KeyGroup = {
      name,
      gestures,
      get bindings() {
        return latest.current;
      },
    };
    keyGroups.set([...keyGroups.get(), group]);
    return () => keyGroups.set(keyGroups.get().filter((other) => other !== group));
  }, [name, gestures]);
}

/** The groups as they are listed: those of one name are one. */
export function listed(groups: readonly KeyGroup[]): KeyGroup[] {
  const named = new Map<string, KeyGroup>();
  for (const { name, bindings, gestures } of groups) {
    const before = named.get(name);
    named.set(name, {
      name,
      bindings: [...(before?.bindings ?? []), ...bindings],
      gestures: [...(before?.gestures ?? []), ...gestures],
    });
  }
  return [...named.values()];
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // A box that was just ticked keeps the focus; it takes nothing but the space bar.
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Hand a key to the binding that wants it. Keys with Ctrl, Alt or Meta belong to the browser. */
export function dispatchKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  for (const group of [...keyGroups.get()].reverse()) {
    const binding = group.bindings.find(({ keys }) => keys.includes(event.key));
    if (!binding) continue;
    event.preventDefault();
    binding.run(event);
    return;
  }
}

export function startKeys(): void {
  window.addEventListener("keydown", dispatchKey);
}
