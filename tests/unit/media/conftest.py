"""A task whose recorder is off, and a function that does the recorder's work on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from stripchart import Task
from stripchart.recorder.uploads import Drained, drain
from stripchart.records import SampleRemoved, SampleReported, SampleStored
from stripchart.sdk import lookup
from stripchart.settings import load


@dataclass
class Samples:
    """Read what a task's journals say of its samples."""

    task_dir: Path

    def of(self, kind: type[Any]) -> list[Any]:
        """Return all records of a kind, journal by journal."""
        records = (r for reader in lookup.readers(self.task_dir) for r in lookup.records_of(reader))
        return [record for record in records if isinstance(record, kind)]

    @property
    def reported(self) -> list[SampleReported]:
        """Return the reports in their order."""
        return self.of(SampleReported)

    @property
    def stored(self) -> list[SampleStored]:
        """Return what was stored, or could not be, in order."""
        return self.of(SampleStored)

    @property
    def removed(self) -> list[str]:
        """Return the ids of removed samples."""
        return [record.sample for record in self.of(SampleRemoved)]

    @property
    def last(self) -> SampleStored:
        """Return what was stored last."""
        return self.stored[-1]

    def file(self, stored: SampleStored) -> Path:
        """Return the file of a stored sample."""
        return self.task_dir / stored.url

    def pixels(self, stored: SampleStored | None = None) -> NDArray[Any]:
        """Return the pixels of a stored image."""
        with Image.open(self.file(stored or self.last)) as image:
            return np.asarray(image)

    def files(self) -> list[str]:
        """Return all files of media and spool, by path; not the pack that the process has open."""
        tops = (self.task_dir / "media", self.task_dir / "spool")
        found = (p for top in tops for p in top.rglob("*") if p.is_file() and p.name[:5] != "pack-")
        return sorted(p.relative_to(self.task_dir).as_posix() for p in found)


@pytest.fixture
def task(home: Path) -> Iterator[Task]:
    """Return an open task of project "project" and name "name"."""
    task = Task.init("project", "name", auto_connect_streams=False)
    yield task
    task.close()


@pytest.fixture
def samples(task: Task, home: Path) -> Samples:
    """Return what the task's journals say of samples."""
    return Samples(home / "tasks" / task.id)


@pytest.fixture
def ship(samples: Samples) -> Callable[..., Drained]:
    """Return a function that stores all that waits, as the recorder does."""

    def run(**settings: Any) -> Drained:
        return drain(samples.task_dir, load(**settings), patience_sec=0.0)

    return run
