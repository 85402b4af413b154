"""Journals to write and read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import WriterIdentity

MakeWriter = Callable[..., JournalWriter]


@pytest.fixture
def task_dir(tmp_path: Path) -> Path:
    """Return the folder of a task."""
    return tmp_path / "task"


@pytest.fixture
def make_writer(task_dir: Path) -> MakeWriter:
    """Return what opens a writer of this process; ``directory`` and identity can be given."""

    def make(
        directory: Path | None = None,
        on_loss: Callable[[str, str], None] | None = None,
        **changes: object,
    ) -> JournalWriter:
        fields: dict[str, object] = {
            "task_id": "0" * 32,
            "writer": new_writer_name(),
            "host": os.uname().nodename,
            "pid": os.getpid(),
            "started_us": time.time_ns() // 1000,
        }
        identity = WriterIdentity(**(fields | changes))  # type: ignore[arg-type]
        folder = directory or task_dir / "journal" / identity.writer
        return JournalWriter(folder, identity, on_loss=on_loss)

    return make


@pytest.fixture
def writer(make_writer: MakeWriter) -> JournalWriter:
    """Return an open writer."""
    return make_writer()


@pytest.fixture
def directory(task_dir: Path, writer: JournalWriter) -> Path:
    """Return the folder of ``writer``."""
    return task_dir / "journal" / writer.identity.writer
