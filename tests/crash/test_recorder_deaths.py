"""Real trainings that end in every way there is, and what their recorder makes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.recorder.deaths import WITHOUT_A_WORD
from stripchart.records import AnyRecord, StatusChanged, Unknown

PATIENCE_SEC = 60.0
ON_LINUX = sys.platform == "linux"

TRAINING = """
import ctypes, os, signal, sys, time
from stripchart import Task
logger = Task.init(project_name="crash", task_name="death").get_logger()
for i in range(5):
    logger.report_scalar("loss", "train", 1 / (i + 1), i)
deadline = time.monotonic() + 60
while not os.path.exists(os.environ["GO"]) and time.monotonic() < deadline:
    time.sleep(0.02)
"""


T = TypeVar("T")


def wait_for(look: Callable[[], T]) -> T:
    """Look until there is something to see; fail when patience ends."""
    deadline = time.monotonic() + PATIENCE_SEC
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"nothing came of {look}"
        time.sleep(0.05)


class Run:
    """Run a training under a recorder, in a home of its own."""

    def __init__(self, home: Path, end: str, **environ: str) -> None:
        self.home = home
        self.go = home.parent / "go"
        self.process = subprocess.Popen(
            [sys.executable, "-c", TRAINING + end],
            env=os.environ | {"STRIPCHART_RECORDER": "1", "GO": str(self.go)} | environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def task_dir(self) -> Path:
        """Return the folder of the task, once it is there."""
        return wait_for(lambda: list((self.home / "tasks").glob("*")))[0]

    def recorder(self) -> psutil.Process:
        """Return the recorder's process, once it writes."""
        return wait_for(self._recorders)[0]

    def _recorders(self) -> list[psutil.Process]:
        found = []
        for reader in self.readers("recorder"):
            if psutil.pid_exists(reader.identity.pid):
                found.append(psutil.Process(reader.identity.pid))
        return found

    def readers(self, role: str) -> list[JournalReader]:
        """Return readers of the journals of a role."""
        readers = [JournalReader(path) for path in writer_dirs(self.task_dir())]
        return [reader for reader in readers if reader.identity.role == role]

    def end(self) -> None:
        """Let the training go on to its end, and the recorder too."""
        recorder = self.recorder()
        self.go.touch()
        self.process.wait(PATIENCE_SEC)
        wait_until_gone(recorder)

    def records(self, role: str) -> list[AnyRecord | Unknown]:
        """Return all records of a role."""
        return [item for reader in self.readers(role) for _, item in reader.records().items]

    def observed(self) -> list[StatusChanged]:
        """Return what the recorder concluded."""
        return [r for r in self.records("recorder") if isinstance(r, StatusChanged)]

    def verdict(self) -> StatusChanged:
        """Return the one conclusion that there must be."""
        (status,) = self.observed()
        assert status.observed
        return status


def wait_until_gone(process: psutil.Process) -> None:
    """Wait until a process that need not be our child has ended."""
    wait_for(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def kernel_tells() -> bool:
    """Say whether this system lets a process that is no parent learn how another one ended."""
    return ON_LINUX and hasattr(os, "pidfd_open") and psutil.pid_exists(os.getpid())


KILLED = "os.kill(os.getpid(), signal.SIGKILL)"


def test_sigkill_is_named(home: Path) -> None:
    run = Run(home, KILLED)
    run.end()
    status = run.verdict()
    assert status.status == "failed"
    assert (status.reason, status.signal) == (
        ("SIGKILL", signal.SIGKILL) if kernel_tells() else (WITHOUT_A_WORD, None)
    )


def test_every_point_survives_and_the_journal_is_sealed_and_compressed(home: Path) -> None:
    run = Run(home, KILLED)
    run.end()
    (reader,) = run.readers("task")
    scalars = reader.scalars()
    assert scalars.slots["iteration"].tolist() == [0, 1, 2, 3, 4]
    assert scalars.skipped == []
    left = [path.name for path in run.task_dir().glob("journal/*/*") if path.suffix != ".zst"]
    assert left == []


@pytest.mark.parametrize(
    ("end", "code", "status"),
    [
        ("sys.exit(3)", 3, "failed"),
        ("raise SystemExit(4)", 4, "failed"),
        ("os._exit(5)", 5, "failed"),
        ("os._exit(0)", 0, "completed"),
        ("sys.exit(143)", 143, "stopped"),
    ],
)
def test_an_exit_code_decides(home: Path, end: str, code: int, status: str) -> None:
    run = Run(home, end)
    run.end()
    words = [r for r in run.records("task") if isinstance(r, StatusChanged) and not r.observed]
    if words:  # the task spoke for itself, so the recorder has nothing to add
        assert (words[-1].status, run.observed()) == ("failed" if code else "completed", [])
        return
    verdict = run.verdict()
    if kernel_tells():
        assert (verdict.status, verdict.exit_code) == (status, code)


def test_a_normal_end_is_completed(home: Path) -> None:
    run = Run(home, "")
    run.end()
    assert run.verdict().status == "completed"


def test_the_tasks_own_word_is_not_contradicted(home: Path) -> None:
    run = Run(home, "raise ValueError('bad shape')")
    run.end()
    assert run.observed() == []
    own = [r for r in run.records("task") if isinstance(r, StatusChanged)]
    assert own[-1].reason == "ValueError: bad shape"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_sigterm_stops_and_leaves_last_words(home: Path) -> None:
    run = Run(home, "os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)")
    run.end()
    verdict = run.verdict()
    if kernel_tells():
        assert (verdict.status, verdict.reason) == ("stopped", "SIGTERM")
    assert 'File "<string>"' in verdict.message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_segmentation_fault_is_named_with_its_stack(home: Path) -> None:
    run = Run(home, "ctypes.string_at(0)")
    run.end()
    verdict = run.verdict()
    assert (verdict.status, verdict.reason, verdict.signal) == ("failed", "SIGSEGV", 11)
    assert "Segmentation fault" in verdict.message
    assert "string_at" in verdict.message
