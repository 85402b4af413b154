"""From a training script through the recorder to a Stripchart server, which goes away in the middle and comes back."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from stripchart import Task
from stripchart.blobs import open_destination
from stripchart.settings import load
from tests.storage.conftest import Served, free_port

Serve = Callable[..., Served]

SCRIPT = """
import sys
from stripchart import Task
uri = sys.argv[1]
task = Task.init("project", "name", output_uri=uri, auto_connect_streams=False)
task.get_logger().set_default_upload_destination(uri)
print(task.id, flush=True)
for begin in (0, 10):
    sys.stdin.readline()
    for step in range(begin, begin + 10):
        task.get_logger().report_media(
            "t", "s", step, stream=f"text {step}", file_extension="txt", max_history=3
        )
    task.upload_artifact(f"artifact {begin}", {"begin": begin})
    print("reported", flush=True)
sys.stdin.readline()
"""


def _ask(served: Served, path: str) -> tuple[int, bytes, str]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(served.address).port)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read(), answer.headers.get("Content-Type", "")
    connection.close()
    return found


def _texts(served: Served) -> list[str]:
    top = served.home / "uploads/files"
    return sorted((top / key).read_text() for key in served.uploads() if key.endswith(".txt"))


def test_nothing_is_lost_while_the_server_is_away(serve: Serve, tmp_path: Path, home: Path) -> None:
    served = serve(tmp_path / "served", port := free_port())
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, f"{served.address}/files/runs"],
        env={**os.environ, "STRIPCHART_RECORDER": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    task_id = process.stdout.readline().strip()

    def go_on() -> None:
        process.stdin.write("\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        assert process.stdout.readline() == "reported\n"  # type: ignore[union-attr]

    go_on()
    served.wait_for(lambda: _texts(served) == ["text 7", "text 8", "text 9"])
    served.wait_for(lambda: len(served.uploads()) == 4)
    served.end()
    go_on()
    process.communicate("\n", timeout=60)
    served = serve(tmp_path / "served", port)
    served.wait_for(lambda: _texts(served) == ["text 17", "text 18", "text 19"])
    served.wait_for(lambda: len(served.uploads()) == 5)
    assert all(key.startswith(f"runs/project/name.{task_id}/") for key in served.uploads())
    log = (home / "tasks" / task_id / "recorder.log").read_text()
    assert log.count("uploads_wait") == 1
    task = Task.get_task(task_id)
    assert task.artifacts["artifact 10"].get() == {"begin": 10}  # read back through the server
    task.close()


def test_the_page_shows_what_lies_here(serve: Serve, home: Path) -> None:
    """A server of the same home shows its own uploads without asking anybody; another one shows what it is told to."""
    served = serve(home)
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, served.address],
        env={**os.environ, "STRIPCHART_RECORDER": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    out, _ = process.communicate("\n\n\n", timeout=60)
    task_id = out.split()[0]
    listing = f"/api/v1/tasks/{task_id}/samples?latest=3"

    def samples() -> list[dict[str, Any]]:
        status, body, _ = _ask(served, listing)
        found = json.loads(body)["samples"] if status == 200 else []
        return found if {s["state"] for s in found} == {"stored"} else []

    served.wait_for(lambda: [s["iteration"] for s in samples()] == [17, 18, 19])
    for sample in samples():
        assert sample["url"] == f"/files/{task_id}/stored/{sample['id']}"
        assert sample["uri"].startswith(f"{served.address}/files/uploads/project/")
        expected = (200, f"text {sample['iteration']}".encode(), "text/plain; charset=utf-8")
        assert _ask(served, sample["url"]) == expected
        assert _ask(served, urlsplit(sample["uri"]).path) == expected


def _delete(served: Served, task_id: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(served.address).port)
    body = json.dumps({"select": {"ids": [task_id]}, "force": True})
    connection.request("POST", "/api/v1/tasks/delete", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["changed"]) == (200, 1)
    connection.close()


def _reported_to(served: Served) -> str:
    """Report samples and artifacts to a server, and return the id of the task."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, f"{served.address}/files/runs"],
        env={**os.environ, "STRIPCHART_RECORDER": "1"},
        input="\n\n\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    served.wait_for(lambda: len(served.uploads()) == 5)
    return ran.stdout.split()[0]


def _gc(home: Path) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "stripchart.cli", "gc", "--home", str(home)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout


def test_uploads_of_a_deleted_task_go_with_it(serve: Serve, home: Path) -> None:
    """Of this home, whatever its server was called when they came, and also while it does not run."""
    served = serve(home)
    task_id = _reported_to(served)
    other = home / "uploads/files/runs/other.txt"
    other.write_text("of somebody else")
    served.end()
    served = serve(home)  # at another port
    served.wait_for(lambda: _ask(served, f"/api/v1/tasks/{task_id}")[0] == 200)
    _delete(served, task_id)
    assert len(served.uploads()) == 6  # it can be undone
    served.end()
    code, out = _gc(home)
    assert (code, "and 5 files elsewhere" in out) == (0, True), out
    assert served.uploads() == ["runs/other.txt"]
    assert not (home / "trash").exists()


def test_uploads_to_a_server_that_is_away_are_removed_when_it_is_back(
    serve: Serve, home: Path, tmp_path: Path
) -> None:
    away = serve(tmp_path / "served", port := free_port())
    task_id = _reported_to(away)
    away.end()
    served = serve(home)
    served.wait_for(lambda: _ask(served, f"/api/v1/tasks/{task_id}")[0] == 200)
    _delete(served, task_id)
    code, out = _gc(home)
    assert (code, out.count("left: ")) == (1, 1)  # one line, not one for each file
    assert list((home / "trash").glob(f"*/{task_id}"))
    serve(tmp_path / "served", port)
    code, out = _gc(home)
    assert (code, away.uploads()) == (0, [])
    assert not (home / "trash").exists()


CHILDREN = """
import multiprocessing, subprocess, sys
from stripchart import Task, Logger
def work():
    Logger.current_logger().report_media("t", "spawned", 0, stream="x", file_extension="txt")
    Task.current_task().upload_artifact("of a child", {"a": 1})
CHILD = 'from stripchart import Logger; ' + (
    'Logger.current_logger().report_media("t", "started", 0, stream="x", file_extension="txt")')
OTHER = 'from stripchart import Task; t = Task.init("project", "other", auto_connect_streams=False); ' + (
    't.get_logger().report_media("t", "other", 0, stream="x", file_extension="txt")')
if __name__ == "__main__":
    task = Task.init("project", "name", auto_connect_streams=False)
    task.get_logger().set_default_upload_destination(sys.argv[1])
    task.output_uri = sys.argv[1]
    process = multiprocessing.get_context("spawn").Process(target=work)
    process.start(); process.join()
    subprocess.run([sys.executable, "-c", CHILD], check=True)
    subprocess.run([sys.executable, "-c", OTHER], check=True)
    task.flush(wait_for_uploads=True)
    task.close()
    import os
    print(sorted(name for name in os.environ if name.startswith("STRIPCHART_TASK_")))
"""


def test_children_send_to_where_their_parent_does(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "script.py").write_text(CHILDREN)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "script.py"), str(tmp_path / "there")],
        env={**os.environ, "STRIPCHART_RECORDER": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "[]\n"), ran.stderr
    found = open_destination(str(tmp_path / "there"), load()).list()
    kinds = sorted(key.split("/")[2:4] for key in found)
    assert kinds == [["artifacts", "of a child"], ["metrics", "t"], ["metrics", "t"]]
    assert sorted(key.split("/")[4] for key in found if "/metrics/" in key) == [
        "spawned",
        "started",
    ]
