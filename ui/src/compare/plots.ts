// Plots of many tasks, put together by title and series.

import type { PlotInfo, PlotList } from "../api/types";
import { append, byName } from "../charts/sections";
import { allIterations, plotKey } from "../plots/cards";
import type { Compared } from "./compared";
import { distinctRanks, type OfOtherRanks } from "./ranks";

/** The same plot of several tasks. */
export interface PlotOfTasks {
  /** Names the card in the address. */
  key: string;
  title: string;
  series: string;
  /** Of those tasks that have it, in their order; one rank of each. */
  of: readonly { task: Compared; plot: PlotInfo }[];
  /** The tasks that have it of other ranks only than the one asked for. */
  others: readonly OfOtherRanks[];
  iterations: readonly (number | null)[];
}

/** Plots by title and series, of one rank of each task: the one asked for, or the lowest that has it. */
export function plotsOf(tasks: readonly Compared[], lists: ReadonlyMap<string, PlotList>, rank: number | null = null): PlotOfTasks[] {
  const found = new Map<string, { task: Compared; plots: PlotInfo[] }[]>();
  for (const task of tasks) {
    const mine = new Map<string, PlotInfo[]>();
    for (const plot of lists.get(task.id)?.plots ?? []) append(mine, plotKey({ ...plot, rank: 0 }), plot);
    for (const [key, plots] of mine) append(found, key, { task, plots: plots.sort((a, b) => a.rank - b.rank) });
  }
  return [...found]
    .map(([key, every]) => {
      const { title, series } = every[0]!.plots[0]!;
      const chosen = every.map(({ task, plots }) => ({ task, plots, plot: rank === null ? plots[0] : plots.find((plot) => plot.rank === rank) }));
      const of = chosen.flatMap(({ task, plot }) => (plot ? [{ task, plot }] : []));
      const others = chosen.flatMap(({ task, plots, plot }) => (plot ? [] : [{ task, ranks: plots.map((one) => one.rank) }]));
      return { key, title, series, of, others, iterations: allIterations(of.map(({ plot }) => plot)) };
    })
    .sort((a, b) => byName(a.title, b.title) || byName(a.series, b.series));
}

/** Every rank that has a plot in any task. */
export function plotRanks(lists: ReadonlyMap<string, PlotList>): number[] {
  return distinctRanks([...lists.values()].flatMap(({ plots }) => plots.map(({ rank }) => rank)));
}
