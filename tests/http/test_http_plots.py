"""Plots: listed, and each figure as it was reported."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient

from stripchart import records

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from tests.http.conftest import Recording

    Start = Callable[..., Recording]
    App = Callable[[], TestClient[Any]]


def plot(task: Recording, figure: Any, iteration: int | None = None, **names: str) -> None:
    now_us = time.time_ns() // 1000
    text = figure if isinstance(figure, str) else json.dumps(figure)
    names = {"title": "t", "series": "s"} | names
    task.writer.append(
        records.PlotReported(time_us=now_us, figure=text, iteration=iteration, **names)
    )


def figure(client: TestClient[Any], task: Recording, **params: Any) -> Any:
    asked = {"title": "t", "series": "s"} | params
    response = client.get(f"/api/v1/tasks/{task.id}/plot", params=asked)
    assert response.headers["content-type"] == "application/json"
    return response.json() if response.status_code == 200 else response.status_code


def test_plots_are_listed_and_read(record: Start, app_client: App) -> None:
    task = record()
    for iteration in (10, 0, 20):
        plot(task, {"data": [iteration]}, iteration)
    plot(task, {"data": ["again"]}, 10)
    plot(task, {"data": ["other"]}, title="<b>", series="")
    client = app_client()
    plots = client.get(f"/api/v1/tasks/{task.id}/plots").json()["plots"]
    assert [(p["title"], p["series"], p["rank"], p["iterations"]) for p in plots] == [
        ("<b>", "", 0, [None]),
        ("t", "s", 0, [0, 10, 20]),
    ]
    assert plots[1]["size_bytes"] == len(json.dumps({"data": [20]}))
    assert figure(client, task) == {"data": [20]}
    assert figure(client, task, iteration=10, rank=0) == {"data": ["again"]}
    assert figure(client, task, title="<b>", series="") == {"data": ["other"]}
    assert figure(client, task, iteration=11) == 404
    assert figure(client, task, rank=1) == 404
    assert figure(client, task, title="none") == 404


def test_a_figure_without_iteration_is_what_no_iteration_asks_for(
    record: Start, app_client: App
) -> None:
    task = record()
    plot(task, {"data": [5]}, 5)
    plot(task, {"data": []})
    client = app_client()
    assert figure(client, task) == {"data": []}
    assert figure(client, task, iteration=5) == {"data": [5]}


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_a_big_figure_comes_as_it_was_reported(
    encoding: str, record: Start, app_client: App
) -> None:
    task = record()
    text = json.dumps({"data": [{"y": [i / 7 for i in range(200_000)], "name": "größe"}]})
    plot(task, text)
    task.end()
    client = app_client()
    response = client.get(
        f"/api/v1/tasks/{task.id}/plot",
        params={"title": "t", "series": "s"},
        headers={"accept-encoding": encoding},
    )
    assert response.headers.get("content-encoding", "identity") == encoding
    body = response.content
    if body.startswith(
        b"\x28\xb5\x2f\xfd"
    ):  # httpx unpacks zstd only where another package is installed
        body = zstd.decompress(body)
    assert body.decode() == text
