// No browser scrolls further than some ten million pixels. Of a log longer than that a window of lines is laid out,
// which moves by half of itself when its edge comes into view.

export const WINDOW_LINES = 800_000;
const HALF = WINDOW_LINES / 2;
/** Lines from the edge at which the window moves. */
const EDGE_LINES = 500;

/** Where the window begins so that the line is well inside. */
export function windowFor(line: number, total: number): number {
  if (total <= WINDOW_LINES) return 0;
  const middle = Math.floor(line / HALF) * HALF - HALF / 2;
  return Math.max(0, Math.min(middle, lastWindow(total)));
}

function lastWindow(total: number): number {
  return Math.ceil((total - WINDOW_LINES) / HALF) * HALF;
}

/** Where the window should begin when the lines `first` to `last` (of the log) are in view. */
export function movedWindow(base: number, first: number, last: number, total: number): number {
  if (total <= WINDOW_LINES) return 0;
  if (first - base < EDGE_LINES && base > 0) return Math.max(0, base - HALF);
  if (base + WINDOW_LINES - last < EDGE_LINES && base + WINDOW_LINES < total) return base + HALF;
  return base;
}
