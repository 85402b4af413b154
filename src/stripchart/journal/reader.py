"""The reading side of a journal: only what proves itself, while the journal grows and is compressed.

A reader holds no file open and may be thrown away at any time: a position is stable for ever. It says what it
passed over.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

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
from stripchart.journal.record_reading import Parsed, parse
from stripchart.journal.scalar_reading import (
    COMMITTED,
    DAMAGED,
    EMPTY,
    SLOT_DTYPE,
    Sidecar,
    Window,
    read_window,
)
from stripchart.journal.segments import read_at
from stripchart.records import AnyRecord, Unknown, WriterIdentity

__all__ = [
    "JournalError",
    "JournalReader",
    "Records",
    "Scalars",
    "Skipped",
    "writer_dirs",
    "writer_names",
]

HOLE = "claimed, never committed"
CHECKSUM = "checksum does not hold"
NO_HEADER = "header cannot be read"

# How long an empty slot with committed ones behind it is waited for: the thread that claimed it may be about to
# commit it. Longer than any thread waits for the interpreter, short enough not to hold up a live chart.
HOLE_PATIENCE_SEC = 2.0

# How long the torn end of a process that is gone is waited for.
TAIL_PATIENCE_SEC = 2.0

_ATTEMPTS = 5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Skipped:
    """Tell of positions ``[begin, end)`` of a stream that were passed over, and why."""

    stream: str
    begin: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Scalars:
    """Hold proven slots (fields iteration, value, time, flags, series) and the position of each.

    ``next`` is where the next read starts.
    """

    slots: NDArray[Any]
    offset: NDArray[np.int64]
    next: int
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Records:
    """Hold proven records, each with its position; ``next`` is where the next read starts."""

    items: list[tuple[int, AnyRecord | Unknown]]
    next: int
    skipped: list[Skipped] = field(default_factory=list)


def writer_dirs(task_dir: Path) -> list[Path]:
    """Return the folders of a task's writers, sorted by start; none if the task has no journal."""
    journal = task_dir / "journal"
    return [journal / name for name in writer_names(task_dir)]


