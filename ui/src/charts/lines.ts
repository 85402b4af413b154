// How each line of a page looks: a colour of the theme's palette and, past twelve lines in one panel, a dash.
// A series name keeps its look in every panel; names that meet in a panel look different.

import { hash, PALETTE_SIZE } from "../state/colours";

export interface Look {
  /** Slot of the theme's palette. */
  slot: number;
  /** Dash pattern in CSS pixels; empty for a full line. */
  dash: readonly number[];
}

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [14, 4]];

/** The number of looks that can be told apart. */
export const LOOKS = PALETTE_SIZE * DASHES.length;

function lookOf(number: number): Look {
  return { slot: number % PALETTE_SIZE, dash: DASHES[Math.floor(number / PALETTE_SIZE) % DASHES.length]! };
}

/**
 * Gives looks to names and never takes one back while the page is open: a series that appears later does not
 * change the colour of another.
 */
export class Looks {
  private readonly given = new Map<string, number>();
  private readonly meets = new Map<string, Set<string>>();

  /** Make the names of panels known; each inner list is one panel. */
  learn(panels: readonly (readonly string[])[]): void {
    for (const names of panels) for (const name of names) this.remember(name, names);
    const fresh = [...this.meets.keys()].filter((name) => !this.given.has(name)).sort();
    for (const name of fresh) this.given.set(name, this.choose(name));
  }

  of(name: string): Look {
    return lookOf(this.given.get(name) ?? hash(name) % PALETTE_SIZE);
  }

  private remember(name: string, names: readonly string[]): void {
    const known = this.meets.get(name) ?? new Set();
    // Past as many neighbours as there are looks nothing can be told apart anyway.
    for (const other of names) if (other !== name && known.size < LOOKS * 2) known.add(other);
    this.meets.set(name, known);
  }

  /** The slot of the name's hash, or the next that no neighbour has; full lines first, then dashed ones. */
  private choose(name: string): number {
    const taken = new Set([...this.meets.get(name)!].map((other) => this.given.get(other)));
    const start = hash(name);
    for (let tier = 0; tier < DASHES.length; tier++) {
      for (let i = 0; i < PALETTE_SIZE; i++) {
        const number = tier * PALETTE_SIZE + ((start + i) % PALETTE_SIZE);
        if (!taken.has(number)) return number;
      }
    }
    return start % LOOKS;
  }
}
