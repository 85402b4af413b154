// Colours that mean the same thing everywhere: a task, or a series of a panel, keeps its colour whatever else is
// shown beside it, as far as a palette of twelve allows.

/** The palette is `--series-0` … `--series-11` of the theme. */
export const PALETTE_SIZE = 12;

/** A small stable hash of a text (FNV-1a). */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return h >>> 0;
}

/** The palette slot that a task always has. */
export function taskSlot(id: string): number {
  return hash(id) % PALETTE_SIZE;
}

/** Palette slots for keys shown together: each its own by hash, the next free one where two want the same. */
export function assignSlots(keys: readonly string[]): Map<string, number> {
  const taken = new Set<number>();
  const slots = new Map<string, number>();
  for (const key of [...new Set(keys)].sort()) {
    let slot = taskSlot(key);
    while (taken.size < PALETTE_SIZE && taken.has(slot)) slot = (slot + 1) % PALETTE_SIZE;
    taken.add(slot);
    slots.set(key, slot);
  }
  return slots;
}

export function slotVariable(slot: number): string {
  return `--series-${slot % PALETTE_SIZE}`;
}
