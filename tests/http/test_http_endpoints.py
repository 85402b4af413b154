"""Every endpoint, in process: what it answers, and one shape for every error."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from litestar.testing import TestClient

from stripchart import records
from stripchart.server import schema
from stripchart.server.arrow import MEDIA_TYPE, decode_reads
from stripchart.server.openapi import document

if TYPE_CHECKING:
    from tests.http.conftest import Recording

    Start = Callable[..., Recording]
    App = Callable[[], TestClient[Any]]

UGLY = [
    "<script>alert(1)</script>",
    "__proto__",
    "🦜 emoji \u200d",
    "\u202eright to left\u202c",
    "x" * 4096,
    "control \x00\x1b[31m\n\t",
    "",
    " / . .. %2f ?#",
    "ÄÖ Ａ \ud7ff",
]


def get(client: TestClient[Any], path: str, kind: type[Any], **params: Any) -> Any:
    response = client.get(f"/api/v1{path}", params=params)
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=kind)


def post(client: TestClient[Any], path: str, body: schema.Body) -> Any:
    return client.post(
        f"/api/v1{path}",
        content=msgspec.json.encode(body),
        headers={"content-type": "application/json"},
    )


def list_series(client: TestClient[Any], tasks: list[str], **asked: Any) -> list[Any]:
    response = post(client, "/series/list", schema.SeriesListRequest(tasks=tasks, **asked))
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=schema.SeriesOfTasks).tasks


def test_series_of_many_tasks_are_those_of_each(record: Start, app_client: App) -> None:
    tasks = [record() for _ in range(4)]
    for number, task in enumerate(tasks[:3]):
        task.scalars("loss", "train", [3.0 * number, math.nan, 1.0])
        task.scalars("loss", f"only {number}", [1.0])
        task.writer.scalar("Summary", "best", 1.0, 0, records.SINGLE_VALUE)
        task.end()
    tasks[3].end()
    client = app_client()
    ids = [task.id for task in reversed(tasks)]

    for asked in (
        {},
        {"search": "LOSS"},
        {"search": "only 1"},
        {"offset": 1, "limit": 1},
        {"offset": 9},
    ):
        found = list_series(client, [*ids, ids[0]], **asked)
        assert [one.task for one in found] == ids
        for one in found:
            alone = get(client, f"/tasks/{one.task}/series", schema.SeriesList, **asked)
            assert (one.series, one.total, one.offset) == (alone.series, alone.total, alone.offset)
            assert one.code == one.message == ""
    assert [one.total for one in list_series(client, ids)] == [0, 2, 2, 2]
    assert list_series(client, []) == []


def test_a_task_that_is_not_there_leaves_the_others_their_series(
    record: Start, app_client: App
) -> None:
    tasks = [record() for _ in range(3)]
    for task in tasks:
        task.scalars("loss", "train", [1.0])
        task.end()
    client = app_client()
    selection = schema.TaskSelection(ids=[tasks[1].id])
    assert post(client, "/tasks/delete", schema.TaskDelete(select=selection)).status_code == 200

    unknown = ["e" * 32, "", "..", "/", "\0", "x" * 5000, "ÄÖ"]
    found = list_series(client, [tasks[2].id, *unknown, tasks[1].id, tasks[0].id])
    assert [one.code for one in found] == ["", *["not_found"] * len(unknown), "gone", ""]
    assert [one.total for one in found if not one.code] == [1, 1]
    assert all(one.message and not one.series for one in found if one.code)


def test_series_of_many_tasks_are_bounded(record: Start, app_client: App) -> None:
    tasks = [record() for _ in range(4)]
    for task, count in zip(tasks, (3000, 2000, 1, 1), strict=True):
        for number in range(count):
            task.writer.scalar("loss", f"s{number}", float(number), 0)
        task.end()
    client, ids = app_client(), [task.id for task in tasks]

    assert [len(one.series) for one in list_series(client, ids)] == [3000, 2000]
    assert [one.task for one in list_series(client, [ids[0], "e" * 32, *ids[2:]])] == [
        ids[0], "e" * 32, *ids[2:],
    ]  # fmt: skip
    assert [one.task for one in list_series(client, ids, limit=2000)] == ids
    for body in (
        schema.SeriesListRequest(tasks=[f"{i:032x}" for i in range(1001)]),
        schema.SeriesListRequest(tasks=ids, limit=5001),
        schema.SeriesListRequest(tasks=ids, offset=-1),
    ):
        check_error(post(client, "/series/list", body), 400, "bad_request")


def test_series_come_in_pages(record: Start, app_client: App) -> None:
    task = record()
    for number in range(7):
        task.writer.scalar("loss", f"s{number}", float(number), 0)
    task.end()
    client, path = app_client(), f"/tasks/{task.id}/series"

    page = get(client, path, schema.SeriesList, offset=2, limit=3)
    assert [s.series for s in page.series] == ["s2", "s3", "s4"]
    assert (page.total, page.offset) == (7, 2)
    found = get(client, path, schema.SeriesList, search="S6")
    assert ([s.series for s in found.series], found.total) == (["s6"], 1)
    for params in ({"offset": -1}, {"limit": -1}, {"limit": 5001}, {"offset": 1 << 63}):
        check_error(client.get(f"/api/v1{path}", params=params), 400, "bad_request")


def test_a_task_from_every_side(record: Start, app_client: App) -> None:
    task = record(name="first", project="a/b")
    task.scalars("loss", "train", [3.0, 1.0, 2.0])
    task.writer.scalar("accuracy", "best", 0.75, 0, records.SINGLE_VALUE)
    task.text("hello\nworld\n")
    task.writer.append(records.ParametersSet(time_us=1, values={"General/lr": "0.1"}))
    task.end()
    client = app_client()

    assert get(client, "/server", schema.ServerInfo).home
    [project] = get(client, "/projects", schema.ProjectList).projects
    assert (project.name, project.tasks, project.by_status) == ("a/b", 1, {"completed": 1})
    query = schema.TaskQuery(
        project="a", metrics=[schema.MetricRef(title="loss", series="train", stat="min")]
    )
    page = msgspec.json.decode(post(client, "/tasks/query", query).content, type=schema.TaskPage)
    assert [(t.id, t.name, t.metrics, t.iteration) for t in page.tasks] == [
        (task.id, "first", [1.0], 2)
    ]
    detail = get(client, f"/tasks/{task.id}", schema.TaskDetail)
    assert [(p.name, p.value) for p in detail.parameters] == [("General/lr", "0.1")]
    assert detail.task.status == "completed"
    [loss] = get(client, f"/tasks/{task.id}/series", schema.SeriesList).series
    assert (loss.first.value, loss.last.value, loss.minimum.iteration, loss.mean) == (
        3.0,
        2.0,
        1,
        2.0,
    )
    [value] = get(client, f"/tasks/{task.id}/values", schema.SingleValueList).values
    assert (value.name, value.value) == ("best", 0.75)
    console = get(client, f"/tasks/{task.id}/console", schema.ConsolePage, pattern="wor")
    assert [(line.number, line.text) for line in console.lines] == [(1, "world")]
    assert console.lines[0].found == [(0, 3)]
    before = get(client, f"/tasks/{task.id}/console", schema.ConsolePage, from_line=1, offset=-1)
    assert (before.offset, before.lines[0].number, before.lines[0].found) == (0, 0, [])


def test_points_come_as_an_arrow_stream(record: Start, app_client: App) -> None:
    task = record()
    task.scalars("loss", "train", [3.0, 1.0, 2.0], first=10)
    reads = [schema.SeriesRead(task=task.id, title="loss", series="train")]
    response = post(app_client(), "/series/read", schema.SeriesReadRequest(reads=reads))
    assert response.headers["content-type"] == MEDIA_TYPE
    columns, [result] = decode_reads(response.content)
    assert columns["iteration"].tolist() == [10, 11, 12]
    assert columns["value"].tolist() == [3.0, 1.0, 2.0]
    assert (result.exact, result.rows, result.reset) == (True, 3, True)


@pytest.mark.parametrize("title", UGLY, ids=range(len(UGLY)))
def test_ugly_names_come_back_as_they_were(title: str, record: Start, app_client: App) -> None:
    task = record(name=title, project=title)
    task.scalars(title, title, [1.0])
    task.text(f"{title}\n")
    client = app_client()
    detail = get(client, f"/tasks/{task.id}", schema.TaskDetail)
    assert (detail.task.name, detail.task.project) == (title, title)
    [summary] = get(client, f"/tasks/{task.id}/series", schema.SeriesList).series
    assert (summary.title, summary.series) == (title, title)
    reads = [schema.SeriesRead(task=task.id, title=title, series=title)]
    _, [result] = decode_reads(
        post(client, "/series/read", schema.SeriesReadRequest(reads=reads)).content
    )
    assert result.rows == 1


def test_what_json_has_no_number_for(record: Start, app_client: App) -> None:
    task = record()
    for i, (value, flags) in enumerate(
        [
            (math.nan, records.NAN),
            (math.inf, records.POSITIVE_INF),
            (0.0, records.NAN | records.REPLACED),
        ]
    ):
        task.writer.scalar("loss", "train", value, i, flags)
    task.writer.scalar(
        "Summary", "worst", -math.inf, 0, records.SINGLE_VALUE | records.NEGATIVE_INF
    )
    task.writer.scalar("ends", "low", 1.0, -(2**63))
    task.writer.scalar("ends", "low", 2.0, 2**63 - 1)
    client = app_client()
    ends, loss = get(client, f"/tasks/{task.id}/series", schema.SeriesList).series
    assert (ends.low, ends.high) == (-(2**63), 2**63 - 1)
    assert (ends.first.iteration, ends.last.iteration) == (-(2**63), 2**63 - 1)
    assert (loss.non_finite, loss.count) == (3, 3)
    [value] = get(client, f"/tasks/{task.id}/values", schema.SingleValueList).values
    assert (value.value, value.flags & records.NEGATIVE_INF) == (None, records.NEGATIVE_INF)
    request = schema.SeriesReadRequest(
        reads=[schema.SeriesRead(task=task.id, title="ends", series="low")],
        low=-(2**63),
        high=2**63 - 1,
    )
    columns, _ = decode_reads(post(client, "/series/read", request).content)
    assert columns["iteration"].tolist() == [-(2**63), 2**63 - 1]


def test_a_wrong_pattern_is_the_askers_error(record: Start, app_client: App) -> None:
    task = record()
    task.text("hello\n")
    response = app_client().get(f"/api/v1/tasks/{task.id}/console", params={"pattern": "(["})
    check_error(response, 400, "bad_request")
    assert "([" in response.json()["error"]["detail"]["pattern"]


def check_error(response: Any, status: int, code: str | None = None) -> None:
    assert response.status_code == status, response.text
    body = msgspec.json.decode(response.content, type=schema.ErrorBody, strict=True)
    assert set(response.json()) == {"error"}
    assert body.error.message
    assert "Traceback" not in response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    if code is not None:
        assert body.error.code == code


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    from stripchart.server.app import build_app

    paths = document(build_app(None))["paths"]
    return [(m.upper(), p, op) for p, ops in sorted(paths.items()) for m, op in ops.items()]


@pytest.mark.parametrize(("method", "path", "operation"), operations(), ids=lambda v: str(v)[:40])
def test_every_endpoint_has_one_error_shape(
    method: str, path: str, operation: dict[str, Any], app_client: App
) -> None:
    client = app_client()
    assert operation["operationId"]
    assert operation["description"]
    check_error(client.request("PATCH", path), 405, "method_not_allowed")
    required = {
        parameter["name"]: "x"
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and parameter["required"]
    }
    if "{task_id}" in path:
        for strange, code in (("f" * 32, "not_found"), ("..%2f..", None)):
            unknown = path.replace("{task_id}", strange)
            check_error(client.request(method, unknown, params=required), 404, code)
    if "requestBody" in operation:
        json = {"content-type": "application/json"}
        for body in (
            b"",
            b"{",
            b"[]",
            b'{"limit": "x", "reads": 7}',
            b"\xff",
            b'{"reads": [{}], "sort": 1}',
        ):
            sent = client.request(method, path, content=body, headers=json, params=required)
            check_error(sent, 400)
        large = b"x" * (9 << 20)
        sent = client.request(method, path, content=large, headers=json, params=required)
        check_error(sent, 413)
    for stranger in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
        check_error(client.request(method, path, headers=stranger), 403, "forbidden")


@pytest.mark.parametrize(
    ("params", "field"),
    [({"limit": "x"}, "limit"), ({"offset": "1.5"}, "offset"), ({"rank": "a"}, "rank")],
)
def test_wrong_parameters_are_named(
    params: dict[str, str], field: str, record: Start, app_client: App
) -> None:
    task = record()
    response = app_client().get(f"/api/v1/tasks/{task.id}/console", params=params)
    check_error(response, 400, "invalid")
    assert field in response.text


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v2/projects", "/api/v1/nothing/here"]
)
def test_what_is_no_endpoint(method: str, path: str, app_client: App) -> None:
    check_error(app_client().request(method, path), 404, "not_found")


@pytest.mark.parametrize(("method", "path", "operation"), operations(), ids=lambda v: str(v)[:40])
def test_every_endpoint_is_in_the_reference(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    page = (Path(__file__).parents[2] / "docs/reference/http-api.md").read_text()
    assert f"\n## {method} {path}\n" in page
    for parameter in operation.get("parameters", []):
        section = page.split(f"\n## {method} {path}\n")[1].split("\n## ")[0]
        if parameter["in"] == "query":
            assert parameter["name"] in section


def test_our_own_failures_show_nothing_of_us(record: Start, app_client: App) -> None:
    task = record()
    client = app_client()
    client.app.state.running.home.events.close()
    check_error(client.get(f"/api/v1/tasks/{task.id}/series"), 500, "internal")


def test_the_document_names_every_body(app_client: App) -> None:
    served = app_client().get("/api/v1/openapi.json").json()
    bodies = {b.__name__ for b in schema.Body.__subclasses__()}
    assert bodies <= set(served["components"]["schemas"])
    text = msgspec.json.encode(served).decode()
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in served["components"]["schemas"]


def test_large_answers_are_compressed_for_who_can_read_them(record: Start, app_client: App) -> None:
    task = record()
    task.text("the same line again\n" * 500)
    client = app_client()
    path = f"/api/v1/tasks/{task.id}/console"
    plain = client.get(path, headers={"accept-encoding": "identity"})
    for encoding in ("gzip", "zstd"):
        packed = client.get(path, headers={"accept-encoding": encoding})
        assert packed.headers["content-encoding"] == encoding
        assert int(packed.headers["content-length"]) < len(plain.content) / 4
        if encoding == "gzip":
            assert packed.content == plain.content
    small = client.get("/api/v1/projects", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in small.headers