def writer_names(task_dir: Path) -> list[str]:
    """Return the names of these folders: a fifth of the cost, for who asks often."""
    try:
        with os.scandir(task_dir / "journal") as entries:
            return sorted(e.name for e in entries if e.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []


class JournalReader:
    """Read one writer's folder, from any position, while it grows."""

    def __init__(self, directory: Path) -> None:
        self._directory = Path(directory)
        self._headers: dict[tuple[Stream, int], Header] = {}
        self._sidecars: dict[int, Sidecar] = {}
        self._packed: PackedSegment | None = None

    @property
    def identity(self) -> WriterIdentity:
        """Return who writes this journal.

        Raises:
            JournalError: no segment has a readable header.
        """
        return self._retried(self._identity)

    def size_bytes(self) -> int:
        """Return how many bytes the journal's files hold; reserved space counts."""
        total = 0
        with os.scandir(self._directory) as entries:
            for entry in entries:
                try:
                    total += entry.stat().st_size
                except FileNotFoundError:
                    continue
        return total

    def scalars(self, start: int = 0, limit: int = 1 << 20) -> Scalars:
        """Return what is proven from position ``start`` on, of about ``limit`` slots.

        Raises:
            OSError: the journal cannot be read.
        """

        def read() -> Scalars:
            found = self._scalars(start, limit)
            skipped, end = self._unreadable(Stream.SCALARS, start, found.next)
            return replace(found, next=end, skipped=[*found.skipped, *skipped])

        return self._retried(read)

    def records(self, start: int = 0, limit_bytes: int = 64 << 20) -> Records:
        """Return the proven records from position ``start`` on, of about ``limit_bytes`` in all.

        Raises:
            OSError: the journal cannot be read.
        """

        def read() -> Records:
            found = self._records(start, limit_bytes)
            skipped, end = self._unreadable(Stream.RECORDS, start, found.next)
            return replace(found, next=end, skipped=[*found.skipped, *skipped])

        return self._retried(read)

    def every_record(self) -> Iterator[AnyRecord | Unknown]:
        """Yield all proven records, a part at a time.

        Raises:
            OSError: the journal cannot be read.
        """
        start = 0
        while True:
            part = self.records(start)
            yield from (record for _, record in part.items)
            if part.next <= start:
                return
            start = part.next

    def _retried(self, read: Callable[[], _T]) -> _T:
        """Read again if a segment vanished: it was compressed since it was listed."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return read()
            except FileNotFoundError:
                continue
        return read()

    def _identity(self) -> WriterIdentity:
        for stream, segments in list_segments(self._directory).items():
            for _, header in self._readable(stream, segments):
                return header.identity
        raise JournalError(f"no journal header can be read in {self._directory}")

    def _readable(
        self, stream: Stream, segments: list[SegmentFile]
    ) -> list[tuple[SegmentFile, Header]]:
        """Return the segments whose header can be read; one just being made has none yet."""
        found = []
        for segment in segments:
            header = self._headers.get((stream, segment.index))
            if header is None:
                try:
                    header = self._read_header(segment)
                except JournalError:
                    continue
                self._headers[stream, segment.index] = header
            found.append((segment, header))
        return found

    def _unreadable(self, stream: Stream, start: int, end: int) -> tuple[list[Skipped], int]:
        """Return the segments without a readable header that a read from ``start`` to ``end`` passed over.

        A read that found nothing more goes on behind the next of them, once nobody is about to write its header.
        """
        segments = list_segments(self._directory).get(stream, [])
        readable = {header.index for _, header in self._readable(stream, segments)}
        skipped = []
        for segment in segments:
            begin = segment.index * stream.span
            if segment.index in readable or begin < start or begin >= end > start:
                continue
            if begin >= end and segment is segments[-1] and not self._is_abandoned(segment):
                break
            size = max(1, self._content(stream, segment))
            skipped.append(Skipped(stream.label, begin, begin + size, NO_HEADER))
            if begin >= end:
                return skipped, begin + size
        return skipped, end

    def _is_abandoned(self, segment: SegmentFile) -> bool:
        still_sec = abs(time.time() - (self._directory / segment.name).stat().st_mtime)
        return still_sec > TAIL_PATIENCE_SEC and not is_alive(self._identity())

    def _content(self, stream: Stream, segment: SegmentFile) -> int:
        """Return how many slots, or bytes, a segment without header held, as far as that can be told."""
        path = self._directory / segment.name
        if stream is Stream.RECORDS or segment.packed:
            return path.stat().st_size - HEADER_BYTES
        header = Header(stream, segment.index, 0, stream.span, self._identity())
        entries = Sidecar(self._directory, segment, header).entries()
        sealed = int((entries["start"] + entries["count"]).max(initial=0))
        area = path.read_bytes()[HEADER_BYTES:]
        slots = np.frombuffer(area, SLOT_DTYPE, count=len(area) // SLOT_DTYPE.itemsize)
        return max(sealed, int(np.count_nonzero(slots["series"])))

    def _read_header(self, segment: SegmentFile) -> Header:
        if segment.packed:
            return self._open_packed(segment).header
        with open(self._directory / segment.name, "rb") as file:
            return decode_header(file.read(HEADER_BYTES))

    def _open_packed(self, segment: SegmentFile) -> PackedSegment:
        path = self._directory / segment.name
        if self._packed is None or self._packed.path != path:
            self._packed = PackedSegment(path)
        return self._packed

    # -- scalars ---------------------------------------------------------------------------------------------

    def _scalars(self, start: int, limit: int) -> Scalars:
        while True:
            windows, complete = self._windows(start, limit)
            if not windows:
                return Scalars(np.empty(0, SLOT_DTYPE), np.empty(0, np.int64), start)
            position = _joined([np.arange(w.first, w.first + len(w.slots)) for w in windows])
            slots = _joined([w.slots for w in windows])
            state = _joined([w.state for w in windows])
            if complete or state.any():
                return self._proven(start, position, slots, state)
            limit *= 8  # nothing but empty slots: what they wait for is further on

    def _windows(self, start: int, limit: int) -> tuple[list[Window], bool]:
        """Return windows at positions of the stream, and whether they reach its end."""
        segments = self._readable(
            Stream.SCALARS, list_segments(self._directory).get(Stream.SCALARS, [])
        )
        windows = []
        for i, (segment, header) in enumerate(segments):
            if header.first + header.capacity <= start:
                continue
            low = max(start - header.first, 0)
            high = min(header.capacity, low + limit)
            finished = i + 1 < len(segments)
            window = self._window(segment, header, low, high, finished=finished)
            windows.append(
                Window(header.first + window.first, window.slots, window.state, window.sealed)
            )
            limit -= len(window.slots)
            if limit <= 0:
                return windows, False
        return windows, True

    def _window(
        self, segment: SegmentFile, header: Header, low: int, high: int, *, finished: bool
    ) -> Window:
        if segment.packed:
            self._sidecars.pop(segment.index, None)
            return self._open_packed(segment).window(low, high)
        sidecar = self._sidecars.get(segment.index)
        if sidecar is None:
            sidecar = self._sidecars[segment.index] = Sidecar(self._directory, segment, header)
        return read_window(self._directory / segment.name, sidecar, low, high, finished=finished)

    def _proven(
        self, start: int, position: NDArray[np.int64], slots: NDArray[Any], state: NDArray[Any]
    ) -> Scalars:
        end = len(state) - int(np.argmax(state[::-1] != EMPTY)) if state.any() else 0
        holes = np.flatnonzero(state[:end] == EMPTY)
        if len(holes):
            end = self._first_awaited(holes, slots, state, end)
        position, slots, state = position[:end], slots[:end], state[:end]
        skipped = skipped_runs(position, state)
        skipped += _runs(position, state == EMPTY, HOLE)
        taken = (state == COMMITTED) & (slots["series"] != VOID)
        following = int(position[-1]) + 1 if end else start
        if not taken.all():
            slots, position = slots[taken], position[taken]
        return Scalars(slots, position, following, skipped)

    def _first_awaited(
        self, holes: NDArray[np.int64], slots: NDArray[Any], state: NDArray[Any], end: int
    ) -> int:
        """Return the first hole that may still be filled, ``end`` if there is none."""
        committed = np.flatnonzero((state == COMMITTED) & (slots["series"] != VOID))
        times = np.append(slots["time"][committed], time.time())
        behind = times[np.searchsorted(committed, holes)]
        young = holes[np.abs(time.time() - behind) < HOLE_PATIENCE_SEC]
        if not len(young) or not is_alive(self._identity()):
            return end
        return int(young[0])

    # -- records ---------------------------------------------------------------------------------------------

    def _records(self, start: int, limit_bytes: int) -> Records:
        segments = self._readable(
            Stream.RECORDS, list_segments(self._directory).get(Stream.RECORDS, [])
        )
        result = Records([], start)
        for i, (segment, header) in enumerate(segments):
            if header.first + header.capacity <= start:
                continue
            low = max(start - header.first, 0)
            finished = i + 1 < len(segments) or segment.packed
            parsed, used = self._parse(segment, header, low, limit_bytes, finished=finished)
            base = header.first + low
            result.items.extend((base + at, item) for at, item in parsed.items)
            result.skipped.extend(
                Skipped(Stream.RECORDS.label, base + begin, base + end, reason)
                for begin, end, reason in parsed.skipped
            )
            if parsed.end:
                result = Records(result.items, base + parsed.end, result.skipped)
            limit_bytes -= parsed.end
            if limit_bytes <= 0 or not used:
                break
        return result

    def _parse(
        self, segment: SegmentFile, header: Header, low: int, limit: int, *, finished: bool
    ) -> tuple[Parsed, bool]:
        """Return the frames from ``low`` on, and whether the segment was read to its end."""
        limit = max(limit, 1)
        while True:
            area, complete = self._area(segment, low, limit)
            parsed = parse(area, complete=complete, final=finished and complete)
            if complete and parsed.end < len(area) and self._is_left(segment, header, low, area):
                parsed = parse(area, complete=True, final=True)
            if complete or parsed.end:
                return parsed, complete and parsed.end == len(area)
            limit *= 4  # a record larger than the limit

    def _is_left(self, segment: SegmentFile, header: Header, low: int, area: bytes) -> bool:
        """Say whether the end of a segment is all that will ever be there: nobody is left to finish it.

        The file must also have been still for a while, as a process that we take for gone may be one of another
        container with our host's name.
        """
        if is_alive(header.identity):
            return False
        status = (self._directory / segment.name).stat()
        is_whole = status.st_size == HEADER_BYTES + low + len(area)
        return is_whole and abs(time.time() - status.st_mtime) > TAIL_PATIENCE_SEC

    def _area(self, segment: SegmentFile, low: int, limit: int) -> tuple[bytes, bool]:
        if segment.packed:
            area = self._open_packed(segment).record_area()
            return area[low : low + limit], low + limit >= len(area)
        fd = os.open(self._directory / segment.name, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            area = read_at(fd, limit, HEADER_BYTES + low)
        finally:
            os.close(fd)
        return area, len(area) < limit


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def skipped_runs(position: NDArray[np.int64], state: NDArray[np.uint8]) -> list[Skipped]:
    """Return the stretches of slots whose checksum does not hold."""
    return _runs(position, state == DAMAGED, CHECKSUM)


def _runs(position: NDArray[np.int64], mask: NDArray[np.bool_], reason: str) -> list[Skipped]:
    at = position[mask]
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) != 1)
    begins = at[np.concatenate([[0], breaks + 1])]
    ends = at[np.concatenate([breaks, [len(at) - 1]])] + 1
    return [
        Skipped(Stream.SCALARS.label, b, e, reason)
        for b, e in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
