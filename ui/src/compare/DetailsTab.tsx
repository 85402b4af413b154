// What differs between the tasks, and what does not: a row a fact, a column a task, held against the base.

import { useMemo } from "react";

import { isAbort, getJson } from "../api/client";
import { readArtifacts, readConfiguration } from "../api/reported";
import type { TaskDetail } from "../api/types";
import { param, useParam } from "../state/address";
import { formatCount, formatCounted, shorten } from "../state/format";
import { SearchBox } from "../widgets/SearchBox";
import type { TabProps } from "./ComparePage";
import type { Compared } from "./compared";
import { factsOf, isSame, labelOf, matches, SECTIONS, type Fact, type FactValue, type Known } from "./details";
import { Matrix, useFolds, type MatrixCell, type MatrixRow } from "./Matrix";
import { DiffView } from "./DiffView";
import { linesOf } from "./textDiff";
import { useEach } from "./useEach";

const SAME = param.flag("same");
const SEARCH = param.text("find");
const FOLDED = param.list("fold");
const OPEN = param.text("diff");
const SHOWN = 400;

export function DetailsTab({ tasks, base }: TabProps) {
  const [same, setSame] = useParam(SAME);
  const [search, setSearch] = useParam(SEARCH);
  const [folds, setFolds] = useParam(FOLDED);
  const [open, setOpen] = useParam(OPEN);
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const { by, errors, waiting } = useEach(ids, "details", readKnown, ({ detail, status, samples }) => detail || samples || status !== "in_progress");
  const facts = useMemo(() => factsOf(ids.map((id) => by.get(id) ?? (errors.has(id) ? { detail: null, stored: null, configuration: null } : {}))), [ids, by, errors]);
  const at = ids.indexOf(base);
  const rows = useMemo(
    () => rowsOf(facts, { same: same || ids.length < 2, search, folds, at, onOpen: (fact, task) => setOpen(`${ids[task]}\t${fact.id}`, { push: true }) }),
    [facts, same, search, folds, at, ids, setOpen],
  );
  const shown = useFolds(rows, useMemo(() => new Set(folds), [folds]));
  const opened = open ? openedOf(open, facts, tasks, at) : null;
  const equal = facts.filter(isSame).length;
  return (
    <div className="compare-part">
      <div className="compare-bar" role="toolbar" aria-label="details">
        <SearchBox value={search} onChange={setSearch} placeholder="Find a name or value" keyGroup="Compare" />
        <button className="chart-toggle" aria-pressed={!same} onClick={() => setSame(!same)}>
          hide identical
        </button>
        <span className="dim">
          {formatCounted(facts.length - equal, "difference")}, {formatCount(equal)} identical
          {waiting > 0 && `; ${formatCounted(waiting, "task")} still to read`}
        </span>
        {errors.size > 0 && <span className="bad-text">{formatCounted(errors.size, "task")} could not be read</span>}
      </div>
      {tasks.length === 1 && <p className="compare-note dim">One task alone: add others to see what differs.</p>}
      <Matrix
        name="Details of the tasks"
        tasks={tasks}
        base={base}
        rows={shown}
        onFold={(id) => setFolds(folds.includes(id) ? folds.filter((other) => other !== id) : [...folds, id])}
      />
      {rows.length === 0 && waiting === 0 && <p className="cards-none">Nothing fits “{shorten(search, 80)}”.</p>}
      {opened && <DiffView {...opened} onClose={() => setOpen("")} />}
    </div>
  );
}

/** The three answers that a task's details are made of; what is wrong with one does not take the others away. */
async function readKnown(id: string, signal: AbortSignal): Promise<Known> {
  const or = <T,>(answer: Promise<T>) =>
    answer.catch((error: unknown) => {
      if (isAbort(error)) throw error;
      return null;
    });
  const [detail, stored, configuration] = await Promise.all([
    getJson<TaskDetail>(`/tasks/${encodeURIComponent(id)}`, { signal }),
    or(readArtifacts(id, signal)),
    or(readConfiguration(id, signal)),
  ]);
  return { detail, stored, configuration };
}

interface Shown {
  same: boolean;
  search: string;
  folds: readonly string[];
  /** The place of the base. */
  at: number;
  onOpen(fact: Fact, task: number): void;
}

function rowsOf(facts: readonly Fact[], { same, search, folds, at, onOpen }: Shown): MatrixRow[] {
  return SECTIONS.flatMap((section) => {
    const mine = facts.filter((fact) => fact.section === section && matches(fact, search));
    if (mine.length === 0) return [];
    const equal = mine.filter(isSame).length;
    const visible = same ? mine : mine.filter((fact) => !isSame(fact));
    const note = equal === mine.length ? `${formatCount(equal)}, all identical` : `${formatCount(mine.length - equal)} differ, ${formatCount(equal)} identical`;
    const heading: MatrixRow = { kind: "section", id: section, heading: section, note, folded: folds.includes(section) };
    return [heading, ...visible.map((fact): MatrixRow => rowOf(fact, at, onOpen))];
  });
}

function rowOf(fact: Fact, at: number, onOpen: Shown["onOpen"]): MatrixRow {
  return { kind: "row", id: fact.id, label: labelOf(fact), title: `${fact.section}: ${fact.label}`, cell: (task) => cellOf(fact, task, at, () => onOpen(fact, task)) };
}

function cellOf(fact: Fact, task: number, at: number, onOpen: () => void): MatrixCell {
  const value = fact.values[task];
  const base = fact.values[at];
  if (value === undefined) return { text: "…", mark: "waiting" };
  const differs = base !== undefined && task !== at && value !== base;
  if (value === null) return { text: differs ? "none" : "–", mark: differs ? "differs" : "missing" };
  if (!fact.long) return { text: value.slice(0, SHOWN), title: value.slice(0, 4000), mark: differs ? "differs" : "" };
  return { text: summaryOf(value), title: "Open the text beside that of the base", mark: differs ? "differs" : "", onOpen };
}

function summaryOf(text: string): string {
  const lines = linesOf(text);
  return lines.length === 1 ? lines[0]!.slice(0, SHOWN) : formatCounted(lines.length, "line");
}

interface Opened {
  heading: string;
  left: { name: string; text: FactValue };
  right: { name: string; text: FactValue };
}

/** What a cell of long text stands for: the base's text beside the task's; of the base itself that of the next task. */
function openedOf(open: string, facts: readonly Fact[], tasks: readonly Compared[], at: number): Opened | null {
  const tab = open.indexOf("\t");
  const fact = facts.find(({ id }) => id === open.slice(tab + 1));
  const named = tasks.findIndex(({ id }) => id === open.slice(0, tab));
  if (!fact || named < 0) return null;
  const other = named === at ? fact.values.findIndex((value, i) => i !== at && value !== fact.values[at]) : named;
  const task = other < 0 ? named : other;
  const side = (i: number) => ({ name: tasks[i]!.name, text: fact.values[i] });
  return { heading: `${fact.section}: ${fact.label}`, left: side(at), right: side(task) };
}
