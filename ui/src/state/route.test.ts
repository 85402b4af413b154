import { expect, test } from "vitest";

import { routeOf } from "./route";

test("each page has one path", () => {
  expect(routeOf("/")).toEqual({ page: "projects" });
  expect(routeOf("/tasks")).toEqual({ page: "tasks" });
  expect(routeOf("/task/ab")).toEqual({ page: "task", id: "ab", tab: "overview" });
  expect(routeOf("/task/a%2Fb/plots")).toEqual({ page: "task", id: "a/b", tab: "plots" });
  expect(routeOf("/task/%zz/")).toEqual({ page: "task", id: "%zz", tab: "overview" });
});

test("settings, and comparing with its tabs", () => {
  expect(routeOf("/settings")).toEqual({ page: "settings" });
  expect(routeOf("/compare")).toEqual({ page: "compare", tab: "" });
  expect(routeOf("/compare/scalars")).toEqual({ page: "compare", tab: "scalars" });
  expect(routeOf("/compare/scalars/more")).toEqual({ page: "none" });
});

test("the plural leads to the task, with its tab", () => {
  expect(routeOf("/tasks/ab")).toEqual({ page: "elsewhere", to: "/task/ab" });
  expect(routeOf("/tasks/a%2Fb/plots")).toEqual({ page: "elsewhere", to: "/task/a%2Fb/plots" });
});

test("any other path is no page", () => {
  for (const path of ["/nothing", "/task", "/task/ab/nothing", "/tasks/ab/nothing", "/task/ab/plots/more", "/projects/x", "/nothing/ab/plots"])
    expect(routeOf(path)).toEqual({ page: "none" });
});
