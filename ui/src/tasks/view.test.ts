import { describe, expect, test } from "vitest";

import type { TaskSort } from "../api/types";
import { withParam } from "../state/address";
import { clicked, columnId, parseColumn, type ColumnKey } from "./column";
import { COLUMN_FILTERS, filterText, regexText, type ColumnFilter } from "./columnFilter";
import { columnsOf, COLUMNS, DEFAULT_COLUMNS, movedColumn, resizedColumn, withColumn, withoutColumn } from "./layout";
import { DEFAULT_SORT, groupQuery, LIST, readView, taskQuery, withView } from "./view";

const UGLY = ["", " ", "a&b=c#d?e", "ü🙂 שלום", "a/b", "~!0!1~", "%20+", "a\tb", "240|x", "-name", "x".repeat(4096)];
const loss: ColumnKey = { kind: "metric", metric: { stat: "min", title: "loss", series: "-x" } };
const field = (name: "name" | "tags" | "started"): ColumnKey => ({ kind: "field", field: name });

describe("columns", () => {
  test("any column comes back from its id", () => {
    const ugly = UGLY.flatMap((name): ColumnKey[] => [
      { kind: "parameter", name },
      { kind: "metric", metric: { stat: "max_iteration", title: name, series: name } },
    ]);
    for (const key of [field("name"), loss, ...ugly]) expect(parseColumn(columnId(key))).toEqual(key);
    expect(parseColumn("nonsense")).toBeNull();
    expect(parseColumn("metric:best~a~b")).toBeNull();
  });

  test("come back from the address with their widths, each once", () => {
    const columns = resizedColumn(withColumn(DEFAULT_COLUMNS, { kind: "parameter", name: "240|x" }), "name", 321.4);
    const search = withParam("", COLUMNS, columns);
    expect(columnsOf(search)).toEqual(columns);
    expect(columnsOf("?col=name&col=nonsense&col=name")).toEqual([{ key: field("name"), widthPx: null }]);
    expect(columnsOf("")).toBeNull();
  });

  test("a link from before columns could be placed adds its metrics", () => {
    const ids = columnsOf("?metric=last~loss~train")?.map(({ key }) => columnId(key));
    expect(ids?.slice(0, 5)).toEqual(["status", "name", "project", "tags", "metric:last~loss~train"]);
    expect(withView("?metric=last~loss~train", { columns: DEFAULT_COLUMNS })).not.toContain("metric");
  });

  test("are moved, hidden and sized within bounds", () => {
    expect(movedColumn(DEFAULT_COLUMNS, "status", 99).at(-1)?.key).toEqual({ kind: "field", field: "status" });
    expect(movedColumn(DEFAULT_COLUMNS, "nothing", 0)).toBe(DEFAULT_COLUMNS);
    expect(withoutColumn(DEFAULT_COLUMNS.slice(0, 1), { kind: "field", field: "status" })).toHaveLength(1);
    expect(resizedColumn(DEFAULT_COLUMNS, "name", -5)[1]?.widthPx).toBe(36);
    const ids = withColumn(withColumn(DEFAULT_COLUMNS, loss), { kind: "parameter", name: "lr" }).map(({ key }) => columnId(key));
    expect(ids.slice(1, 4)).toEqual(["name", columnId(loss), "param:lr"]);
  });
});

describe("sorting by clicks", () => {
  const byName: TaskSort = { field: "name", metric: null, parameter: null, descending: false };

  test("a click sorts, the next turns it round; what cannot be sorted by changes nothing", () => {
    const once = clicked([DEFAULT_SORT], field("name"), false);
    expect(once).toEqual([byName]);
    expect(clicked(once, field("name"), false)).toEqual([{ ...byName, descending: true }]);
    expect(clicked(once, field("tags"), false)).toBe(once);
    expect(clicked(once, loss, false)).toEqual([{ field: "started", metric: loss.kind === "metric" && loss.metric, parameter: null, descending: true }]);
  });

  test("with Shift it becomes a further key, turns round, and goes", () => {
    const both = clicked([byName], loss, true);
    expect(both.map(({ metric }) => metric?.title)).toEqual([undefined, "loss"]);
    const turned = clicked(both, loss, true);
    expect(turned[1]?.descending).toBe(false);
    expect(clicked(turned, loss, true)).toEqual([byName]);
  });

  test("comes back from the address; a plain one leaves no trace", () => {
    const view = { sort: clicked([byName], loss, true) };
    expect(readView(withView("", view)).sort).toEqual(view.sort);
    expect(withView("", { sort: [DEFAULT_SORT] })).toBe("");
    expect(readView("?sort=-nonsense").sort).toEqual([DEFAULT_SORT]);
  });
});

