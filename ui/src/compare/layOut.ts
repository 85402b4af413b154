// Charts of many tasks: for each series (or title) a panel with a line for each task, or one for each group of tasks.

import { MONITOR_PREFIX, type SeriesSummary } from "../api/types";
import { layOutMonitor } from "../charts/monitor";
import {
  append,
  byName,
  linesOf,
  parseFilter,
  prefixOf,
  type Filter,
  type PanelLine,
  type PanelModel,
  type Section,
  type Whose,
} from "../charts/sections";
import type { Listed } from "../charts/useSeriesOf";
import { lineKey, type ChartView } from "../charts/view";
import { lookName } from "./compared";
import type { Group } from "./grouping";

export type PanelsBy = "series" | "title";

export interface Wanted {
  panels: PanelsBy;
  /** Null: a line for each task. */
  groups: readonly Group[] | null;
}

type Ranked = Pick<ChartView, "rank" | "ranks" | "attempt">;

interface Cell {
  task: string;
  name: string;
  summary: SeriesSummary;
}

export function layOutTasks(listed: readonly Listed[], filter: Filter, view: Ranked, wanted: Wanted): Section[] {
  const panels = new Map<string, Map<string, Cell[]>>();
  for (const { task, series } of listed)
    for (const summary of series) {
      const { title } = summary;
      if (title.startsWith(MONITOR_PREFIX) || filter.test(title, summary.series) === "none") continue;
      const id = wanted.panels === "title" ? title : lineKey(title, summary.series);
      const panel = panels.get(id) ?? new Map<string, Cell[]>();
      panels.set(id, panel);
      append(panel, lineKey(title, summary.series), { task: task.id, name: task.name, summary });
    }
  const sections = new Map<string, PanelModel[]>();
  for (const [id, series] of [...panels].sort(([a], [b]) => byName(a, b))) {
    const title = [...series.values()][0]![0]!.summary.title;
    append(sections, prefixOf(title), panelOf(id, title, series, view, wanted));
  }
  const reported = [...sections.keys()]
    .sort(byName)
    .map((prefix) => ({ id: prefix, heading: prefix || "Charts", panels: sections.get(prefix)! }));
  return [...reported, ...layOutMachines(listed, filter, view, wanted)];
}

function panelOf(id: string, title: string, series: Map<string, Cell[]>, view: Ranked, wanted: Wanted): PanelModel {
  const prefix = prefixOf(title);
  const short = prefix ? title.slice(prefix.length + 1) || title : title;
  const names = [...series.values()].map((cells) => cells[0]!.summary.series);
  const only = wanted.panels === "series" ? names[0]! : "";
  const heading = only && only !== title ? `${short} / ${only}` : short;
  const lines = [...series.values()]
    .sort((a, b) => byName(a[0]!.summary.series, b[0]!.summary.series))
    .flatMap((cells, place) => linesOfSeries(cells, view, wanted, names.length > 1 ? place : null));
  return { id, heading, valueName: short.slice(short.lastIndexOf("/") + 1) || short, lines };
}

/** `place` is that of the series among several of its panel. */
function linesOfSeries(cells: readonly Cell[], view: Ranked, { groups }: Wanted, place: number | null): PanelLine[] {
  const suffix = place === null ? "" : ` · ${cells[0]!.summary.series}`;
  if (!groups)
    return cells.flatMap(({ task, name, summary }) => taskLines(summary, { ...view, task }, name + suffix, place));
  const byTask = new Map(cells.map((cell) => [cell.task, cell.summary]));
  return groups.flatMap(({ key, label, ids }) => {
    const members = ids.flatMap((task) => {
      const summary = byTask.get(task);
      return summary ? [sourceOf(summary, task, view.rank)] : [];
    });
    if (members.length === 0) return [];
    const { title, series } = members[0]!;
    const look = lookName(key, place ?? 0);
    const name = `${label}${suffix}, n=${members.length}`;
    return [{ ...members[0]!, key: `${key}\t${lineKey(title, series)}`, name, look, members }];
  });
}

function sourceOf(summary: SeriesSummary, task: string, rank: number | null) {
  return { task, title: summary.title, series: summary.series, attempt: null, rank, summary };
}

/** Alone in its panels a task's line is called the same in all of them: hidden in one, it is hidden everywhere. */
function taskLines(summary: SeriesSummary, whose: Whose, name: string, place: number | null): PanelLine[] {
  const own = lineKey(summary.title, summary.series);
  return linesOf(summary, whose, name).map((line) => {
    const everywhere = place === null && !line.members;
    const key = everywhere ? whose.task + line.key.slice(own.length) : `${whose.task}\t${line.key}`;
    return { ...line, key, look: lookName(whose.task, place ?? 0) };
  });
}

const ALL = parseFilter("");

/** The machine's readings as a last section: a panel for each reading. */
function layOutMachines(listed: readonly Listed[], filter: Filter, view: Ranked, wanted: Wanted): Section[] {
  const panels = new Map<string, { like: PanelModel; name: string; cells: Cell[] }>();
  for (const { task, series } of listed)
    for (const { panels: of } of layOutMonitor(series, ALL, { task: task.id, rank: view.rank }))
      for (const like of of)
        for (const { name, summary } of like.lines) {
          if (filter.test(like.id, name) === "none") continue;
          const id = `${MONITOR_PREFIX}${like.id}\t${name}`;
          const panel = panels.get(id) ?? { like, name, cells: [] };
          panels.set(id, panel);
          panel.cells.push({ task: task.id, name: task.name, summary });
        }
  if (panels.size === 0) return [];
  const models = [...panels].map(([id, { like, name, cells }]) => ({
    ...like,
    id,
    heading: `${like.heading}: ${name}`,
    lines: linesOfSeries(cells, view, wanted, null),
  }));
  return [{ id: MONITOR_PREFIX, heading: "Machine readings", panels: models }];
}
