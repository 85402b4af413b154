"""A home of one's own for each test, and real processes for what only a process can show."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stripchart import Logger, Task

SOURCE = Path(__file__).parents[3] / "src"

RunScript = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty home, with the recorder off, and close what the test left open."""
    folder = tmp_path / "home"
    monkeypatch.setenv("STRIPCHART_HOME", str(folder))
    monkeypatch.setenv("STRIPCHART_RECORDER", "0")
    monkeypatch.delenv("STRIPCHART_TASK_ID", raising=False)
    monkeypatch.delenv("STRIPCHART_STRICT", raising=False)
    monkeypatch.setattr(Logger, "_nan_value", None)
    monkeypatch.setattr(Logger, "_inf_value", None)
    monkeypatch.setattr(Logger, "_non_finite_seen", {"NaN": 0, "Inf": 0})
    yield folder
    task = Task.current_task()
    if task is not None:
        task.close()


@pytest.fixture
def task(home: Path) -> Task:
    """Return an open task whose console is not captured."""
    return Task.init("project", "name", auto_connect_streams=False)


@pytest.fixture
def run_script(home: Path, tmp_path: Path) -> RunScript:
    """Return a function that runs a script in a process of its own, in the same home."""

    def run(
        code: str, *, input: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(code))
        return subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
            capture_output=True,
            text=True,
            input=input,
            timeout=20,
            check=False,
        )

    return run


@pytest.fixture
def only_task(home: Path) -> Callable[[], Task]:
    """Return a function that reads the only task of the home."""

    def read() -> Task:
        [folder] = (home / "tasks").iterdir()
        return Task.get_task(folder.name)

    return read
