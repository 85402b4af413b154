"""Find, group and export tasks over HTTP; saved views and layouts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from litestar.testing import TestClient

from stripchart import records, settings
from stripchart.server import schema
from stripchart.server.reindexing import reindex_home

Client = TestClient[Any]
Start = Callable[..., Any]
App = Callable[[], Client]


@pytest.fixture
def five(record: Start) -> list[str]:
    """Record five tasks: learning rates 1, 0.1 … and losses that fall with the number."""
    tasks = []
    for i in range(5):
        task = record(name=f"run {i}", project="a/b" if i % 2 else "a")
        values = {"General/lr": str(10.0**-i), "General/opt": "Adam" if i % 2 else "sgd"}
        if i == 4:
            del values["General/opt"]
        now_us = task.writer.identity.started_us
        task.writer.append(records.ParametersSet(time_us=now_us, values=values))
        task.writer.append(records.TaskDescribed(time_us=now_us, tags=["t", f'q"{i % 2}']))
        task.scalars("train/loss", "x", [9, 5 - i, 7])
        task.end("failed" if i == 0 else "completed")
        tasks.append(task.id)
    return tasks


def page(client: Client, **query: Any) -> schema.TaskPage:
    answer = client.post("/api/v1/tasks/query", json=query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=schema.TaskPage)


def groups(client: Client, **query: Any) -> schema.GroupPage:
    answer = client.post("/api/v1/tasks/groups", json=query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=schema.GroupPage)


LOSS = {"title": "train/loss", "series": "x"}


def test_columns_sorts_and_filters(five: list[str], app_client: App) -> None:
    client = app_client()
    found = page(
        client,
        filter="param.lr<1 metric.train/loss.min<=4",
        filters=["status:completed", "", "not name:\"run 3\""],
        sort={"parameter": "General/opt", "descending": False},
        then=[{"metric": {**LOSS, "stat": "min"}, "descending": True}],
        metrics=[{**LOSS, "stat": "min"}, {**LOSS, "stat": "min_iteration"}],
        parameters=["General/opt", "General/lr", "none/such"],
    )  # fmt: skip
    assert [(t.name, t.metrics, t.parameters[0]) for t in found.tasks] == [
        ("run 1", [4, 1], "Adam"), ("run 2", [3, 1], "sgd"), ("run 4", [1, 1], None),
    ]  # fmt: skip
    by_lr = page(client, sort={"parameter": "General/lr", "descending": True}, limit=2, offset=1)
    assert ([t.name for t in by_lr.tasks], by_lr.total) == (["run 1", "run 2"], 5)


def test_groups_and_what_is_in_them(five: list[str], app_client: App) -> None:
    client = app_client()
    by = [{"parameter": "General/opt"}, {"field": "project"}]
    found = groups(
        client, by=by, tasks={"filters": ["metric.train/loss:*"]}, metrics=[{**LOSS, "stat": "min"}]
    )
    assert found.total == 3
    assert {(*g.values, g.tasks) for g in found.groups} == {
        ("Adam", "a/b", 2), ("sgd", "a", 2), (None, "a", 1),
    }  # fmt: skip
    adam = next(g for g in found.groups if g.values[0] == "Adam")
    assert msgspec.to_builtins(adam.metrics[0]) == {
        "count": 2, "mean": 3.0, "min": 2.0, "max": 4.0, "std": pytest.approx(2**0.5),
    }  # fmt: skip
    alone = next(g for g in found.groups if g.values[0] is None)
    assert alone.metrics[0].std is None
    for key in (*by, {"field": "tag"}, {"field": "status"}, {"field": "host"}, {"field": "user"}):
        every = groups(client, by=[key], tasks={}).groups
        for group in every:
            assert page(client, filters=[group.filter]).total == group.tasks, group.filter
    order = groups(
        client, by=[{"field": "name"}], tasks={}, metrics=[{**LOSS, "stat": "min"}],
        sort={"by": "metric", "aggregate": "max"}, limit=2, offset=1,
    )  # fmt: skip
    assert ([g.values for g in order.groups], order.total) == ([["run 1"], ["run 2"]], 5)
    assert groups(client, by=by, tasks={}, offset=100).total == 3


def test_groups_come_in_the_order_of_every_key(
    five: list[str], record: Start, app_client: App
) -> None:
    for rate in ("9", "10", "2e1", "warm"):
        task = record(project="rates")
        values = {"General/rate": rate}
        task.writer.append(
            records.ParametersSet(time_us=task.writer.identity.started_us, values=values)
        )
        task.end()
    client = app_client()

    def order(*sorts: dict[str, Any], by: list[dict[str, str]]) -> list[Any]:
        first, *then = sorts
        tasks = {"project": "a" if by[0] == opt else "rates"}
        metrics = [{**LOSS, "stat": "min"}]
        found = groups(client, by=by, tasks=tasks, metrics=metrics, sort=first, then=then)
        return [group.values for group in found.groups]

    opt, project = {"parameter": "General/opt"}, {"field": "project"}
    by_opt = {"by": "values", "key": 0, "descending": False}
    rising = {"by": "metric", "descending": False}
    assert order(by_opt, {**rising, "descending": True}, by=[opt, {"field": "name"}]) == [
        ["Adam", "run 1"], ["Adam", "run 3"], ["sgd", "run 0"], ["sgd", "run 2"], [None, "run 4"],
    ]  # fmt: skip
    assert order(by_opt, rising, by=[opt, {"field": "name"}]) == [
        ["Adam", "run 3"], ["Adam", "run 1"], ["sgd", "run 2"], ["sgd", "run 0"], [None, "run 4"],
    ]  # fmt: skip
    by_size = {"by": "tasks", "descending": True}
    backwards = {"by": "values", "key": 1, "descending": True}
    assert order(by_size, backwards, by=[opt, project]) == [
        ["Adam", "a/b"],
        ["sgd", "a"],
        [None, "a"],
    ]
    by_rate = [{"parameter": "General/rate"}]
    for descending, found in (
        (False, ["9", "10", "2e1", "warm"]),
        (True, ["2e1", "10", "9", "warm"]),
    ):
        assert order({"by": "values", "descending": descending}, by=by_rate) == [[r] for r in found]


@pytest.mark.parametrize(
    "query",
    [
        {"by": [], "tasks": {}}, {"by": [{"field": "tag"}] * 5, "tasks": {}},
        {"by": [{"field": "tag"}], "tasks": {"filter": "("}}, {"by": [{"field": "tag"}], "tasks": {}, "limit": 10**6},
        {"by": [{"field": "tag"}], "tasks": {}, "sort": {"by": "metric"}}, {"by": [{"field": "x"}], "tasks": {}},
        {"by": [{"field": "tag"}], "tasks": {}, "then": [{"by": "values", "key": 1}]},
        {"by": [{"field": "tag"}], "tasks": {}, "then": [{}] * 8},
    ],
)  # fmt: skip
def test_a_grouping_that_makes_no_sense(query: dict[str, Any], app_client: App) -> None:
    assert app_client().post("/api/v1/tasks/groups", json=query).status_code == 400


@pytest.mark.parametrize(
    ("text", "position"),
    [("status:runing", 7), ('resnet name~"(?=a)"', 12), ("name~[", 5), ("foo:1", 0)],
)
def test_a_wrong_filter_is_refused_with_its_place(
    text: str, position: int, app_client: App
) -> None:
    client = app_client()
    for query in ({"filter": text}, {"filters": ["", text]}):
        answer = client.post("/api/v1/tasks/query", json=query)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (400, "bad_filter")
        assert (error["detail"]["filter"], error["detail"]["position"]) == (text, position)
        assert error["detail"]["expected"]


def test_which_columns_there_are(five: list[str], app_client: App) -> None:
    client = app_client()

    def names(kind: str, **params: Any) -> list[tuple[str, int]]:
        answer = client.get("/api/v1/columns", params={"kind": kind, **params}).json()
        return [(c["name"], c["tasks"]) for c in answer["columns"]]

    assert names("metric") == [("train/loss", 5)]
    assert names("metric", search="LOSS/X", project="a/b") == [("train/loss", 2)]
    assert names("parameter") == [("General/lr", 5), ("General/opt", 4)]
    assert names("parameter", limit=1, offset=1) == [("General/opt", 4)]
    assert names("tag") == [('q"0', 3), ('q"1', 2), ("t", 5)]
    assert names("status") == [("completed", 4), ("failed", 1)]
    assert names("project") == [("a", 3), ("a/b", 2)]
    assert names("user") == []
    assert client.get("/api/v1/columns", params={"kind": "nothing"}).status_code == 400


def test_which_columns_the_tasks_of_a_query_have(
    five: list[str], record: Start, app_client: App
) -> None:
    other = record(name="other", project="elsewhere")
    other.scalars("accuracy", "x", [1])
    other.scalars(":monitor:machine", "cpu_usage", [1])
    for value, flags in ((0.0, records.NAN | records.REPLACED), (0.5, 0)):
        single = flags | records.SINGLE_VALUE
        other.writer.scalar(records.SINGLE_VALUE_TITLE, "best", value, 0, single)
    other.end()
    client = app_client()

    def found(**query: Any) -> list[tuple[str, int, bool]]:
        answer = client.post("/api/v1/tasks/columns", json=query)
        assert answer.status_code == 200, answer.text
        columns = msgspec.json.decode(answer.content, type=schema.ColumnList).columns
        return [(f"{c.name}/{c.series}", c.tasks, c.single) for c in columns]

    named = {"filter": "id:" + ",".join(f'"{task}"' for task in (five[0], five[3], other.id))}
    assert found(kind="metric", tasks=named) == [
        ("accuracy/x", 1, False), ("Summary/best", 1, True), ("train/loss/x", 2, False),
        (":monitor:machine/cpu_usage", 1, False),
    ]  # fmt: skip
    assert found(kind="metric", tasks=named, sort="tasks", limit=2) == [
        ("train/loss/x", 2, False), ("accuracy/x", 1, False),
    ]  # fmt: skip
    assert found(kind="metric", tasks=named, search="BEST") == [("Summary/best", 1, True)]
    assert found(kind="parameter", tasks=named) == [
        ("General/lr/", 2, False),
        ("General/opt/", 2, False),
    ]
    assert found(kind="tag", tasks=named, sort="tasks")[0] == ("t/", 3, False)
    best = {"title": "Summary", "series": "best"}
    columns = [best, {**best, "stat": "non_finite"}]
    [row] = page(client, filter='metric."Summary"/best.non_finite>0', metrics=columns).tasks
    assert (row.id, row.metrics) == (other.id, [0.5, 1])
    refused = client.post(
        "/api/v1/tasks/columns", json={"kind": "metric", "tasks": {"filter": "("}}
    )
    assert refused.json()["error"]["code"] == "bad_filter"


def test_the_table_as_a_file(five: list[str], app_client: App, tmp_path: Path) -> None:
    client = app_client()
    query = {
        "filter": "param.lr<1", "sort": {"field": "name", "descending": False}, "limit": 1,
        "metrics": [LOSS, {**LOSS, "stat": "min_iteration"}, LOSS], "parameters": ["General/opt", "id", "none"],
    }  # fmt: skip
    answer = client.post("/api/v1/tasks/export", json={"query": query, "format": "csv"})
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [r["id"] for r in rows] == five[1:]
    assert rows[0]["train/loss/x.last"] == "7.0"
    assert rows[0]["train/loss/x.last (2)"] == "7.0"
    assert (rows[0]["General/opt"], rows[-1]["General/opt"], rows[0]["tags"]) == (
        "Adam",
        "",
        't,q"1',
    )
    file = tmp_path / "tasks.parquet"
    answer = client.post("/api/v1/tasks/export", json={"query": query, "format": "parquet"})
    file.write_bytes(answer.content)
    with duckdb.connect() as engine:
        got = engine.execute(
            'SELECT id, tags, epoch_us(started), "train/loss/x.last", "train/loss/x.min_iteration", "General/opt", '
            f"\"id (2)\" FROM '{file}'"
        ).fetchall()
    started = {t.id: t.started_us for t in page(client).tasks}
    assert got[0] == (five[1], ["t", 'q"1'], started[five[1]], 7.0, 1, "Adam", None)
    assert (len(got), got[-1][5]) == (4, None)
    assert client.post("/api/v1/tasks/export", json={"query": {"filter": "("}}).status_code == 400
    empty = client.post(
        "/api/v1/tasks/export", json={"query": {"search": "no"}, "format": "parquet"}
    )
    assert empty.content[:4] == b"PAR1"


def test_views_and_layouts_outlive_a_reindex(app_client: App, home: Path, record: Start) -> None:
    record().end()
    client = app_client()
    wish = {"name": " mine ", "address": "?q=a&sort=-x", "project": "a", "page": "tasks"}
    made = client.post("/api/v1/views", json=wish)
    assert made.status_code == 201
    view = made.json()
    assert view["name"] == "mine"
    client.put(
        "/api/v1/layouts",
        params={"key": "scalars"},
        json={"version": 2, "document": {"pinned": ["a"]}},
    )
    assert client.get("/api/v1/views", params={"project": "other"}).json()["views"] == []
    changed = client.put(
        f"/api/v1/views/{view['id']}", json={**wish, "project": "", "name": "all"}
    ).json()
    client.__exit__(None, None, None)
    reindex_home(settings.load(home=home))
    client = app_client()
    assert client.get("/api/v1/views", params={"project": "x", "page": "tasks"}).json()[
        "views"
    ] == [changed]
    params: dict[str, Any] = {"key": "scalars", "version": 2}
    assert client.get("/api/v1/layouts", params=params).json()["document"] == {"pinned": ["a"]}
    older = client.get("/api/v1/layouts", params={**params, "version": 1}).json()
    assert (older["document"], "version 2" in older["note"]) == (None, True)
    assert client.get("/api/v1/layouts", params={**params, "key": "none"}).json()["updated_us"] == 0
    large = {"version": 2, "document": "x" * (300 << 10)}
    assert client.put("/api/v1/layouts", params={"key": "scalars"}, json=large).status_code == 400
    assert client.delete(f"/api/v1/views/{view['id']}").status_code == 204
    for method in ("PUT", "DELETE"):
        assert client.request(method, f"/api/v1/views/{view['id']}", json=wish).status_code == 404
    assert client.post("/api/v1/views", json={**wish, "name": " "}).status_code == 400
