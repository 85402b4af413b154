"""Take the attempts of one task into another: the same records, under later attempt numbers.

Scalars keep their values, times and flags; iterations are raised. The segments that this writes are those of any
finished writer; the recorder's checksums over scalar blocks are not carried over.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stripchart.journal.format import (
    SCALAR_SPAN,
    Header,
    Stream,
    encode_header,
    segment_name,
)
from stripchart.journal.writer import JournalWriter
from stripchart.records import (
    NO_ITERATION,
    SINGLE_VALUE,
    AnyRecord,
    AttemptStarted,
    EnvironmentDescribed,
    PlotReported,
    SampleReported,
    SampleStored,
    StatusChanged,
    TaskDescribed,
    Unknown,
    WriterClosed,
    WriterIdentity,
)
from stripchart.sdk import lookup
from stripchart.sdk.errors import UsageError

if TYPE_CHECKING:
    from stripchart.journal.reader import JournalReader

_SLOTS_A_SEGMENT = 131_072
_FILES = ("media", "artifacts", "spool")


def graft(source: Path, target: Path, offset: int) -> None:
    """Make the attempts in a task's folder ``source`` later attempts of the one in ``target``.

    Raises:
        UsageError: they were taken in before.
        OSError: it cannot be read or written.
    """
    readers = lookup.readers(source)
    later = lookup.last_attempt(target) + 1
    taken = [
        r.identity.writer for r in readers if (target / "journal" / r.identity.writer).exists()
    ]
    if taken:
        raise UsageError(f"the archive was imported into task {target.name} before")
    for reader in readers:
        _graft_journal(reader, target, later, offset)
    for name in _FILES:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)


def _graft_journal(reader: JournalReader, target: Path, later: int, offset: int) -> None:
    identity = msgspec.structs.replace(
        reader.identity, task_id=target.name, attempt=reader.identity.attempt + later
    )
    folder = target / "journal" / identity.writer
    writer = JournalWriter(folder, identity)
    for record in lookup.records_of(reader):
        # What the task is called is the target's own.
        if not isinstance(record, Unknown | TaskDescribed | WriterClosed):
            writer.append(_grafted(record, later, offset))
    _graft_scalars(reader, folder, identity, offset)
    writer.close()


def _grafted(record: AnyRecord, later: int, offset: int) -> AnyRecord:
    if isinstance(record, AttemptStarted):
        attempt, initial = record.attempt + later, record.initial_iteration + offset
        return msgspec.structs.replace(record, attempt=attempt, initial_iteration=initial)
    if isinstance(record, StatusChanged | EnvironmentDescribed):
        return msgspec.structs.replace(record, attempt=record.attempt + later)
    if isinstance(record, PlotReported | SampleReported | SampleStored):
        iteration = None if record.iteration is None else record.iteration + offset
        return msgspec.structs.replace(record, iteration=iteration)
    return record


def _graft_scalars(
    reader: JournalReader, folder: Path, identity: WriterIdentity, offset: int
) -> None:
    start, index = 0, 0
    while True:
        part = reader.scalars(start, _SLOTS_A_SEGMENT)
        slots = part.slots.copy()
        placed = (slots["flags"] & (NO_ITERATION | SINGLE_VALUE)) == 0
        slots["iteration"][placed] += offset
        for begin in range(0, len(slots), _SLOTS_A_SEGMENT):
            _write_segment(folder, identity, index, slots[begin : begin + _SLOTS_A_SEGMENT])
            index += 1
        if part.next <= start:
            return
        start = part.next


def _write_segment(folder: Path, identity: WriterIdentity, index: int, slots: Any) -> None:
    header = Header(Stream.SCALARS, index, index * SCALAR_SPAN, len(slots), identity)
    path = folder / segment_name(Stream.SCALARS, index)
    path.write_bytes(encode_header(header) + slots.tobytes())
