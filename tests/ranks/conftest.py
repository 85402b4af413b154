"""Launches of several real processes, as torchrun, srun and multiprocessing make them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart import Task

SOURCE = Path(__file__).parents[2] / "src"
PATIENCE_SEC = 60

Outcome = tuple[int, str, str]
Launch = Callable[..., list[Outcome]]


@pytest.fixture
def run_ranks(home: Path, tmp_path: Path) -> Launch:
    """Return a function that runs a script as several ranks of one launch and returns how each ended."""

    def run(
        code: str, size: int = 3, *, late: int | None = None, **environment: str
    ) -> list[Outcome]:
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(code))
        launch = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500", "WORLD_SIZE": str(size)}
        launch = {**os.environ, "PYTHONPATH": str(SOURCE), **launch, **environment}
        started: dict[int, subprocess.Popen[str]] = {}
        # The first rank starts last: the others have to wait for it.
        for rank in reversed(range(size)):
            if rank == late:
                time.sleep(1.0)
            started[rank] = subprocess.Popen(
                [sys.executable, str(script)],
                env={**launch, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        ended = []
        for rank in range(size):
            out, err = started[rank].communicate(timeout=PATIENCE_SEC)
            ended.append((started[rank].returncode, out, err))
        return ended

    return run


@pytest.fixture
def tasks_of(home: Path) -> Callable[[], list[Task]]:
    """Return a function that reads all tasks of the home."""

    def read() -> list[Task]:
        return Task.get_tasks()

    return read
