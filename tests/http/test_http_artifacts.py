"""Artifacts, configuration objects and user properties over the API."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient

from stripchart import records
from stripchart.journal.writer import JournalWriter
from tests.http.test_http_endpoints import UGLY, check_error
from tests.http.test_http_files import ask

if TYPE_CHECKING:
    from tests.http.conftest import Recording

    Start = Callable[..., Recording]
    App = Callable[[], TestClient[Any]]


def now_us() -> int:
    return time.time_ns() // 1000


def recorder_of(task: Recording, home: Path) -> JournalWriter:
    identity = records.WriterIdentity(
        task_id=task.id, writer="f-recorder", host="here", pid=1, started_us=1, role="recorder"
    )
    return JournalWriter(home / "tasks" / task.id / "journal" / identity.writer, identity)


def listed(client: TestClient[Any], task: Recording, what: str) -> Any:
    response = client.get(f"/api/v1/tasks/{task.id}/{what}")
    assert response.status_code == 200, response.text
    return response.json()


def test_an_artifact_in_every_state(record: Start, app_client: App, home: Path) -> None:
    task = record()
    recorder = recorder_of(task, home)

    def told(journal: JournalWriter, name: str, time_us: int, **fields: Any) -> None:
        journal.append(records.ArtifactStored(time_us=time_us, name=name, **fields))

    begin = now_us()
    told(task.writer, "waits", begin, state="pending", path="spool/x", type="dict", preview="{}")
    told(task.writer, "is there", begin, state="pending", metadata={"a": "b"})
    told(recorder, "is there", begin + 1, url="artifacts/is there/a.json", size_bytes=7,
         hash="ab", metadata={"a": "b"})  # fmt: skip
    told(task.writer, "away", begin, state="pending")
    told(recorder, "away", begin + 1, url="s3://bucket/away", destination="s3://bucket")
    told(task.writer, "fails", begin, state="pending")
    told(recorder, "fails", begin + 1, state="failed", error="gone")
    told(task.writer, "again", begin, state="pending")
    told(task.writer, "again", begin + 9, state="pending", preview="second")
    # The upload of the first is told after the second was reported, and later than all by the recorder's clock.
    told(recorder, "again", begin + 1, url="artifacts/first")
    told(task.writer, "removed", begin, state="pending")
    told(recorder, "removed", begin + 1, url="artifacts/removed")
    told(task.writer, "removed", begin + 5, removed=True)
    recorder.close()
    client = app_client()
    found = {a.pop("name"): a for a in listed(client, task, "artifacts")["artifacts"]}
    assert {name: (a["state"], a["url"].partition(task.id)[2]) for name, a in found.items()} == {
        "again": ("pending", ""),
        "away": ("stored", found["away"]["url"].partition(task.id)[2]),
        "fails": ("failed", ""),
        "is there": ("stored", "/artifacts/is%20there/a.json"),
        "waits": ("pending", ""),
    }
    assert found["away"]["url"].startswith(f"/files/{task.id}/stored/")
    assert found["away"]["uri"] == "s3://bucket/away"
    assert found["again"]["preview"] == "second"
    assert (found["waits"]["type"], found["waits"]["preview"]) == ("dict", "{}")
    there = found["is there"]
    assert (there["metadata"], there["size_bytes"], there["hash"]) == ({"a": "b"}, 7, "ab")
    assert there["uri"].startswith("file:///")
    assert found["fails"]["error"] == "gone"


def test_an_artifact_that_lies_elsewhere_is_fetched_anew_when_it_changed(
    record: Start, app_client: App, home: Path, tmp_path: Path
) -> None:
    task = record()
    place = tmp_path / "bucket" / f"demo/run.{task.id}" / "model.html"
    place.parent.mkdir(parents=True)
    fields: dict[str, Any] = {
        "name": "model",
        "url": place.as_uri(),
        "destination": place.parent.as_uri(),
    }
    place.write_bytes(b"first")
    task.writer.append(records.ArtifactStored(time_us=now_us(), hash="1", **fields))
    client = app_client()
    url = listed(client, task, "artifacts")["artifacts"][0]["url"].split("/", 3)[-1]
    folder = home / "tasks" / task.id
    first = ask(client, folder, url)
    assert first.content == b"first"
    assert "sandbox" in first.headers["content-security-policy"]
    place.write_bytes(b"second")
    task.writer.append(records.ArtifactStored(time_us=now_us(), hash="2", **fields))
    client.app.state.running.home.ingest.catch_up()
    assert ask(client, folder, url).content == b"second"
    check_error(ask(client, folder, "stored/none"), 404, "not_found")


@pytest.mark.parametrize("text", UGLY)
def test_configuration_and_properties_come_back_as_they_were(
    text: str, record: Start, app_client: App
) -> None:
    task = record()
    task.writer.append(
        records.ConfigurationSet(
            time_us=5, name=text, text=text * 2, type="yaml", description="what it is"
        )
    )
    said = {text: {"value": text, "type": "str", "description": "why"}, "bare": {}}
    task.writer.append(records.PropertiesSet(time_us=now_us(), values=said))
    task.writer.append(records.ConfigurationSet(time_us=now_us(), name="gone", text="x"))
    task.writer.append(records.ConfigurationSet(time_us=now_us(), name="gone", text=None))
    task.writer.append(records.PropertiesSet(time_us=now_us(), values={}, removed=["gone", "x"]))
    found = listed(app_client(), task, "configuration")
    assert found["configurations"] == [
        {"name": text, "text": text * 2, "type": "yaml", "description": "what it is", "time_us": 5}
    ]
    expected = [
        {"name": text, "value": text, "type": "str", "description": "why"},
        {"name": "bare", "value": "", "type": "", "description": ""},
    ]
    assert found["properties"] == sorted(expected, key=lambda p: p["name"])


def test_a_parameter_has_a_description(record: Start, app_client: App) -> None:
    task = record()
    said: dict[str, Any] = {
        "values": {"General/lr": "1"},
        "descriptions": {"General/lr": "learning rate"},
    }
    task.writer.append(records.ParametersSet(time_us=now_us(), **said))
    (parameter,) = app_client().get(f"/api/v1/tasks/{task.id}").json()["parameters"]
    assert parameter["description"] == "learning rate"


def test_models_are_put_together_and_told_apart(record: Start, app_client: App, home: Path) -> None:
    task = record()
    recorder = recorder_of(task, home)
    begin = now_us()

    def told(journal: JournalWriter, name: str, time_us: int, **fields: Any) -> None:
        journal.append(records.ArtifactStored(time_us=time_us, name=name, **fields))

    kept, seen, named = (f":model:output:{'a' * 32}", f":model:output:{'b' * 32}", ":model:input:c")
    saved = {"name": "net", "framework": "PyTorch", "iteration": "7", "file": "net.pt"}
    told(task.writer, kept, begin, state="pending", metadata=saved, path="spool/x")
    said = {"name": "best", "tags": '["t"]', "labels": '{"cat": 0, "no": "number"}', "design": "{}",
            "metadata": '{"f1": {"key": "f1", "type": "float", "value": "0.5"}, "odd": 1}'}  # fmt: skip
    told(task.writer, f"{kept}:told", begin + 3, metadata=said)
    told(recorder, kept, begin + 1, url="artifacts/models/a/net.pt", size_bytes=9, metadata=saved)
    odd = {"registered": "True", "iteration": "²", "tags": "no list", "labels": "[" * 99_999}
    told(task.writer, seen, begin + 9, url="file:///net.pt", metadata=odd)
    told(task.writer, f"{named}:told", begin + 10, metadata={"name": "base", "source": "x"})
    told(task.writer, "plain", begin)
    found = listed(app_client(), task, "artifacts")
    assert [a["name"] for a in found["artifacts"]] == ["plain"]
    first, second, third = found["models"]
    assert (first["name"], first["framework"], first["iteration"]) == ("best", "PyTorch", 7)
    assert (first["tags"], first["labels"], first["metadata"]) == (["t"], {"cat": 0}, {"f1": "0.5"})
    assert (first["state"], first["size_bytes"]) == ("stored", 9)
    assert first["url"] == f"/files/{task.id}/artifacts/models/a/net.pt"
    assert (second["registered"], second["url"], second["uri"]) == (True, "", "file:///net.pt")
    assert (second["iteration"], second["tags"], second["labels"]) == (None, [], {})
    assert (third["role"], third["state"], third["source"]) == ("input", "", "x")
