// The values of every line as a table: where it began, where it is, how low and how high it went.

import type { Point, SeriesSummary } from "../api/types";
import { describeFlags } from "../state/flags";
import type { Column, Table } from "../tables/table";
import type { PanelLine, PanelModel } from "./sections";

/** What a table shows of a point: its value, or what was reported in place of one. */
function valueOf(point: Point | null): unknown {
  return point === null ? null : (point.value ?? describeFlags(point.flags));
}

/** Whether all points of a series were reported without an iteration: they are seen on the axes of time. */
export function isTimeOnly(summary: SeriesSummary): boolean {
  return summary.count > 0 && summary.low === null;
}

export function valuesTable(panels: readonly PanelModel[]): Table {
  const lines = panels.flatMap((panel) => panel.lines);
  const column = (head: string, of: (line: PanelLine) => unknown): Column => ({ heads: [head], cells: lines.map(of) });
  return {
    columns: [
      column("title", ({ title }) => title),
      column("series", ({ series }) => series),
      column("first", ({ summary }) => valueOf(summary.first)),
      column("last", ({ summary }) => valueOf(summary.last)),
      column("min", ({ summary }) => valueOf(summary.minimum)),
      column("at", ({ summary }) => summary.minimum?.iteration ?? null),
      column("max", ({ summary }) => valueOf(summary.maximum)),
      column("at", ({ summary }) => summary.maximum?.iteration ?? null),
      column("mean", ({ summary }) => summary.mean),
      column("points", ({ summary }) => summary.count),
      column("NaN, Inf", ({ summary }) => summary.non_finite),
      column("last at", ({ summary }) => summary.last?.iteration ?? (isTimeOnly(summary) ? "no iteration" : null)),
    ],
    rows: lines.length,
  };
}
