"""Scripts in processes of their own, and what server and command line say of them afterwards.

Each bad input is driven from end to end: a real script, a real server over HTTP, the command line. What must hold for
all: the script goes on (or fails at start with a clear error), what was lost is counted in a note that both show, and
nothing that is shown is wrong.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

PATIENCE_SEC = 60.0
COMMAND = [sys.executable, "-m", "stripchart.cli"]
START = """
import sys
from stripchart import Task
task = Task.init("project", "name")
logger = task.get_logger()
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a person who set nothing but the home; no strict mode."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STRIPCHART_")}
    return {**kept, "STRIPCHART_HOME": str(home), "STRIPCHART_RECORDER": "0", **more}


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def script(home: Path, tmp_path: Path) -> Run:
    """Run a script to its end in the home (or in ``home=...``)."""

    def run(code: str, *, at: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(code), "utf-8")
        return subprocess.run(
            [sys.executable, str(path)],
            env=environment(at or home, PYTHONIOENCODING="utf-8", **more),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_SEC,
            check=False,
        )

    return run


@pytest.fixture
def command(home: Path) -> Run:
    """Run the command line in the home."""

    def run(*words: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words],
            env=environment(at or home),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SEC,
            check=False,
        )

    return run


@dataclass(frozen=True)
class Server:
    """A running server, asked as the page asks it."""

    process: subprocess.Popen[str]
    http: httpx.Client

    def get(self, path: str, **params: Any) -> Any:
        """Ask, and demand an answer that is no error."""
        answer = self.http.get(f"/api/v1{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any) -> httpx.Response:
        """Ask with a body."""
        return self.http.post(f"/api/v1{path}", json=body)

    def tasks(self) -> list[dict[str, Any]]:
        """Return the rows of all tasks."""
        found: list[dict[str, Any]] = self.post("/tasks/query", {}).json()["tasks"]
        return found

    def only_task(self) -> dict[str, Any]:
        """Wait until ingest has one task that has ended, and return all that is known of it."""
        until = time.monotonic() + PATIENCE_SEC
        while time.monotonic() < until:
            rows = self.tasks()
            if rows and rows[0]["status"] not in ("created", "in_progress"):
                detail: dict[str, Any] = self.get(f"/tasks/{rows[0]['id']}")
                return detail
            time.sleep(0.1)
        raise AssertionError(f"the task has not ended: {self.tasks()}")

    def series(self, task_id: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Return what is listed of each series of a person's own."""
        listed: list[dict[str, Any]] = []
        while True:
            page = self.get(f"/tasks/{task_id}/series", offset=len(listed))
            listed += page["series"]
            if not page["series"] or len(listed) >= page["total"]:
                return {(one["title"], one["series"]): one for one in listed}


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., Server]]:
    """Start servers in the home."""
    started: list[Server] = []

    def start(*words: str, at: Path | None = None) -> Server:
        folder = at or home
        process = subprocess.Popen(
            [*COMMAND, "server", "--port", "0", *words],
            env=environment(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + PATIENCE_SEC
        while process.poll() is None and time.monotonic() < until:
            try:
                said = json.loads((folder / "server.json").read_text())
            except (OSError, ValueError):
                said = {}
            if said.get("pid") == process.pid:
                client = httpx.Client(base_url=said["address"], timeout=PATIENCE_SEC)
                started.append(Server(process, client))
                return started[-1]
            time.sleep(0.05)
        process.kill()
        raise AssertionError(process.communicate()[1])

    yield start
    for server in started:
        server.http.close()
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGINT)
        try:
            server.process.communicate(timeout=PATIENCE_SEC)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.communicate()


Lost = Callable[[dict[str, Any]], dict[str, int]]


@pytest.fixture
def lost() -> Lost:
    """Return how often each loss was noted in a task's detail."""

    def count(detail: dict[str, Any]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for note in detail["notes"]:
            if note["lost"]:
                counts[note["code"]] = counts.get(note["code"], 0) + note["count"]
        return counts

    return count
