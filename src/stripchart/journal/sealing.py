"""What the recorder does for a journal: checksums over new slots, forcing to disk, compressing what is finished.

One process at a time seals a journal (the recorder holds the task's lock). Sealing and syncing use the standard
library alone; compressing imports NumPy and zstd.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from stripchart.journal.format import (
    FRAME,
    HEADER_BYTES,
    MARKER,
    SLOT_BYTES,
    JournalError,
    SegmentFile,
    Stream,
    decode_header,
    frame_length,
    frame_payload,
    list_segments,
    parse_name,
)
from stripchart.journal.liveness import is_alive
from stripchart.journal.seals import decode_entries, encode_entries, seal_header, whole_size
from stripchart.journal.segments import read_at
from stripchart.records import WriterClosed, decode

# After close(), a thread may still be in the middle of a call that began before it.
CLOSED_FOR_SEC = 2.0

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | (_READ & ~os.O_RDONLY)
_STEP_SLOTS = 4096
_EMPTY = bytes(4)
_LAST_FRAME_WITHIN = 4096


def seal(directory: Path) -> int:
    """Add checksums over the slots committed since the last call; return how many slots that were.

    Raises:
        OSError: the journal cannot be read, or the checksums not written; the next call does it again.
    """
    return _sealer(Path(directory)).seal()


def sync(directory: Path) -> None:
    """Force a journal from page cache to disk: what is older than this call survives a power cut.

    Raises:
        OSError: the system could not write it.
    """
    _sealer(Path(directory)).sync()


def compressible(directory: Path, *, ended: bool = False) -> list[str]:
    """Return the names of the segments that ``compress`` may take now.

    ``ended`` says that the writer's process is known to be gone; otherwise it is looked for.

    Raises:
        OSError: the journal cannot be read.
    """
    ended = ended or _has_ended(Path(directory))
    names: list[str] = []
    for segments in list_segments(Path(directory)).values():
        finished = segments if ended else segments[:-1]
        names.extend(segment.name for segment in finished if not segment.packed)
    return names


def compress(directory: Path, segment: str, *, ended: bool = False) -> bool:
    """Replace a segment that will not change any more by its compressed form; say whether that was done.

    It is not while its writer may still store into it, nor where a checksum does not hold: damage is not sealed
    anew. Every slot, every byte and every position stays as it was.

    Raises:
        OSError: it cannot be read or written; the segment is as it was.
    """
    directory = Path(directory)
    if segment not in compressible(directory, ended=ended):
        return False
    from stripchart.journal.compressing import replace_by_packed  # NumPy and zstd: only now

    final = ended or _has_ended(directory)
    return replace_by_packed(directory, segment, final=final)


@dataclass(slots=True)
class _Progress:
    """Remember how far a segment is sealed: ``holes`` are the empty slots below ``next``."""

    capacity: int
    next: int = 0
    holes: list[int] = field(default_factory=list)
    size: int = 0  # of the sidecar

    @property
    def complete(self) -> bool:
        return self.next == self.capacity and not self.holes


class _Sealer:
    """Seal one journal; remembers what is done, so that an idle journal costs a listing."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._progress: dict[int, _Progress] = {}
        self._synced: set[str] = set()

    def seal(self) -> int:
        sealed = 0
        for segment in list_segments(self._directory)[Stream.SCALARS]:
            if not segment.packed:
                with contextlib.suppress(FileNotFoundError, JournalError):
                    sealed += self._seal_segment(segment)
        return sealed

    def sync(self) -> None:
        listing = set(os.listdir(self._directory))  # noqa: PTH208
        for name in sorted(listing - self._synced):
            if name.startswith(("scalars-", "records-")):
                with contextlib.suppress(FileNotFoundError):
                    _sync_file(self._directory / name)
                    if self._is_final(name):
                        self._synced.add(name)
        _sync_directory(self._directory)

    def _is_final(self, name: str) -> bool:
        """Say whether a file just forced to disk cannot change any more."""
        parsed = parse_name(name)
        if parsed is None or parsed[1].packed:
            return parsed is not None
        progress = self._progress.get(parsed[1].index)
        return parsed[0] is Stream.SCALARS and progress is not None and progress.complete

    def _seal_segment(self, segment: SegmentFile) -> int:
        path = self._directory / segment.seal_name
        progress = self._progress.get(segment.index)
        if progress is None or progress.size != _size(path):
            progress = _load(self._directory, segment)
        self._progress[segment.index] = progress
        if progress.complete:
            return 0
        fd = os.open(self._directory / segment.name, _READ)
        try:
            runs, following, holes = _committed_runs(fd, progress)
        finally:
            os.close(fd)
        if runs:
            content = b"".join(encode_entries(data, first, segment.index) for first, data in runs)
            progress.size = _append(path, content, segment.index)
        progress.next, progress.holes = following, holes
        return sum(len(data) for _, data in runs) // SLOT_BYTES


