"""A running server, and the environment in which a person would have started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Server:
    address: str
    home: Path
    process: subprocess.Popen[bytes]

    def ask(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        """Return what a path of the API answers; a body is posted."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.address}/api/v1/{path}", data, method=method)
        request.add_header("content-type", "application/json")
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def ended_tasks(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many tasks are there and have ended; the oldest first."""
        query = {"sort": {"field": "started", "descending": False}}
        until = time.monotonic() + 60
        while time.monotonic() < until:
            rows: list[dict[str, Any]] = self.ask("tasks/query", query)["tasks"]
            if len(rows) == count and all(row["status"] == "completed" for row in rows):
                return rows
            time.sleep(0.1)
        raise AssertionError("the server did not show the tasks")


def environment(home: Path) -> dict[str, str]:
    """Return what a person's shell would have, with a home of the test's own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STRIPCHART_")}
    return {**kept, "STRIPCHART_HOME": str(home)}


def train(home: Path, script: str, *, ranks: int = 1) -> None:
    """Run a training script to its end; as several ranks of one launch perhaps."""
    launch = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500", "WORLD_SIZE": str(ranks)}
    started = []
    for rank in range(ranks):
        own = launch | {"RANK": str(rank), "LOCAL_RANK": str(rank)} if ranks > 1 else {}
        command = [sys.executable, "-c", script]
        started.append(subprocess.Popen(command, env=environment(home) | own, cwd=home))
    assert [process.wait(120) for process in started] == [0] * ranks


def launch(home: Path) -> Server:
    """Start a server on a home and wait until it answers; the caller ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stripchart.cli", "server"],
        env={**environment(home), "STRIPCHART_PORT": "0"},
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            found = json.loads((home / "server.json").read_text())
        except (OSError, ValueError):
            found = {}
        if found.get("pid") == process.pid:
            return Server(found["address"], home, process)
        time.sleep(0.05)
    process.kill()
    process.wait(20)
    raise AssertionError("the server did not start")


@contextmanager
def serve(home: Path) -> Iterator[Server]:
    """Have a server on a home, for a whole module of tests perhaps."""
    server = launch(home)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)
