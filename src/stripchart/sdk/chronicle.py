"""Fold the records of one task into what is now true of it, reading each record once.

The order is that of ingest: by a clock that never goes back within one writer (the highest time so far), then by
writer, then by place in its journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stripchart.records import (
    PAGE_ENDING,
    AnyRecord,
    ArtifactStored,
    AttemptStarted,
    ConfigurationSet,
    EnvironmentDescribed,
    ParametersSet,
    PropertiesSet,
    Status,
    StatusChanged,
    TaskDescribed,
    Unknown,
    WriterIdentity,
)
from stripchart.sdk import lookup

if TYPE_CHECKING:
    from stripchart.journal.reader import JournalReader

ENDED: frozenset[str] = frozenset({"completed", "failed", "stopped", "published", "closed"})

Telling = (
    TaskDescribed
    | AttemptStarted
    | StatusChanged
    | ParametersSet
    | ConfigurationSet
    | PropertiesSet
    | ArtifactStored
    | EnvironmentDescribed
)
_NO_FIELDS = frozenset({"time_us", "tags_added", "tags_removed"})
_Place = tuple[int, str, int]  # clock, writer, number in its journal


@dataclass(slots=True)
class Described:
    """Gather what the records of a task say about it."""

    project: str = ""
    name: str = ""
    type: str = "training"
    tags: list[str] = field(default_factory=list)
    system_tags: list[str] = field(default_factory=list)
    comment: str = ""
    said_us: dict[str, int] = field(default_factory=dict)  # when each of what describes it was said
    parent: str | None = None
    archived: bool = False
    progress: int | None = None
    status: Status = "created"
    status_reason: str = ""
    status_message: str = ""
    attempt: int = 0
    initial_iteration: int = 0
    started_us: int | None = None
    ended_us: int | None = None
    updated_us: int = 0
    host: str = ""
    user: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    parameter_types: dict[str, str] = field(default_factory=dict)
    parameter_descriptions: dict[str, str] = field(default_factory=dict)
    configurations: dict[str, ConfigurationSet] = field(default_factory=dict)
    properties: dict[str, dict[str, str]] = field(default_factory=dict)
    artifacts: dict[str, ArtifactStored] = field(default_factory=dict)
    artifact_times: dict[str, int] = field(default_factory=dict)  # of removed ones too


class Chronicle:
    """Follow what one task's journals say; each ``read`` takes in what is new.

    Without ``page``, what people said of it on the page is passed over.
    """

    def __init__(self, task_dir: Path, *, page: bool = True) -> None:
        self._task_dir = task_dir
        self._page = page
        self._journals: dict[str, _Journal] = {}
        self._records: list[tuple[_Place, Telling]] = []
        self._folded: Described | None = None

    def read(self) -> Described:
        """Return what is true of the task now; treat it as read-only."""
        fresh: list[tuple[_Place, Telling]] = []
        for reader in lookup.readers(self._task_dir, known=self._known()):
            if reader.identity.role == "page" and not self._page:
                continue
            journal = self._journals.setdefault(reader.identity.writer, _Journal(reader))
            fresh += journal.read_on()
        if fresh or self._folded is None:
            self._records = sorted([*self._records, *fresh], key=lambda placed: placed[0])
            self._folded = fold([record for _, record in self._records])
            # What people say of it on the page is no sign of life.
            said = [r for (_, writer, _), r in self._records if not writer.endswith(PAGE_ENDING)]
            self._folded.updated_us = max((record.time_us for record in said), default=0)
        return self._folded

    def identities(self) -> list[WriterIdentity]:
        """Return who wrote the journals read so far."""
        return [journal.reader.identity for journal in self._journals.values()]

    def _known(self) -> dict[str, JournalReader]:
        return {name: journal.reader for name, journal in self._journals.items()}


class _Journal:
    """Hold how far one journal was read, and its clock."""

    def __init__(self, reader: JournalReader) -> None:
        self.reader = reader
        self._next = 0
        self._clock_us = 0
        self._count = 0

    def read_on(self) -> list[tuple[_Place, Telling]]:
        found: list[tuple[_Place, Telling]] = []
        writer = self.reader.identity.writer
        for record in self._records():
            self._clock_us = max(self._clock_us, getattr(record, "time_us", 0))
            self._count += 1
            if isinstance(record, Telling):
                found.append(((self._clock_us, writer, self._count), record))
        return found

    def _records(self) -> Iterator[AnyRecord | Unknown]:
        while True:
            part = self.reader.records(self._next)
            for _, record in part.items:
                yield record
            if part.next <= self._next:
                return
            self._next = part.next


def describe(task_dir: Path) -> Described:
    """Read what a task is, in which state, with which parameters."""
    return Chronicle(task_dir).read()


def fold(records: Sequence[Telling]) -> Described:
    """Apply records in the order in which they stand."""
    told = Described()
    statuses: list[StatusChanged] = []
    for record in records:
        if isinstance(record, StatusChanged):
            statuses.append(record)
        else:
            _apply(told, record)
    last = last_word([s for s in statuses if s.attempt == told.attempt])
    if last is not None:
        told.status, told.status_reason = last.status, last.reason
        told.status_message = last.message or last.reason
        told.ended_us = last.time_us if last.status in ENDED else None
    return told


def last_word(statuses: list[StatusChanged]) -> StatusChanged | None:
    """Return which of the statuses of one attempt holds: the task's own word before what was observed."""
    own = [s for s in statuses if not s.observed]
    last = (own or statuses)[-1:]
    return last[0] if last else None


