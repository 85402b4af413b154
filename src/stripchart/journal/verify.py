"""Checking a task's journals as a whole: what is proven, what is not yet, what is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from stripchart.journal.format import (
    HEADER_BYTES,
    VOID,
    Header,
    JournalError,
    SegmentFile,
    Stream,
    decode_header,
    list_segments,
)
from stripchart.journal.liveness import is_alive
from stripchart.journal.packing import PackedSegment
from stripchart.journal.reader import Skipped, skipped_runs, writer_dirs
from stripchart.journal.record_reading import parse
from stripchart.journal.scalar_reading import COMMITTED, EMPTY, Sidecar, Window, read_window


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentReport:
    """Count what one segment holds.

    ``proven`` slots or records carry a checksum that holds. ``unsealed`` slots are committed, and no checksum over
    them was written yet. ``void`` slots were claimed for an unfit value, ``holes`` claimed and never committed.
    ``skipped`` tells of damage; ``trouble`` is why nothing could be read.
    """

    writer: str
    stream: str
    name: str
    size_bytes: int
    proven: int = 0
    unsealed: int = 0
    void: int = 0
    holes: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Hold what was found in every segment of a task."""

    segments: list[SegmentReport]

    @property
    def sound(self) -> bool:
        """Say whether nothing is damaged."""
        return not any(segment.skipped or segment.trouble for segment in self.segments)


def verify(task_dir: Path) -> Report:
    """Read all of a task's journals and check every checksum.

    Raises:
        OSError: a folder cannot be read.
    """
    return Report([report for d in writer_dirs(Path(task_dir)) for report in _verify_writer(d)])


def _verify_writer(directory: Path) -> Iterator[SegmentReport]:
    for stream, segments in list_segments(directory).items():
        for i, segment in enumerate(segments):
            finished = i + 1 < len(segments)
            yield _verify_segment(directory, stream, segment, finished=finished)


def _verify_segment(
    directory: Path, stream: Stream, segment: SegmentFile, *, finished: bool
) -> SegmentReport:
    path = directory / segment.name
    report = SegmentReport(
        writer=directory.name, stream=stream.label, name=segment.name, size_bytes=0
    )
    try:
        report = replace(report, size_bytes=path.stat().st_size)
        if stream is Stream.SCALARS:
            return _verify_scalars(directory, segment, report)
        return _verify_records(path, segment, report, finished=finished)
    except (OSError, JournalError) as error:
        return replace(report, trouble=str(error))


def _verify_scalars(directory: Path, segment: SegmentFile, report: SegmentReport) -> SegmentReport:
    header, window = _scalar_window(directory, segment)
    committed = window.state == COMMITTED
    void = committed & (window.slots["series"] == VOID)
    real = committed & ~void
    used = np.flatnonzero(window.state)
    end = int(used[-1]) + 1 if len(used) else 0
    position = header.first + np.arange(len(window.slots))
    return replace(
        report,
        proven=int((real & window.sealed).sum()),
        unsealed=int((real & ~window.sealed).sum()),
        void=int(void.sum()),
        holes=int((window.state[:end] == EMPTY).sum()),
        skipped=skipped_runs(position, window.state),
    )


def _scalar_window(directory: Path, segment: SegmentFile) -> tuple[Header, Window]:
    path = directory / segment.name
    if segment.packed:
        packed = PackedSegment(path)
        return packed.header, packed.window(0, packed.header.capacity)
    with open(path, "rb") as file:
        header = decode_header(file.read(HEADER_BYTES))
    return header, read_window(
        directory / segment.name,
        Sidecar(directory, segment, header),
        0,
        header.capacity,
        finished=True,
    )


def _verify_records(
    path: Path, segment: SegmentFile, report: SegmentReport, *, finished: bool
) -> SegmentReport:
    if segment.packed:
        packed = PackedSegment(path)
        header, area = packed.header, packed.record_area()
    else:
        content = path.read_bytes()
        header, area = decode_header(content[:HEADER_BYTES]), content[HEADER_BYTES:]
    # Of a writer that lives, a torn end may be a record on its way.
    final = finished or not is_alive(header.identity)
    parsed = parse(area, complete=True, final=final)
    skipped = [
        Skipped(Stream.RECORDS.label, header.first + begin, header.first + end, reason)
        for begin, end, reason in parsed.skipped
    ]
    return replace(report, proven=len(parsed.items), skipped=skipped)
