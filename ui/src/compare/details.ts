// What is known of each task, aligned: a fact has a value for each task, and facts of a kind stand in one section.

import type { ArtifactList, ConfigurationList, TaskDetail } from "../api/types";
import { byName } from "../charts/sections";
import { describe, environmentOf, isTable, keysOf, NAMES } from "../pages/environmentText";
import { formatBytes, formatCount, formatDuration, formatTime } from "../state/format";
import { reasonName, statusName } from "../state/status";
import { leafOf } from "./grouping";

/** All that is asked of a task for its details; null where that could not be read, undefined while it is on its way. */
export interface Known {
  detail?: TaskDetail | null | undefined;
  stored?: ArtifactList | null | undefined;
  configuration?: ConfigurationList | null | undefined;
}

/** A text; null where a task has none; undefined while that is not known. */
export type FactValue = string | null | undefined;

export interface Fact {
  /** Names the fact in the address. */
  id: string;
  section: string;
  label: string;
  /** A text of lines, compared line by line. */
  long: boolean;
  values: readonly FactValue[];
}

export const SECTIONS = ["Task", "Parameters", "Git", "Environment", "Packages", "Configuration", "Properties", "Artifacts", "Models"] as const;
type SectionName = (typeof SECTIONS)[number];

class Facts {
  private readonly rows = new Map<string, { section: SectionName; label: string; long: boolean; values: Map<number, string> }>();

  constructor(private readonly count: number) {}

  put(task: number, section: SectionName, label: string, value: string | null | undefined, long = false): void {
    if (value === null || value === undefined || value === "") return;
    const id = `${section}\t${label}`;
    const row = this.rows.get(id) ?? { section, label, long: false, values: new Map() };
    this.rows.set(id, row);
    row.long ||= long;
    row.values.set(task, value);
  }

  /** `waits` tells of which tasks a section is not known yet. */
  list(waits: (section: SectionName, task: number) => boolean): Fact[] {
    return [...this.rows].map(([id, { section, label, long, values }]) => ({
      id,
      section,
      label,
      long,
      values: Array.from({ length: this.count }, (_, i) => values.get(i) ?? (waits(section, i) ? undefined : null)),
    }));
  }
}

/** The facts of all tasks, in the order of sections; within most of them by name. */
export function factsOf(known: readonly Known[]): Fact[] {
  const facts = new Facts(known.length);
  known.forEach(({ detail, stored, configuration }, i) => {
    if (detail) putDetail(facts, i, detail);
    if (configuration) putConfiguration(facts, i, configuration);
    if (stored) putStored(facts, i, stored);
  });
  const waits = (section: SectionName, i: number) => {
    if (section === "Artifacts" || section === "Models") return known[i]?.stored === undefined;
    if (section === "Configuration" || section === "Properties") return known[i]?.configuration === undefined;
    return known[i]?.detail === undefined;
  };
  const list = facts.list(waits);
  return SECTIONS.flatMap((section) => {
    const mine = list.filter((fact) => fact.section === section);
    return section === "Task" || section === "Git" || section === "Environment" ? mine : mine.sort((a, b) => byName(a.label, b.label));
  });
}

function putDetail(facts: Facts, i: number, detail: TaskDetail): void {
  const { task, parameters, attempts } = detail;
  const end = task.ended_us;
  const put = (label: string, value: string | null | undefined) => facts.put(i, "Task", label, value);
  put("status", statusName(task.status));
  put("reason", reasonName(task.status_reason));
  put("project", task.project);
  put("type", task.type);
  put("tags", [...task.tags].sort(byName).join(", "));
  put("user", task.user);
  put("host", task.host);
  put("started", task.started_us === null ? null : formatTime(task.started_us));
  put("ended", end === null ? null : formatTime(end));
  put("duration", end === null || task.started_us === null ? null : formatDuration(end - task.started_us));
  put("iteration", task.iteration === null ? null : formatCount(task.iteration));
  put("attempts", formatCount(task.attempts));
  put("data lost", task.lost > 0 ? formatCount(task.lost) : null);
  facts.put(i, "Task", "comment", detail.comment, true);
  for (const { name, value } of parameters) facts.put(i, "Parameters", name, value === "" ? "(empty)" : value, value.includes("\n"));
  putEnvironment(facts, i, environmentOf(attempts));
}

function putEnvironment(facts: Facts, i: number, environment: Readonly<Record<string, unknown>>): void {
  const { git, packages } = environment;
  if (isTable(git)) {
    const names: Record<string, string> = { url: "repository", dirty: "uncommitted changes" };
    for (const key of ["url", "branch", "commit", "dirty"])
      if (git[key] !== undefined && git[key] !== null) facts.put(i, "Git", names[key] ?? key, key === "dirty" ? (git[key] ? "yes" : "no") : String(git[key]));
    if (typeof git["diff"] === "string") facts.put(i, "Git", "diff", git["diff"], true);
  }
  for (const key of keysOf(environment)) facts.put(i, "Environment", NAMES[key] ?? key, describe(key, environment[key]));
  if (isTable(packages)) for (const [name, version] of Object.entries(packages)) facts.put(i, "Packages", name, String(version));
}

function putConfiguration(facts: Facts, i: number, { configurations, properties }: ConfigurationList): void {
  for (const { name, text } of configurations) facts.put(i, "Configuration", name, text, true);
  for (const { name, value } of properties) facts.put(i, "Properties", name, value);
}

function putStored(facts: Facts, i: number, { artifacts, models }: ArtifactList): void {
  for (const one of artifacts) {
    const said = [one.type, formatBytes(one.size_bytes), one.hash.slice(0, 12) || one.state].filter(Boolean);
    facts.put(i, "Artifacts", one.name, said.join(", "));
  }
  for (const one of models) {
    const said = [one.framework, one.size_bytes > 0 ? formatBytes(one.size_bytes) : "", one.hash.slice(0, 12)].filter(Boolean);
    facts.put(i, "Models", `${one.role}: ${one.name}`, said.join(", ") || "registered");
  }
}

/** Whether all tasks of which it is known have the same. */
export function isSame({ values }: Pick<Fact, "values">): boolean {
  const known = values.filter((value) => value !== undefined);
  return known.every((value) => value === known[0]);
}

export function matches(fact: Fact, wanted: string): boolean {
  const text = wanted.trim().toLowerCase();
  if (text === "") return true;
  return fact.label.toLowerCase().includes(text) || fact.values.some((value) => value?.toLowerCase().includes(text));
}

/** What a name in a section is called in a narrow column. */
export function labelOf({ section, label }: Fact): string {
  return section === "Parameters" && leafOf(label) !== label ? label.replace(/^General\//, "") : label;
}