def _apply(told: Described, record: Telling) -> None:
    if isinstance(record, TaskDescribed):
        _apply_description(told, record)
    elif isinstance(record, AttemptStarted):
        _apply_attempt(told, record)
    elif isinstance(record, ParametersSet):
        _apply_parameters(told, record)
    elif isinstance(record, ConfigurationSet):
        told.configurations.pop(record.name, None)
        if record.text is not None:
            told.configurations[record.name] = record
    elif isinstance(record, PropertiesSet):
        told.properties |= record.values
        for name in record.removed:
            told.properties.pop(name, None)
    elif isinstance(record, ArtifactStored):
        _apply_artifact(told, record)
    elif isinstance(record, EnvironmentDescribed):
        told.host = str(record.values.get("host", told.host))
        told.user = str(record.values.get("user", told.user))


def _apply_description(told: Described, record: TaskDescribed) -> None:
    for name, value in _said(record).items():
        setattr(told, name, value)
        told.said_us[name] = max(record.time_us, told.said_us.get(name, 0))
    changed = {*record.tags_added, *record.tags_removed}
    if changed:
        kept = [tag for tag in told.tags if tag not in changed]
        told.tags = list(dict.fromkeys([*kept, *record.tags_added]))


def take_in(told: Described, record: TaskDescribed) -> None:
    """Apply what somebody else said to what is known already, but for tags; of each field the later word holds."""
    for name, value in _said(record).items():
        if name != "tags" and record.time_us > told.said_us.get(name, 0):
            setattr(told, name, value)
            told.said_us[name] = record.time_us


def _said(record: TaskDescribed) -> dict[str, Any]:
    fields = (name for name in record.__struct_fields__ if name not in _NO_FIELDS)
    return {name: value for name in fields if (value := getattr(record, name)) is not None}


def _apply_attempt(told: Described, record: AttemptStarted) -> None:
    if told.started_us is None:
        told.started_us = record.time_us
    if record.attempt >= told.attempt:
        told.attempt, told.initial_iteration = record.attempt, record.initial_iteration
        told.status = "in_progress"


def _apply_parameters(told: Described, record: ParametersSet) -> None:
    told.parameters |= record.values
    told.parameter_types |= record.types
    told.parameter_descriptions |= record.descriptions
    for name in record.removed:
        for known in (told.parameters, told.parameter_types, told.parameter_descriptions):
            known.pop(name, None)


def _apply_artifact(told: Described, record: ArtifactStored) -> None:
    # By their own time: what the recorder says of an upload comes late, and bears the time of the artifact it is about.
    if record.time_us < told.artifact_times.get(record.name, record.time_us):
        return
    told.artifact_times[record.name] = record.time_us
    before = told.artifacts.pop(record.name, None)
    if record.removed:
        return
    if before is not None and record.state != "pending" and before.state == "pending":
        record = _completed(record, before)
    told.artifacts[record.name] = record


def _completed(stored: ArtifactStored, pending: ArtifactStored) -> ArtifactStored:
    """Return what the recorder said of an upload, with what it left out as the task had said it."""
    return msgspec.structs.replace(
        stored,
        type=stored.type or pending.type,
        preview=stored.preview or pending.preview,
        metadata=stored.metadata or pending.metadata,
        size_bytes=stored.size_bytes or pending.size_bytes,
        hash=stored.hash or pending.hash,
    )
