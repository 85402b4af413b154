"""Debug samples: listed in every state, and where the browser finds them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient

from stripchart import records

if TYPE_CHECKING:
    from tests.http.conftest import Recording

    Start = Callable[..., Recording]
    App = Callable[[], TestClient[Any]]


def now_us() -> int:
    return time.time_ns() // 1000


def reported(task: Recording, sample: str, iteration: int | None = None, **fields: Any) -> str:
    said: dict[str, Any] = {"title": "t", "series": "s", "media": "image"} | fields
    said.setdefault("path", f"spool/{sample}")
    task.writer.append(
        records.SampleReported(time_us=now_us(), sample=sample, iteration=iteration, **said)
    )
    return sample


def stored(task: Recording, sample: str, **fields: Any) -> None:
    said: dict[str, Any] = {"title": "t", "series": "s", "media": "image"} | fields
    task.writer.append(records.SampleStored(time_us=now_us(), sample=sample, **said))


def listed(client: TestClient[Any], task: Recording, **params: Any) -> Any:
    response = client.get(f"/api/v1/tasks/{task.id}/samples", params=params)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_sample_in_every_state(record: Start, app_client: App, home: Path) -> None:
    task = record()
    files = f"/files/{task.id}"
    reported(task, "raw", series="a", shape=[2, 2], dtype="uint8")
    reported(task, "encoded", series="b", extension="png")
    reported(task, "theirs", series="c", path="/data/x.png")
    reported(task, "kept", series="d")
    stored(task, "kept", series="d", url="media/a b#.png", thumbnail="media/t/1.webp", width=3,
           height=2, size_bytes=9)  # fmt: skip
    reported(task, "remote", series="e")
    stored(task, "remote", series="e", url="s3://bucket/x.png")
    reported(task, "broken", series="f")
    stored(task, "broken", series="f", error="no picture")
    reported(task, "linked", series="g", path="", url="https://example.com/x.png")
    reported(task, "evil", series="h", path="", url="javascript:alert(1)")
    reported(task, "in a store", series="i", path="", url="s3://bucket/theirs.png")
    stored(task, "in a store", series="i", url="s3://bucket/theirs.png")
    stored(task, "evil", series="h", url="javascript:alert(1)")
    found = {s["series"]: s for s in listed(app_client(), task)["samples"]}
    assert {name: (s["id"], s["state"], s["url"]) for name, s in found.items()} == {
        "a": ("raw", "pending", ""),
        "b": ("encoded", "pending", f"{files}/spool/encoded"),
        "c": ("theirs", "pending", ""),
        "d": ("kept", "stored", f"{files}/media/a%20b%23.png"),
        "e": ("remote", "stored", f"{files}/stored/remote"),
        "f": ("broken", "failed", ""),
        "g": ("linked", "stored", f"{files}/stored/linked"),
        "h": ("evil", "stored", ""),
        "i": ("in a store", "stored", ""),
    }
    kept = found["d"]
    assert (kept["width"], kept["height"], kept["size_bytes"]) == (3, 2, 9)
    assert kept["thumbnail"] == f"{files}/media/t/1.webp"
    assert kept["uri"] == (home / "tasks" / task.id / "media/a b#.png").as_uri()
    assert found["e"]["uri"] == "s3://bucket/x.png"
    assert found["h"]["uri"] == "javascript:alert(1)"
    assert found["i"]["uri"] == "s3://bucket/theirs.png"
    assert found["f"]["error"] == "no picture"
    assert found["g"]["error"] == ""
    assert found["h"]["error"] == "'javascript' is no scheme that the server fetches"
    assert "[[storage.buckets]]" in found["i"]["error"]


def test_groups_tell_of_all_samples_tell_of_what_was_asked_for(
    record: Start, app_client: App
) -> None:
    task = record()
    for iteration in (20, 0, 10):
        reported(task, f"s{iteration}", iteration)
    reported(task, "none", series="<u>")
    reported(task, "gone", 30)
    task.writer.append(records.SampleRemoved(time_us=now_us(), sample="gone"))
    client = app_client()
    groups = [
        {"title": "t", "series": "<u>", "iterations": [None]},
        {"title": "t", "series": "s", "iterations": [0, 10, 20]},
    ]
    for params, ids in (
        ({}, ["none", "s20"]),
        ({"at": 15}, ["none", "s10"]),
        ({"at": -1, "series": "s"}, ["s0"]),
        ({"latest": 2}, ["none", "s10", "s20"]),
        ({"title": "t", "series": "s", "latest": 100}, ["s0", "s10", "s20"]),
        ({"title": "other"}, []),
    ):
        found = listed(client, task, **params)
        assert [sample["id"] for sample in found["samples"]] == ids
        assert found["groups"] == groups


@pytest.mark.parametrize("latest", [0, -1, 10_001])
def test_latest_is_bounded(latest: int, record: Start, app_client: App) -> None:
    task = record()
    path = f"/api/v1/tasks/{task.id}/samples"
    response = app_client().get(path, params={"latest": latest})
    assert response.status_code == 400
    assert "latest" in response.json()["error"]["message"]


def test_the_recorder_may_be_read_before_the_task(record: Start, app_client: App) -> None:
    """What is stored may be indexed, and removed, before what was reported is."""
    early = record()
    for sample in ("kept", "gone"):
        stored(early, sample, url=f"media/{sample}.png")
    early.writer.append(records.SampleRemoved(time_us=now_us(), sample="gone"))
    reported(early, "kept")
    reported(early, "gone")
    (sample,) = listed(app_client(), early)["samples"]
    assert (sample["id"], sample["state"]) == ("kept", "stored")
