// One cursor for the page: the iteration under the mouse in any chart, and the moment it was reported.

import { createStore } from "../state/store";

export interface PageCursor {
  /** Whose point is under the mouse. */
  task: string;
  iteration: number;
  timeUs: number;
}

export const pageCursor = createStore<PageCursor | null>(null);
