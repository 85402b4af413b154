// Colours that mean the same thing everywhere: what is chosen by the hash of a name keeps its colour whatever else
// is shown beside it, as far as a palette of twelve allows.

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

/** The CSS variable of a palette slot. */
export function slotVariable(slot: number): string {
  return `--series-${slot % PALETTE_SIZE}`;
}
