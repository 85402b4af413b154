// Processes of several tasks: one rank is shown of each, and who has not got it is said.

import type { Compared } from "./compared";

/** A task that reported something, but not from the process that is asked for. */
export interface OfOtherRanks {
  task: Compared;
  /** Those that it has it of, ascending. */
  ranks: readonly number[];
}

/** Every number once, ascending. */
export function distinctRanks(ranks: Iterable<number>): number[] {
  return [...new Set(ranks)].sort((a, b) => a - b);
}

/** `rank 0`, `ranks 0–3, 7`. */
export function ranksText(ranks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const rank of ranks) {
    const last = runs.at(-1);
    if (last && rank === last[1] + 1) last[1] = rank;
    else runs.push([rank, rank]);
  }
  const said = runs.map(([low, high]) => (low === high ? `${low}` : high === low + 1 ? `${low}, ${high}` : `${low}–${high}`));
  return `${ranks.length === 1 ? "rank" : "ranks"} ${said.join(", ")}`;
}

const NAMED = 3;

/** Which tasks are left out for want of a rank, and which they have: `a (rank 0), b (ranks 0–3) and 4 more`. */
export function othersText(others: readonly OfOtherRanks[]): string {
  const named = others.slice(0, NAMED).map(({ task, ranks }) => `${task.name} (${ranksText(ranks)})`);
  const more = others.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
