"""Follow the journals of a task cheaply: who writes, which iteration it is at, what it said of its end.

This reads with ``pread`` and not through ``journal.reader``, which decodes all there is: a training that
prints a megabyte a second would cost the recorder its budget for lines that it does nothing with. Here
a record is decoded only if its kind is one that the recorder acts on, and of the points only the newest
few are looked at. Only a journal that is compressed already, by a recorder before this one, is read as a whole.
"""

from __future__ import annotations

import os
from pathlib import Path

from stripchart.journal.format import (
    FRAME,
    HEADER_BYTES,
    MARKER,
    SLOT,
    SLOT_BYTES,
    VOID,
    JournalError,
    SegmentFile,
    Stream,
    decode_header,
    frame_length,
    frame_payload,
    list_segments,
    segment_name,
)
from stripchart.records import (
    NO_ITERATION,
    SINGLE_VALUE,
    AttemptStarted,
    EnvironmentDescribed,
    StatusChanged,
    WriterClosed,
    WriterIdentity,
    decode,
)

_CHUNK_BYTES = 1 << 20
_CHUNKS_A_TURN = 16  # of a console that shouts, so that a death is noticed meanwhile
_NEWEST_SLOTS = 64
# A record is a map whose first key is its kind, so these stand within its first bytes.
_KIND_AT_MOST = 32
_WANTED = tuple(
    b"\xa4kind" + bytes([0xA0 | len(kind)]) + kind
    for kind in (b"status", b"closed", b"environment", b"attempt")
)
_ENDED = {"stopped", "failed", "completed", "closed", "published"}


def read_identity(directory: Path) -> WriterIdentity | None:
    """Return who writes in a folder, or None while no sound header is there."""
    try:
        segments = list_segments(directory)
    except OSError:
        return None
    for stream in (Stream.RECORDS, Stream.SCALARS):
        for segment in segments[stream]:
            try:
                return _identity(directory / segment.name, packed=segment.packed)
            except (OSError, JournalError):
                continue
    return None


def _identity(path: Path, *, packed: bool) -> WriterIdentity:
    if packed:
        from stripchart.journal.packing import (
            PackedSegment,
        )  # NumPy and zstd: only where there is one

        return PackedSegment(path).header.identity
    with open(path, "rb") as file:
        return decode_header(file.read(HEADER_BYTES)).identity


class Follower:
    """Follow one writer's folder.

    ``closed``: it ended in order. ``ended_as``: the status, of its own word and not concluded, that ends
    the task. ``concluded``: the last status that is an observation. ``environment``: what the task said of
    itself. ``opens``: it opened its attempt, and ``begins_at`` is the attempt's first iteration.
    """

    def __init__(self, directory: Path, identity: WriterIdentity) -> None:
        self.directory = directory
        self.identity = identity
        self.closed = False
        self.ended_as: StatusChanged | None = None
        self.concluded: StatusChanged | None = None
        self.environment: dict[str, object] = {}
        self.opens = False
        self.begins_at = 0
        self._segment = 0
        self._at = HEADER_BYTES
        self._scalars = SlotFinder(directory)

    def newest_iteration(self) -> int | None:
        """Return the highest iteration among the newest points, None where there is none."""
        return self._scalars.newest_iteration()

    def read_on(self, *, to_end: bool = False) -> None:
        """Take in the records written since the last call; all of them if ``to_end``."""
        turns = 0
        while to_end or turns < _CHUNKS_A_TURN:
            turns += 1
            if not self._read_chunk():
                return

    def _read_chunk(self) -> bool:
        """Read one piece; say whether there may be more."""
        if self._read_here():
            return True
        following = self._following_segment()
        if following is None:
            return False
        # Nothing is appended to a segment once there is a later one, so this look is the last here.
        if not self._read_here():
            self._segment, self._at = following, HEADER_BYTES
        return True

    def _read_here(self) -> bool:
        """Read one piece of the segment that we are in; say whether there was any."""
        path = self.directory / segment_name(Stream.RECORDS, self._segment)
        data = _pread(path, self._at, _CHUNK_BYTES) or self._read_packed(path.with_suffix(".zst"))
        used = self._take(data) if data else 0
        if data and used == 0 and len(data) == _CHUNK_BYTES:
            used = self._skip_large(data)
        self._at += used
        return used > 0

    def _read_packed(self, path: Path) -> bytes:
        if not path.exists():
            return b""
        from stripchart.journal.packing import PackedSegment

        try:
            at = self._at - HEADER_BYTES
            return PackedSegment(path).record_area()[at : at + _CHUNK_BYTES]
        except (OSError, JournalError):
            return b""

    def _take(self, data: bytes) -> int:
        at = 0
        while True:
            length = frame_length(data, at)
            if length is None:
                found = data.find(MARKER, at + 1)
                whole_head = at + FRAME.size <= len(data)
                if found < 0 or not whole_head:
                    # A torn head at the very end is one that is being written.
                    return at
                at = found
                continue
            end = at + FRAME.size + length
            if end > len(data):
                return at
            self._look_at(data, at, length)
            at = end

    def _skip_large(self, data: bytes) -> int:
        # A frame larger than a chunk is none of those that we want.
        length = frame_length(data, 0)
        return len(data) - FRAME.size if length is None else FRAME.size + length

    def _look_at(self, data: bytes, at: int, length: int) -> None:
        begin = data[at + FRAME.size : at + FRAME.size + min(length, _KIND_AT_MOST)]
        if not any(kind in begin for kind in _WANTED):
            return
        payload = frame_payload(data, at, length)
        if payload is None:
            return
        try:
            record = decode(payload)
        except ValueError:
            return
        if isinstance(record, WriterClosed):
            self.closed = True
        elif isinstance(record, EnvironmentDescribed):
            self.environment.update(record.values)
        elif isinstance(record, AttemptStarted):
            self.opens, self.begins_at = True, record.initial_iteration
        elif isinstance(record, StatusChanged) and record.observed:
            self.concluded = record
        elif isinstance(record, StatusChanged):
            self.ended_as = record if record.status in _ENDED else None

    def _following_segment(self) -> int | None:
        """Return the number of the next segment; one may be missing, opened and dropped by its writer."""
        try:
            segments = list_segments(self.directory)[Stream.RECORDS]
        except OSError:
            return None
        return min((s.index for s in segments if s.index > self._segment), default=None)


