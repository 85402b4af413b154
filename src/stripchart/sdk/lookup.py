"""Read what tasks are in a home, from their journals alone; no server is needed.

NumPy comes with the reader, so this is imported by nothing at start but by who looks something up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stripchart.records import (
    MONITOR_PREFIX,
    NO_ITERATION,
    SINGLE_VALUE,
    AnyRecord,
    AttemptStarted,
    ParametersSet,
    SeriesDeclared,
    Status,
    StatusChanged,
    TaskDescribed,
    Unknown,
)
from stripchart.settings import Settings

if TYPE_CHECKING:
    from stripchart.journal.reader import JournalReader

_FIRST_BYTES = 64 << 10  # what a task is called stands at the head of its first journal


@dataclass(slots=True)
class Described:
    """Gather what the records of a task say about it."""

    project: str = ""
    name: str = ""
    type: str = "training"
    tags: list[str] = field(default_factory=list)
    comment: str = ""
    parent: str | None = None
    status: Status = "created"
    status_message: str = ""
    attempt: int = 0
    initial_iteration: int = 0
    parameters: dict[str, str] = field(default_factory=dict)


def readers(task_dir: Path) -> list[JournalReader]:
    """Return readers of all journals of a task, in the order of their start; unreadable ones are left out."""
    from stripchart.journal.reader import JournalReader, writer_dirs

    found = []
    for directory in writer_dirs(task_dir):
        try:
            reader = JournalReader(directory)
            _ = reader.identity
        except (OSError, ValueError):
            continue
        found.append(reader)
    return found


def records_of(reader: JournalReader) -> Iterator[AnyRecord | Unknown]:
    """Yield all records of a journal that prove themselves."""
    start = 0
    while True:
        part = reader.records(start)
        for _, record in part.items:
            yield record
        if part.next <= start:
            return
        start = part.next


def describe(task_dir: Path) -> Described:
    """Read what a task is, in which state, with which parameters."""
    records = [r for reader in readers(task_dir) for r in records_of(reader)]
    timed = [
        r
        for r in records
        if isinstance(r, TaskDescribed | AttemptStarted | StatusChanged | ParametersSet)
    ]
    return fold(sorted(timed, key=lambda r: r.time_us))


def fold(
    records: list[TaskDescribed | AttemptStarted | StatusChanged | ParametersSet],
) -> Described:
    """Apply records in the order of their time."""
    told = Described()
    statuses: list[StatusChanged] = []
    for record in records:
        if isinstance(record, TaskDescribed):
            _apply(told, record)
        elif isinstance(record, AttemptStarted):
            if record.attempt >= told.attempt:
                told.attempt, told.initial_iteration = record.attempt, record.initial_iteration
                told.status = "in_progress"
        elif isinstance(record, StatusChanged):
            statuses.append(record)
        else:
            told.parameters.update(record.values)
            for name in record.removed:
                told.parameters.pop(name, None)
    last = last_word([s for s in statuses if s.attempt == told.attempt])
    if last is not None:
        told.status, told.status_message = last.status, last.message or last.reason
    return told


def last_word(statuses: list[StatusChanged]) -> StatusChanged | None:
    """Return which of the statuses of one attempt holds: the task's own word before what was observed."""
    own = [s for s in statuses if not s.observed]
    last = (own or statuses)[-1:]
    return last[0] if last else None


def _apply(told: Described, record: TaskDescribed) -> None:
    for name in ("project", "name", "type", "tags", "comment", "parent"):
        value = getattr(record, name)
        if value is not None:
            setattr(told, name, value)


def task_ids(settings: Settings) -> list[str]:
    """Return the ids of all tasks in the home, the newest first."""
    try:
        folders = [p for p in settings.tasks.iterdir() if (p / "journal").is_dir()]
    except OSError:
        return []
    return [p.name for p in sorted(folders, key=_started, reverse=True)]


def _started(task_dir: Path) -> str:
    try:
        return max((p.name for p in (task_dir / "journal").iterdir()), default="")
    except OSError:
        return ""


def last_task(settings: Settings, project: str, name: str, task_type: str | None) -> str | None:
    """Return the task of this name that was started last, judged by the head of its first journals."""
    for task_id in task_ids(settings):
        told = _describe_head(settings.task_dir(task_id))
        if (told.project, told.name) == (project, name) and task_type in (None, told.type):
            return task_id
    return None


def find(
    settings: Settings, project: str | None, name: str | None, tags: Sequence[str]
) -> str | None:
    """Return the task that was started last of those that fit; renamed ones go by their present name."""
    for task_id in task_ids(settings):
        told = describe(settings.task_dir(task_id))
        named = project in (None, told.project) and name in (None, told.name)
        if named and set(tags) <= set(told.tags):
            return task_id
    return None


def _describe_head(task_dir: Path) -> Described:
    heads = [
        r for reader in readers(task_dir)[:8] for _, r in reader.records(0, _FIRST_BYTES).items
    ]
    return fold([r for r in heads if isinstance(r, TaskDescribed)])


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
