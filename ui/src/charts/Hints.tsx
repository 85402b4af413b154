// What a drawing leaves out, said in it.

import { fileNote } from "../embed/frame";
import { formatCount, formatCounted } from "../state/format";
import { LINES_DRAWN } from "./drawn";
import { notOnLogAxis } from "./extent";
import { MOST_JOINED } from "./join";
import { canShow } from "./page";
import type { DrawnLine } from "./paint";
import { lowerBound, upperBound, type Line } from "./points";
import type { Range } from "./scale";
import type { PanelModel } from "./sections";
import { isTimeOnly } from "./values";
import type { ChartView } from "./view";

interface Props {
  view: ChartView;
  panel: PanelModel;
  drawn: readonly DrawnLine[];
  /** Points without an x. */
  alone: number;
  ready: boolean;
  problem: string | null;
}

export function Hints(props: Props) {
  const hints = hintsOf(props);
  return hints.length ? <div className="chart-hint">{hints.join(" · ")}</div> : null;
}

function hintsOf({ view, panel, drawn, alone, ready, problem }: Props): string[] {
  const hints: string[] = problem ? [`not up to date: ${problem}`] : [];
  const lines = drawn.map(({ line }) => line);
  const beyond = notOnLogAxis(lines, view);
  if (beyond > 0) hints.push(`${formatCount(beyond)} not shown: ≤ 0 on a log axis`);
  if (panel.lines.length > LINES_DRAWN) hints.push(`first ${LINES_DRAWN} of ${formatCount(panel.lines.length)} lines`);
  if (view.against !== null) hints.push(...overAnother(view.against, panel, drawn, alone));
  const timeOnly =
    view.axis === "iteration" && view.against === null ? panel.lines.filter(({ summary }) => isTimeOnly(summary)) : [];
  if (timeOnly.length > 0) {
    const count = timeOnly.reduce((sum, { summary }) => sum + summary.count, 0);
    hints.push(`${formatCounted(count, "point")} without an iteration: seen on the axes of time`);
  }
  if (fileNote() && view.zoom !== null) hints.push(...inFile(lines, view.zoom));
  if (ready && drawn.length > 0 && timeOnly.length < panel.lines.length) hints.push(...nothing(lines, view.zoom));
  return hints;
}

function overAnother(against: string, panel: PanelModel, drawn: readonly DrawnLine[], alone: number): string[] {
  const hints: string[] = [];
  const groups = panel.lines.filter(({ members }) => members).length;
  const long = panel.lines.filter((line) => !line.members && !canShow(line, against)).length;
  if (groups > 0) hints.push("bands are drawn over iteration and time only");
  if (long > 0) hints.push(`${formatCounted(long, "line")} of more than ${formatCount(MOST_JOINED)} points not drawn`);
  if (alone > 0) hints.push(`${formatCounted(alone, "point")} without an x at the same iteration`);
  if (drawn.some(({ dots }) => dots)) hints.push("x goes back and forth: points, not lines");
  return hints;
}

/** A file has no server to ask for what lies between its points. */
function inFile(lines: readonly Line[], { low, high }: Range): string[] {
  const reduced = lines.filter((line) => !line.exact);
  const held = reduced.reduce((sum, { x }) => sum + Math.max(0, upperBound(x, high) - lowerBound(x, low)), 0);
  return reduced.length > 0 ? [`${formatCounted(held, "point")} in this file, of more`] : [];
}

function nothing(lines: readonly Line[], zoom: Range | null): string[] {
  if (lines.every((line) => line.length === 0)) {
    return [lines.some((line) => line.marks.length > 0) ? "no finite values" : "no points on this axis"];
  }
  if (zoom === null) return [];
  const empty = lines.every(({ x }) => lowerBound(x, zoom.low) >= upperBound(x, zoom.high));
  return empty ? ["no points in this range"] : [];
}
