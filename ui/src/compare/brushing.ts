// A range of an axis, taken hold of: drawn anew, moved, or pulled at one of its ends.

/** In places of an axis, from 0 to 1. */
export interface Extent {
  low: number;
  high: number;
}

/** The end that stays while the hand moves the other, or the range as it was and where it was taken hold of. */
export type Held = { anchor: number } | { moved: Extent; from: number };

/** How near to an end one must be to pull at it. */
const NEAR = 0.025;
/** A range is at least so long; a shorter drag is a click. */
export const LEAST = 0.01;

export function takeHold(before: Extent | null, at: number): Held {
  if (!before) return { anchor: at };
  if (Math.abs(at - before.high) <= NEAR) return { anchor: before.low };
  if (Math.abs(at - before.low) <= NEAR) return { anchor: before.high };
  return at > before.low && at < before.high ? { moved: before, from: at } : { anchor: at };
}

/** The range when the hand is at a place; of a moved one the length stays. */
export function pulled(held: Held, at: number): Extent {
  if ("anchor" in held) return { low: Math.min(held.anchor, at), high: Math.max(held.anchor, at) };
  const { low, high } = held.moved;
  const by = Math.min(1 - high, Math.max(-low, at - held.from));
  return { low: low + by, high: high + by };
}

/** One end moved to a place, not beyond the other; null where the range is the whole axis then. */
export function endMoved(now: Extent, end: "low" | "high", to: number): Extent | null {
  const next = end === "low" ? { ...now, low: Math.min(now.high - LEAST, Math.max(0, to)) } : { ...now, high: Math.max(now.low + LEAST, Math.min(1, to)) };
  return next.low <= 0 && next.high >= 1 ? null : next;
}
