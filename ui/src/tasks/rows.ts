// The rows of the task table: tasks one after another, or groups of which some are open and show their tasks.

import type { GroupPage, GroupQuery, TaskGroup, TaskPage, TaskQuery, TaskRow } from "../api/types";
import { RangeCache } from "../state/ranges";

export type Row =
  | { kind: "task"; row: TaskRow; inGroup: boolean }
  | { kind: "group"; group: TaskGroup; id: string; open: boolean };

export interface Rows {
  /** Tasks that fit; of groups, how many groups. Undefined before the first answer. */
  readonly total: number | undefined;
  /** Rows to show; undefined before the first answer. */
  readonly count: number | undefined;
  readonly error: Error | undefined;
  at(index: number): Row | undefined;
  /** Where a row with this key (`rowKey`) is, of those that are here. */
  placeOf(key: string): number | undefined;
  look(first: number, last: number): void;
  invalidate(): void;
  version(): number;
  subscribe(listener: () => void): () => void;
  open(): void;
  close(): void;
}

export type AskTasks = (query: TaskQuery, signal: AbortSignal) => Promise<TaskPage>;
export type AskGroups = (query: GroupQuery, signal: AbortSignal) => Promise<GroupPage>;

const PAGE_SIZE = 100;

export function rowKey(row: Row): string {
  return row.kind === "task" ? row.row.id : `group ${row.id}`;
}

function tasksOf(query: TaskQuery, ask: AskTasks): RangeCache<TaskRow> {
  return new RangeCache<TaskRow>(PAGE_SIZE, async (offset, limit, signal) => {
    const page = await ask({ ...query, offset, limit }, signal);
    return { total: page.total, offset: page.offset, items: page.tasks };
  });
}

/** Tasks one after another. */
export class FlatRows implements Rows {
  private readonly tasks: RangeCache<TaskRow>;
  private view: [number, number] = [0, 0];
  readonly version: () => number;
  readonly subscribe: (listener: () => void) => () => void;

  constructor(query: TaskQuery, ask: AskTasks) {
    this.tasks = tasksOf(query, ask);
    this.version = this.tasks.version;
    this.subscribe = this.tasks.subscribe;
  }

  get total(): number | undefined {
    return this.tasks.total;
  }

  get count(): number | undefined {
    return this.tasks.total;
  }

  get error(): Error | undefined {
    return this.tasks.error;
  }

  at(index: number): Row | undefined {
    const row = this.tasks.at(index);
    return row && { kind: "task", row, inGroup: false };
  }

  /** Nearest to what is looked at: of a task that moved, an older page may still have the place before. */
  placeOf(key: string): number | undefined {
    const [first, last] = this.view;
    for (let away = 0; away <= PAGE_SIZE; away++)
      for (const index of [last + away, first - away]) if (this.tasks.at(index)?.id === key) return index;
    for (let index = first; index <= last; index++) if (this.tasks.at(index)?.id === key) return index;
    return undefined;
  }

  look(first: number, last: number): void {
    this.view = [first, last];
    this.tasks.look(first, last);
  }

  invalidate(): void {
    this.tasks.invalidate();
  }

  open(): void {
    this.tasks.open();
  }

  close(): void {
    this.tasks.close();
  }
}

/** A group that is open: where its row is, and its tasks below it. */
interface Opened {
  id: string;
  group: number;
  tasks: RangeCache<TaskRow>;
}

/** Groups, some of them open. */
export class GroupedRows implements Rows {
  private readonly groups: RangeCache<TaskGroup>;
  private readonly opened = new Map<string, RangeCache<TaskRow>>();
  private readonly listeners = new Set<() => void>();
  private changes = 0;

