// What the pages of tasks show, as the address has it, and the questions that it makes for the server.

import { useMemo } from "react";

import type { GroupKey, GroupQuery, GroupSort, MetricRef, TaskQuery, TaskSort } from "../api/types";
import { navigate, param, readParam, useSearch, withParam, type Param } from "../state/address";
import { COLUMN_FILTERS, filterText, regexText, type ColumnFilter } from "./columnFilter";
import { columnId, parseColumn, sortBy, sortedColumn } from "./column";
import { COLUMNS, columnsOf, type Placed } from "./layout";

export type Mode = "table" | "charts";
export type Archived = "no" | "all" | "only";

export interface TaskView {
  project: string;
  search: string;
  /** The search is a regular expression. */
  regex: boolean;
  status: readonly string[];
  /** In the language of filters. */
  where: string;
  only: readonly ColumnFilter[];
  archived: Archived;
  sort: readonly TaskSort[];
  /** Ids of columns to group by. */
  by: readonly string[];
  /** Null leaves them to the project. */
  columns: readonly Placed[] | null;
  mode: Mode;
}

export const DEFAULT_SORT: TaskSort = { field: "started", metric: null, parameter: null, descending: true };

/** `-started`, `name`, `-metric:last~loss~train`, `param:General/lr`; a leading minus descends; several in order. */
export const SORT: Param<readonly TaskSort[]> = {
  key: "sort",
  parse(raw) {
    const sorts = raw.map(parseSort).filter((sort) => sort !== null);
    return sorts.length > 0 ? sorts : [DEFAULT_SORT];
  },
  format(sorts) {
    const texts = sorts.map((sort) => (sort.descending ? "-" : "") + columnId(sortedColumn(sort)));
    return texts.length === 1 && texts[0] === "-started" ? [] : texts;
  },
};

function parseSort(raw: string): TaskSort | null {
  const descending = raw.startsWith("-");
  const column = parseColumn(descending ? raw.slice(1) : raw);
  return column && sortBy(column, descending);
}

/** What tasks can be grouped by, beside parameters. */
export const GROUP_FIELDS = ["status", "user", "host", "project", "type", "name", "tags"] as const;
const MOST_GROUPED = 4;

const BY: Param<readonly string[]> = {
  key: "by",
  parse: (raw) => [...new Set(raw)].filter((id) => groupKey(id) !== null).slice(0, MOST_GROUPED),
  format: (ids) => [...ids],
};

export function groupKey(id: string): GroupKey | null {
  const column = parseColumn(id);
  if (column?.kind === "parameter") return { field: "status", parameter: column.name };
  if (column?.kind !== "field") return null;
  if (column.field === "tags") return { field: "tag", parameter: null };
  const field = GROUP_FIELDS.find((known) => known === column.field);
  return field && field !== "tags" ? { field, parameter: null } : null;
}

export const VIEW_PARAMS: { [K in keyof TaskView]: Param<TaskView[K]> } = {
  project: param.text("project"),
  search: param.text("q"),
  regex: param.flag("regex"),
  status: param.list("status"),
  where: param.text("where"),
  only: COLUMN_FILTERS,
  archived: param.choice("archived", ["no", "all", "only"] as const, "no"),
  sort: SORT,
  by: BY,
  columns: COLUMNS,
  mode: param.choice("mode", ["table", "charts"] as const, "table"),
};

export function readView(search: string): TaskView {
  return {
    project: readParam(search, VIEW_PARAMS.project),
    search: readParam(search, VIEW_PARAMS.search),
    regex: readParam(search, VIEW_PARAMS.regex),
    status: readParam(search, VIEW_PARAMS.status),
    where: readParam(search, VIEW_PARAMS.where),
    only: readParam(search, VIEW_PARAMS.only),
    archived: readParam(search, VIEW_PARAMS.archived),
    sort: readParam(search, VIEW_PARAMS.sort),
    by: readParam(search, VIEW_PARAMS.by),
    columns: columnsOf(search),
    mode: readParam(search, VIEW_PARAMS.mode),
  };
}

