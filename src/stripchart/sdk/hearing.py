"""Hear what people say of a task on the page while a process has it open.

Each edit is a journal of its own that is complete as soon as it is there (docs/adr/0011), so the folder of journals
tells by its time whether there is another: asking costs one ``stat``, however much the task has reported. NumPy comes
with the reader, and so only where there is something to hear.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from stripchart.records import PAGE_ENDING, TaskDescribed

# What is put into the folder within the tick of a look does not show in a later time of the folder.
_TICK_NS = 1_000_000_000


class Hearing:
    """Listen for edits of one task."""

    def __init__(self, task_dir: Path) -> None:
        self._folder = task_dir / "journal"
        self._heard: set[str] = set()
        self._folder_ns: int | None = None  # its time when nothing more could come under it

    def fresh(self) -> Iterator[TaskDescribed]:
        """Yield what was said since the last call; at the first one everything."""
        try:
            folder_ns = self._folder.stat().st_mtime_ns
        except OSError:
            return
        if folder_ns == self._folder_ns:
            return
        settled = time.time_ns() - folder_ns > _TICK_NS
        names = {name for name in os.listdir(self._folder) if name.endswith(PAGE_ENDING)}  # noqa: PTH208
        for name in sorted(names - self._heard):
            yield from _said(self._folder / name)
            self._heard.add(name)
        self._folder_ns = folder_ns if settled else None


def _said(journal: Path) -> Iterator[TaskDescribed]:
    from stripchart.journal.reader import JournalReader
    from stripchart.sdk import lookup

    try:
        found = list(lookup.records_of(JournalReader(journal)))
    except (OSError, ValueError):
        return  # as everywhere, what cannot be read is passed over
    for record in found:
        if isinstance(record, TaskDescribed):
            yield record