describe("filters of columns", () => {
  const filters: ColumnFilter[] = [
    ...UGLY.map((pattern): ColumnFilter => ({ column: { kind: "parameter", name: pattern }, kind: "text", pattern })),
    { column: loss, kind: "range", low: "0.1", high: "" },
    { column: field("tags"), kind: "set", values: ["a", null, "=b", "-", ""] },
  ];

  test("come back from the address", () => {
    expect(COLUMN_FILTERS.parse(COLUMN_FILTERS.format(filters))).toEqual(filters);
    expect(COLUMN_FILTERS.parse(["nonsense\ttext\tx", "name", "name\tother\tx"])).toEqual([]);
  });

  test("in the language of filters, with names and values in quotes", () => {
    expect(filterText({ column: loss, kind: "range", low: "0.1", high: "2" })).toBe(
      'metric."loss"/"-x".min>="0.1" and metric."loss"/"-x".min<="2"',
    );
    expect(filterText({ column: { kind: "parameter", name: 'a "b" \\' }, kind: "text", pattern: "^x$" })).toBe('param."a \\"b\\" \\\\"~"^x$"');
    expect(filterText({ column: field("tags"), kind: "set", values: ["a,b", null] })).toBe('(tag=="a,b" or not tag:*)');
    expect(filterText({ column: field("tags"), kind: "set", values: [] })).toBe("");
    expect(regexText("a|b")).toBe('(name~"a|b" or project~"a|b" or tag~"a|b" or id~"a|b")');
  });
});

test("a view is a question", () => {
  const view = readView("?project=p&q=re.*&regex=1&where=tag:x&archived=only&only=name%09text%09z&sort=name&sort=-iteration");
  const query = taskQuery(view, withColumn(DEFAULT_COLUMNS, loss));
  expect(query).toMatchObject({ project: "p", search: "", filter: "tag:x", archived: true, sort: { field: "name" }, metrics: [{ title: "loss" }] });
  expect(query.filters).toEqual(['name~"z"', regexText("re.*")]);
  expect(query.then).toMatchObject([{ field: "iteration", descending: true }]);
  expect(taskQuery(readView("?archived=all"), []).archived).toBeNull();
});

test("a list beside a task is a view within the address of the task", () => {
  const list = withView("?project=a%26b", { search: "x y" });
  const whole = withParam("?smooth=ema", LIST, list);
  expect(readView(LIST.parse(new URLSearchParams(whole).getAll("list")))).toMatchObject({ project: "a&b", search: "x y" });
});

describe("groups", () => {
  test("come in the order of every key that says something of a group", () => {
    const query = groupQuery(readView("?by=param:lr&by=status&sort=-started&sort=status&sort=-metric:min~loss~-x&sort=param:lr"), DEFAULT_COLUMNS);
    expect(query.by).toEqual([{ field: "status", parameter: "lr" }, { field: "status", parameter: null }]);
    expect(query.metrics).toEqual([{ stat: "min", title: "loss", series: "-x" }]);
    const sorts = [query.sort, ...(query.then ?? [])].map((sort) => [sort?.by, sort?.key, sort?.metric, sort?.descending]);
    expect(sorts).toEqual([["values", 1, 0, false], ["metric", null, 0, true], ["values", 0, 0, false]]);
  });

  test("come the largest first where no key says anything of them", () => {
    expect(groupQuery(readView("?by=status&sort=name"), DEFAULT_COLUMNS)).toMatchObject({ sort: { by: "tasks", descending: true }, then: [] });
  });
});
