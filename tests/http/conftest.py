"""A home with real journals, and a real server or the app in process over it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar.testing import TestClient

from stripchart import records, settings
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.server.app import create_app
from stripchart.server.home import open_home

PATIENCE_SEC = 30
COMMAND = [sys.executable, "-W", "error", "-m", "stripchart.cli"]


class Recording:
    """Write the journal of one task as the SDK does."""

    def __init__(self, home: Path, task: str, name: str = "run", project: str = "demo") -> None:
        self.id = task
        now = time.time_ns() // 1000
        identity = records.WriterIdentity(
            task_id=task, writer=new_writer_name(), host="here", pid=os.getpid(), started_us=now
        )
        self.writer = JournalWriter(home / "tasks" / task / "journal" / identity.writer, identity)
        self.writer.append(
            records.TaskDescribed(time_us=now, project=project, name=name, tags=["t"])
        )
        self.writer.append(records.AttemptStarted(time_us=now, attempt=0))

    def scalars(self, title: str, series: str, values: list[float], first: int = 0) -> None:
        for i, value in enumerate(values):
            self.writer.scalar(title, series, float(value), first + i)

    def text(self, text: str) -> None:
        self.writer.append(
            records.ConsoleWritten(time_us=time.time_ns() // 1000, stream="stdout", text=text)
        )

    def end(self, status: records.Status = "completed") -> None:
        now = time.time_ns() // 1000
        self.writer.append(records.StatusChanged(time_us=now, attempt=0, status=status))
        self.writer.close()


@pytest.fixture
def record(home: Path) -> Callable[..., Recording]:
    """Start recordings in the test's home."""
    made: list[str] = []

    def start(task: str | None = None, **names: str) -> Recording:
        made.append(task or f"{len(made):032x}")
        return Recording(home, made[-1], **names)

    return start


@pytest.fixture
def app_client(home: Path) -> Iterator[Callable[[], TestClient[Any]]]:
    """Run the app in process over what is recorded by then; ingest stands still afterwards."""
    clients: list[TestClient[Any]] = []

    def run() -> TestClient[Any]:
        loaded = settings.load(home=home)
        opened = open_home(loaded)
        opened.ingest.catch_up()
        app = create_app(loaded, home=opened, follow=False)
        clients.append(TestClient(app, base_url="http://127.0.0.1:8265").__enter__())
        return clients[-1]

    yield run
    for client in clients:
        client.__exit__(None, None, None)


@dataclass(frozen=True)
class Running:
    """A server process, and how to ask it."""

    process: subprocess.Popen[str]
    address: str
    http: httpx.Client

    def events(self, task: str | None = None) -> Iterator[dict[str, Any]]:
        """Listen; return the changes that are pushed from now on."""
        params = {} if task is None else {"task": task}
        request = self.http.build_request("GET", "/api/v1/events", params=params)
        response = self.http.send(request, stream=True)
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        assert next(lines) == "retry: 1000"
        return _changes(lines)

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send a signal; return exit code and what was written on stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE_SEC)
        return self.process.returncode, errors


def _changes(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("data: "):
            yield from json.loads(line.removeprefix("data: "))["tasks"]


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., Running]]:
    """Start server processes on the test's home."""
    started: list[Running] = []

    def start(*words: str) -> Running:
        process = subprocess.Popen(
            [*COMMAND, "server", "--port", "0", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE_SEC
        while process.poll() is None and time.monotonic() < until:
            try:
                found = msgspec.json.decode((home / "server.json").read_bytes())
            except (OSError, msgspec.DecodeError):
                found = {}
            if found.get("pid") == process.pid:
                client = httpx.Client(base_url=found["address"], timeout=PATIENCE_SEC)
                started.append(Running(process, found["address"], client))
                return started[-1]
            time.sleep(0.02)
        process.kill()
        raise AssertionError(f"the server did not start: {process.communicate()}")

    yield start
    for running in started:
        running.http.close()
        running.process.kill()
        running.process.communicate()


@pytest.fixture
def wait_for() -> Callable[[Callable[[], object]], None]:
    """Wait until something is true."""

    def wait(found: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE_SEC
        while not found():
            assert time.monotonic() < until, "waited in vain"
            time.sleep(0.02)

    return wait


@pytest.fixture
def run_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command to its end."""

    def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SEC,
            check=False,
            **options,
        )

    return run