class SlotFinder:
    """Find the newest committed slots of a writer's scalar stream."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._highest: int | None = None
        self._name = ""
        self._known = 0  # slots of the segment called _name that are known to be in use

    def newest_iteration(self) -> int | None:
        """Return the highest iteration seen so far among the newest slots at each call."""
        try:
            segments = list_segments(self._directory)[Stream.SCALARS]
        except OSError:
            return self._highest
        for segment in reversed([s for s in segments if not s.packed]):
            found = self._highest_in(segment)
            if found is not None:
                self._highest = found if self._highest is None else max(found, self._highest)
                break
        return self._highest

    def _highest_in(self, segment: SegmentFile) -> int | None:
        if segment.name != self._name:
            self._name, self._known = segment.name, 0
        try:
            fd = os.open(self._directory / segment.name, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError:
            return None
        try:
            slots = (os.fstat(fd).st_size - HEADER_BYTES) // SLOT_BYTES
            self._known = _first_empty(fd, self._known, slots)
            begin = max(self._known - _NEWEST_SLOTS, 0)
            data = _pread_fd(fd, HEADER_BYTES + begin * SLOT_BYTES, _NEWEST_SLOTS * SLOT_BYTES)
        except OSError:
            return None
        finally:
            os.close(fd)
        return _highest(data)


def _highest(data: bytes) -> int | None:
    without = SINGLE_VALUE | NO_ITERATION
    whole = memoryview(data)[: len(data) // SLOT_BYTES * SLOT_BYTES]
    return max(
        (
            iteration
            for iteration, _, _, flags, number in SLOT.iter_unpack(whole)
            if number not in (0, VOID) and not flags & without
        ),
        default=None,
    )


def _first_empty(fd: int, low: int, high: int) -> int:
    """Return the number of slots in use, by bisection: they are filled in order, but for a few at the end."""
    while low < high:
        middle = (low + high) // 2
        word = _pread_fd(fd, HEADER_BYTES + middle * SLOT_BYTES + SLOT_BYTES - 4, 4)
        if len(word) == 4 and word != b"\0\0\0\0":
            low = middle + 1
        else:
            high = middle
    return low


def _pread(path: Path, offset: int, size: int) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return b""
    try:
        return _pread_fd(fd, offset, size)
    except OSError:
        return b""
    finally:
        os.close(fd)


def _pread_fd(fd: int, offset: int, size: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(fd, size, offset)
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, size)
