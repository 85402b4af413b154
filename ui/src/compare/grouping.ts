// Tasks put together by what they share: a parameter, a tag, the beginning of their names, or everything but the seed.

import { byName } from "../charts/sections";
import type { Param } from "../state/address";

export type Grouping = { by: "none" | "tag" | "prefix" | "seed" } | { by: "parameter"; name: string };

export interface Groupable {
  id: string;
  name: string;
  tags: readonly string[];
  /** By full name. */
  parameters: ReadonlyMap<string, string>;
}

export interface Group {
  /** Names the group in keys and by its colour. */
  key: string;
  label: string;
  ids: readonly string[];
}

/** `group=tag`, `group=param:General/lr`. */
export const GROUPING: Param<Grouping> = {
  key: "group",
  parse: ([raw = ""]) => {
    if (raw.startsWith("param:") && raw.length > 6) return { by: "parameter", name: raw.slice(6) };
    return raw === "tag" || raw === "prefix" || raw === "seed" ? { by: raw } : { by: "none" };
  },
  format: (grouping) =>
    grouping.by === "none" ? [] : [grouping.by === "parameter" ? `param:${grouping.name}` : grouping.by],
};

/** The groups in order of their labels; a task stands in one for each of its tags. Null: no grouping. */
export function groupsOf(tasks: readonly Groupable[], grouping: Grouping): Group[] | null {
  if (grouping.by === "none") return null;
  const labels = labelling(tasks, grouping);
  const groups = new Map<string, string[]>();
  for (const task of tasks)
    for (const label of labels(task)) {
      const ids = groups.get(label);
      if (ids) ids.push(task.id);
      else groups.set(label, [task.id]);
    }
  return [...groups].sort(([a], [b]) => byName(a, b)).map(([label, ids]) => ({ key: `group\t${label}`, label, ids }));
}

function labelling(tasks: readonly Groupable[], grouping: Grouping): (task: Groupable) => string[] {
  switch (grouping.by) {
    case "tag":
      return ({ tags }) => (tags.length > 0 ? [...new Set(tags)] : ["no tag"]);
    case "prefix":
      return ({ name }) => [prefixOfName(name)];
    case "parameter": {
      const leaf = leafOf(grouping.name);
      return ({ parameters }) => {
        const value = parameters.get(grouping.name);
        return [value === undefined ? `no ${leaf}` : `${leaf}=${value}`];
      };
    }
    default:
      return seedless(tasks);
  }
}

/** By all parameters that differ, but those called seed. */
function seedless(tasks: readonly Groupable[]): (task: Groupable) => string[] {
  const names = differing(tasks).filter((name) => !isSeed(name));
  const leaves = names.map(leafOf);
  const shown = names.map((name, i) => (leaves.indexOf(leaves[i]!) === leaves.lastIndexOf(leaves[i]!) ? leaves[i]! : name));
  return ({ parameters }) => {
    const parts = names.map((name, i) => `${shown[i]}=${parameters.get(name) ?? "–"}`);
    return [parts.join(", ") || "all"];
  };
}

/** The parameters whose values are not the same in all tasks, by name. */
export function differing(tasks: readonly Pick<Groupable, "parameters">[]): string[] {
  const names = new Set(tasks.flatMap(({ parameters }) => [...parameters.keys()]));
  return [...names].filter((name) => new Set(tasks.map(({ parameters }) => parameters.get(name))).size > 1).sort(byName);
}

export function isSeed(name: string): boolean {
  return /(^|[_-])seed$/i.test(leafOf(name));
}

/** The name within its section. */
export function leafOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1) || name;
}

/** What a name has before its number: `resnet-3` and `resnet (seed 4)` are `resnet`. */
export function prefixOfName(name: string): string {
  const bare = name.trim().slice(0, 300);
  const stripped = bare.replace(/[\s._\-#/:([]*(?:seed|run|trial|fold|rep|v)?[\s._\-#=:]*\d+[)\]]?$/i, "");
  return stripped || bare || "no name";
}