  constructor(
    private readonly query: TaskQuery,
    groups: Omit<GroupQuery, "tasks">,
    private readonly ask: AskTasks,
    askGroups: AskGroups,
  ) {
    this.groups = new RangeCache<TaskGroup>(PAGE_SIZE, async (offset, limit, signal) => {
      const page = await askGroups({ ...groups, tasks: query, offset, limit }, signal);
      return { total: page.total, offset: page.offset, items: page.groups };
    });
    this.groups.subscribe(() => this.changed());
  }

  get total(): number | undefined {
    return this.groups.total;
  }

  get count(): number | undefined {
    if (this.groups.total === undefined) return undefined;
    return this.shownGroups().reduce((sum, { tasks }) => sum + (tasks.total ?? 1), this.groups.total);
  }

  get error(): Error | undefined {
    return this.groups.error ?? [...this.opened.values()].find(({ error }) => error)?.error;
  }

  at(index: number): Row | undefined {
    const { group, task, opened } = this.locate(index);
    if (task !== null) {
      const row = opened?.tasks.at(task);
      return row && { kind: "task", row, inGroup: true };
    }
    const found = this.groups.at(group);
    if (!found) return undefined;
    const id = groupId(found);
    return { kind: "group", group: found, id, open: this.opened.has(id) };
  }

  placeOf(key: string): number | undefined {
    const count = Math.min(this.count ?? 0, 2000);
    for (let index = 0; index < count; index++) {
      const row = this.at(index);
      if (row && rowKey(row) === key) return index;
    }
    return undefined;
  }

  look(first: number, last: number): void {
    const from = this.locate(first);
    const to = this.locate(last);
    this.groups.look(from.group, to.group);
    for (const { group, tasks } of this.shownGroups()) {
      if (group < from.group || group > to.group) continue;
      const begin = from.task !== null && from.group === group ? from.task : 0;
      const end = to.task !== null && to.group === group ? to.task : (tasks.total ?? PAGE_SIZE) - 1;
      tasks.look(begin, Math.min(end, begin + last - first));
    }
  }

  /** Open a group, or shut it. */
  toggle(group: TaskGroup): void {
    const id = groupId(group);
    const tasks = this.opened.get(id);
    tasks?.close();
    if (tasks) this.opened.delete(id);
    else this.opened.set(id, this.tasksOfGroup(group));
    this.changed();
  }

  private tasksOfGroup(group: TaskGroup): RangeCache<TaskRow> {
    const filters = [...(this.query.filters ?? []), group.filter];
    const tasks = tasksOf({ ...this.query, filters }, this.ask);
    tasks.subscribe(() => this.changed());
    tasks.look(0, 0);
    return tasks;
  }

  invalidate(): void {
    this.groups.invalidate();
    for (const tasks of this.opened.values()) tasks.invalidate();
  }

  readonly version = (): number => this.changes;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  open(): void {
    this.groups.open();
    for (const tasks of this.opened.values()) tasks.open();
  }

  close(): void {
    this.groups.close();
    for (const tasks of this.opened.values()) tasks.close();
  }

  /** The open groups that are here, in order. */
  private shownGroups(): Opened[] {
    if (this.opened.size === 0) return [];
    const shown: Opened[] = [];
    for (const [group, found] of this.groups.loaded()) {
      const id = groupId(found);
      const tasks = this.opened.get(id);
      if (tasks) shown.push({ id, group, tasks });
    }
    return shown;
  }

  /** Which group a row is, or whose task (by its place in the group). */
  private locate(index: number): { group: number; task: number | null; opened?: Opened } {
    let added = 0;
    for (const opened of this.shownGroups()) {
      const row = opened.group + added;
      if (index <= row) break;
      const size = opened.tasks.total ?? 1;
      if (index <= row + size) return { group: opened.group, task: index - row - 1, opened };
      added += size;
    }
    return { group: index - added, task: null };
  }

  private changed(): void {
    this.changes++;
    for (const listener of [...this.listeners]) listener();
  }
}

function groupId(group: TaskGroup): string {
  return JSON.stringify(group.values);
}