export function withView(search: string, change: Partial<TaskView>): string {
  let next = search;
  for (const key of Object.keys(change) as (keyof TaskView)[])
    next = withParam(next, VIEW_PARAMS[key] as Param<unknown>, change[key]);
  // Once columns are placed, the older way to name metrics has said all it had to say.
  return "columns" in change ? withParam(next, param.list("metric"), []) : next;
}

export type SetTaskView = (change: Partial<TaskView>, how?: { push?: boolean }) => void;

/** The list beside an open task: the query string of the list, within that of the task. */
export const LIST = param.text("list");

/** The view that the address says, or the one of the list beside the open task, and how to change it in one step. */
export function useTaskView(beside = false): [TaskView, SetTaskView] {
  const whole = useSearch();
  const search = beside ? readParam(whole, LIST) : whole;
  const view = useMemo(() => readView(search), [search]);
  const set = useMemo<SetTaskView>(
    () => (change, how) => {
      const next = beside
        ? withParam(location.search, LIST, listOf(withView(readParam(location.search, LIST), change)))
        : withView(location.search, change);
      navigate(location.pathname + next + location.hash, { replace: !how?.push });
    },
    [beside],
  );
  return [view, set];
}

/** The address of a task, or of a tab, with the list of this page still beside it. */
export function besideList(to: string, list: string): string {
  const [path = "", search = ""] = to.split("?");
  return path + withParam(search, LIST, list);
}

/** A list must say that it is there even where it is the plain one. */
export function listOf(search: string): string {
  return search || "?";
}

/** Whether anything narrows the tasks of the project. */
export function isFiltered(view: TaskView): boolean {
  return view.search !== "" || view.status.length > 0 || view.where !== "" || view.only.length > 0 || view.archived === "only";
}

export const UNFILTERED: Partial<TaskView> = { search: "", regex: false, status: [], where: "", only: [], archived: "no" };

export function metricsOf(columns: readonly Placed[]): MetricRef[] {
  return columns.flatMap(({ key }) => (key.kind === "metric" ? [key.metric] : []));
}

export function parametersOf(columns: readonly Placed[]): string[] {
  return columns.flatMap(({ key }) => (key.kind === "parameter" ? [key.name] : []));
}

/** Which tasks the view is of, without order and columns. */
export function whichTasks(view: TaskView): TaskQuery {
  const only = view.only.map(filterText);
  return {
    project: view.project || null,
    recursive: true,
    status: [...view.status],
    search: view.regex ? "" : view.search,
    filter: view.where,
    filters: [...only, view.regex ? regexText(view.search) : ""].filter(Boolean),
    archived: view.archived === "all" ? null : view.archived === "only",
  };
}

/** The tasks of the view in its order, with its columns. */
export function taskQuery(view: TaskView, columns: readonly Placed[]): TaskQuery {
  const [sort = DEFAULT_SORT, ...then] = view.sort;
  return { ...whichTasks(view), sort, then, metrics: metricsOf(columns), parameters: parametersOf(columns) };
}

const LARGEST_FIRST: GroupSort = { by: "tasks", key: null, metric: 0, aggregate: "mean", descending: true };

/**
 * How the tasks of the view are grouped. Groups come in the order of the table's keys, as far as those say something of a
 * group: what it is grouped by, or the mean of a metric; where none does, the largest first.
 */
export function groupQuery(view: TaskView, columns: readonly Placed[]): Omit<GroupQuery, "tasks"> {
  const metrics = metricsOf(columns);
  const sorts = view.sort.flatMap((one): GroupSort[] => {
    const { descending } = one;
    const key = view.by.indexOf(columnId(sortedColumn(one)));
    if (key >= 0) return [{ ...LARGEST_FIRST, by: "values", key, descending }];
    if (!one.metric) return [];
    const wanted = columnId({ kind: "metric", metric: one.metric });
    let metric = metrics.findIndex((other) => columnId({ kind: "metric", metric: other }) === wanted);
    if (metric < 0) metric = metrics.push(one.metric) - 1; // it is sorted by out of sight
    return [{ ...LARGEST_FIRST, by: "metric", metric, descending }];
  });
  const [sort = LARGEST_FIRST, ...then] = sorts;
  return { by: view.by.map(groupKey).filter((one) => one !== null), metrics, sort, then };
}
