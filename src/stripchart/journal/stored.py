"""What the recorder of a task has stored elsewhere, as its journals tell: NumPy comes with the reader."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.records import ArtifactStored, SampleRemoved, SampleReported, SampleStored

_log = logging.getLogger("stripchart")


def stored_elsewhere(task_dir: Path) -> dict[str, list[str]]:
    """Return what the recorder of a task stored elsewhere and has not removed since: URLs by destination."""
    destinations: dict[str, str] = {}  # of samples and artifacts, as the task wished
    stored: dict[str, str] = {}
    removed: set[str] = set()
    for is_recorder, record in _records(task_dir):
        if isinstance(record, SampleReported):
            destinations[record.sample] = record.destination
        elif isinstance(record, SampleRemoved):
            removed.add(record.sample)
        elif isinstance(record, ArtifactStored) and not is_recorder and record.destination:
            destinations[f"artifact {record.name}"] = record.destination
        elif isinstance(record, SampleStored) and is_recorder:
            stored[record.url] = record.sample
        elif isinstance(record, ArtifactStored) and is_recorder:
            stored[record.url] = f"artifact {record.name}"
    found: dict[str, list[str]] = {}
    for url, what in stored.items():
        if "://" in url and what not in removed and destinations.get(what):
            found.setdefault(destinations[what], []).append(url)
    return found


def _records(task_dir: Path) -> Iterator[tuple[bool, object]]:
    """Yield every record of a task, and whether a recorder wrote it: what others call stored is none of ours."""
    for directory in writer_dirs(task_dir):
        reader = JournalReader(directory)
        try:
            is_recorder = reader.identity.role == "recorder"
            yield from ((is_recorder, record) for record in reader.every_record())
        except (OSError, ValueError) as error:
            _log.warning("what %s stored elsewhere is not known: %s", directory, error)
