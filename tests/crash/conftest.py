"""Journals of this process, and a process to kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import WriterIdentity


@pytest.fixture
def open_writer() -> Callable[[Path], JournalWriter]:
    """Return what opens a journal of this process in a folder."""

    def open_in(directory: Path) -> JournalWriter:
        identity = WriterIdentity(
            task_id="0" * 32,
            writer=new_writer_name(),
            host=os.uname().nodename,
            pid=os.getpid(),
            started_us=time.time_ns() // 1000,
        )
        return JournalWriter(directory, identity)

    return open_in


class Nursery:
    """Fork reporting children on demand, without paying for an interpreter's start each time."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("reporting_child.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, directory: Path, threads: int) -> int:
        """Start a child that reports into ``directory`` until it is killed; return its pid."""
        return int(self._ask(f"start {threads} {directory}"))

    def wait(self) -> int:
        """Wait for the child's end and return the signal that ended it."""
        return int(self._ask("wait"))

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def close(self) -> None:
        """Let the nursery's process end."""
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Return a nursery of children to kill."""
    nursery = Nursery()
    yield nursery
    nursery.close()
