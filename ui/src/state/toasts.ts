// Short words about what was just done, at the edge of the page, with a way to take it back where there is one.

import { createStore } from "./store";

export interface Toast {
  id: number;
  text: string;
  /** What could not be done, one line each. */
  problems: readonly string[];
  bad: boolean;
  undo?: (() => void) | undefined;
}

const MOST = 4;
let last = 0;

export const toasts = createStore<readonly Toast[]>([]);

export function showToast(text: string, more: Partial<Omit<Toast, "id" | "text">> = {}): void {
  last++;
  toasts.set([...toasts.get(), { id: last, text, problems: [], bad: false, ...more }].slice(-MOST));
}

export function dropToast(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

export function showProblem(text: string, error: unknown): void {
  const problem = error instanceof Error ? error.message : String(error);
  showToast(text, { bad: true, problems: [problem] });
}