@lru_cache(maxsize=256)
def _sealer(directory: Path) -> _Sealer:
    return _Sealer(directory)


def _has_ended(directory: Path) -> bool:
    """Say whether nothing more will be written: the process is gone, or has closed the journal a while ago."""
    segments = [s for s in list_segments(directory)[Stream.RECORDS] if not s.packed]
    if not segments:
        return True  # the record stream is compressed to its end only once the writer has ended
    with open(directory / segments[-1].name, "rb") as file:
        try:
            header = decode_header(file.read(HEADER_BYTES))
        except JournalError:
            return False
        file.seek(max(HEADER_BYTES, file.seek(0, os.SEEK_END) - _LAST_FRAME_WITHIN))
        end = file.read()
    if not is_alive(header.identity):
        return True
    closed_us = _closing_time_us(end)
    return closed_us is not None and abs(time.time() - closed_us / 1e6) > CLOSED_FOR_SEC


def _closing_time_us(end: bytes) -> int | None:
    at = end.rfind(MARKER)
    length = frame_length(end, at) if at >= 0 else None
    if length is None or at + FRAME.size + length != len(end):
        return None
    payload = frame_payload(end, at, length)
    with contextlib.suppress(ValueError):
        record = decode(payload) if payload is not None else None
        return record.time_us if isinstance(record, WriterClosed) else None
    return None


def _load(directory: Path, segment: SegmentFile) -> _Progress:
    """Read how far a segment is sealed, and take a torn entry off the sidecar's end."""
    with open(directory / segment.name, "rb") as file:
        capacity = decode_header(file.read(HEADER_BYTES)).capacity
    progress = _Progress(capacity)
    try:
        content = (directory / segment.seal_name).read_bytes()
    except FileNotFoundError:
        return progress
    progress.size = whole_size(len(content))
    if progress.size != len(content):
        os.truncate(directory / segment.seal_name, progress.size)
    covered = bytearray(capacity)
    for start, count in decode_entries(content, segment.index):
        covered[start : start + count] = b"\1" * count
    progress.next = covered.rfind(1) + 1
    progress.holes = [i for i in range(progress.next) if not covered[i]]
    return progress


def _committed_runs(fd: int, progress: _Progress) -> tuple[list[tuple[int, bytes]], int, list[int]]:
    """Return runs of slots to seal (first slot, bytes), the slot to go on from, and what is still empty."""
    runs, holes = [], []
    for hole in progress.holes:
        data = _read_slots(fd, hole, 1)
        if data[-4:] == _EMPTY:
            holes.append(hole)
        else:
            # Read again: see scalar_reading, a copy may hold the commit word but not yet what belongs to it.
            runs.append((hole, _read_slots(fd, hole, 1)))
    at = following = progress.next
    while at < progress.capacity:
        count = min(_STEP_SLOTS, progress.capacity - at)
        numbers = memoryview(_read_slots(fd, at, count)).cast("I")[7::8].tolist()
        if not any(numbers):
            break
        data = _read_slots(fd, at, count)
        for begin, end in _runs_of(numbers):
            holes.extend(range(following, at + begin))
            runs.append((at + begin, data[begin * SLOT_BYTES : end * SLOT_BYTES]))
            following = at + end
        at += count
    return runs, following, holes


def _runs_of(numbers: list[int]) -> list[tuple[int, int]]:
    """Return the stretches of non-zero numbers."""
    runs, at, count = [], 0, len(numbers)
    while at < count:
        if numbers[at] == 0:
            at += 1
            continue
        try:
            end = numbers.index(0, at)
        except ValueError:
            end = count
        runs.append((at, end))
        at = end
    return runs


def _read_slots(fd: int, first: int, count: int) -> bytes:
    data = read_at(fd, count * SLOT_BYTES, HEADER_BYTES + first * SLOT_BYTES)
    whole = data[: len(data) // SLOT_BYTES * SLOT_BYTES]  # where the file was cut
    return whole.ljust(count * SLOT_BYTES, b"\0")


def _append(path: Path, content: bytes, index: int) -> int:
    """Append entries to a sidecar, all or none, and return its size."""
    fd = os.open(path, _APPEND, 0o644)
    try:
        size = os.fstat(fd).st_size
        if size == 0:
            content = seal_header(index) + content
        try:
            written = os.write(fd, content)
            while written < len(content):
                written += os.write(fd, content[written:])
        except OSError:
            os.ftruncate(fd, size)
            raise
        return size + len(content)
    finally:
        os.close(fd)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _sync_file(path: Path) -> None:
    # Windows flushes through a writable descriptor only.
    fd = os.open(path, os.O_RDWR if sys.platform == "win32" else _READ)
    try:
        getattr(os, "fdatasync", os.fsync)(fd)
    finally:
        os.close(fd)


def _sync_directory(directory: Path) -> None:
    if sys.platform == "win32":
        return
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
