"""Find tasks and their journals on disk; no server is needed.

NumPy comes with the reader, which is imported on use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from stripchart.records import (
    MONITOR_PREFIX,
    NO_ITERATION,
    PAGE_ENDING,
    SINGLE_VALUE,
    AnyRecord,
    SeriesDeclared,
    Unknown,
)
from stripchart.settings import Settings

if TYPE_CHECKING:
    from stripchart.journal.reader import JournalReader


def readers(
    task_dir: Path, known: Mapping[str, JournalReader] | None = None
) -> list[JournalReader]:
    """Return readers of all journals of a task, in the order of their start; unreadable ones are left out.

    ``known`` are readers to be used again, by writer.
    """
    from stripchart.journal.reader import JournalReader, writer_dirs

    found = []
    for directory in writer_dirs(task_dir):
        reader = (known or {}).get(directory.name) or JournalReader(directory)
        try:
            _ = reader.identity
        except (OSError, ValueError):
            continue
        found.append(reader)
    return found


def records_of(reader: JournalReader) -> Iterator[AnyRecord | Unknown]:
    """Yield all records of a journal that prove themselves."""
    return reader.every_record()


def task_ids(settings: Settings) -> list[str]:
    """Return the ids of all tasks in the home, the newest first."""
    try:
        folders = [p for p in settings.tasks.iterdir() if (p / "journal").is_dir()]
    except OSError:
        return []
    return [p.name for p in sorted(folders, key=_started, reverse=True)]


def _started(task_dir: Path) -> str:
    try:
        names = [p.name for p in (task_dir / "journal").iterdir()]
        return max((name for name in names if not name.endswith(PAGE_ENDING)), default="")
    except OSError:
        return ""


def last_attempt(task_dir: Path) -> int:
    """Return the highest attempt number of a task, -1 where it has no journal."""
    return max((reader.identity.attempt for reader in readers(task_dir)), default=-1)


def last_iteration(task_dir: Path) -> int | None:
    """Return the highest iteration that the task's processes reported, of the machine's readings none."""
    highest: int | None = None
    for reader in readers(task_dir):
        for iteration in _highest_of(reader):
            highest = iteration if highest is None else max(highest, iteration)
    return highest


def _highest_of(reader: JournalReader) -> Iterator[int]:
    import numpy as np

    if reader.identity.role != "task":
        return
    start = 0
    monitors: list[int] | None = None
    while True:
        part = reader.scalars(start)
        if monitors is None:
            monitors = [
                r.number
                for r in records_of(reader)
                if isinstance(r, SeriesDeclared) and r.title.startswith(MONITOR_PREFIX)
            ]
        slots = part.slots
        keep = (slots["flags"] & (NO_ITERATION | SINGLE_VALUE)) == 0
        keep &= ~np.isin(slots["series"], monitors)
        if keep.any():
            yield int(slots["iteration"][keep].max())
        if part.next <= start:
            return
        start = part.next
