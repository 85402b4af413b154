"""Making segment files: reserve the space, map it, and write the header last.

Space is reserved before a slot is handed out, because a page of a sparse mapping that the disk cannot hold is a
SIGBUS, which kills the training, and not an exception. Where the system cannot reserve, zeros are written; where
it cannot map, slots are written one by one. The file is the same in all cases.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stripchart.journal.format import (
    HEADER_BYTES,
    SLOT_BYTES,
    Header,
    Stream,
    encode_header,
    segment_name,
)
from stripchart.records import WriterIdentity

try:
    import mmap
except ImportError:  # a platform without it
    mmap = None  # type: ignore[assignment]

_FLAGS = (
    os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
_CANNOT_RESERVE = {errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS, errno.ENODEV}
_NO_SPACE = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_ZEROS = bytes(64 << 10)
# A small run costs 256 KiB; a long one opens a segment every 131,072 points.
_SCALAR_AREA_BYTES = (256 << 10, 1 << 20, 4 << 20)


class Descriptor:
    """Own an open file: it is closed when nobody can use it any more, and not a moment earlier.

    A signal handler may close the journal in the middle of a write; a number closed then could be another file's
    by the time the write goes on.
    """

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self, _close: Callable[[int], None] = os.close) -> None:
        with contextlib.suppress(OSError):
            _close(self.number)


@dataclass(slots=True, eq=False)
class ScalarSegment:
    """Hold an open scalar segment; slots are claimed as byte offsets into the file.

    ``mapping`` is ``None`` where the file could not be mapped; slots are then written to ``file``.
    """

    header: Header
    claim: Callable[[], int]
    limit: int
    mapping: mmap.mmap | None
    file: Descriptor | None


@dataclass(slots=True, eq=False)
class RecordSegment:
    """Hold an open record segment."""

    header: Header
    file: Descriptor


def remove_unused(directory: Path, segment: ScalarSegment | RecordSegment) -> None:
    """Delete a segment that nothing was written to."""
    _remove(str(directory / segment_name(segment.header.stream, segment.header.index)))


def open_scalars(directory: Path, index: int, identity: WriterIdentity) -> ScalarSegment:
    """Make a scalar segment, at ``index`` or the first free one above it, reserved and ready for slots.

    Where the disk cannot hold one of the size that is due, a smaller one will do.

    Raises:
        OSError: the space is not to be had; nothing is left behind.
    """
    due = min(index, len(_SCALAR_AREA_BYTES) - 1)
    for area_bytes in reversed(_SCALAR_AREA_BYTES[1 : due + 1]):
        try:
            return _make_scalars(directory, index, identity, area_bytes)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
    return _make_scalars(directory, index, identity, _SCALAR_AREA_BYTES[0])


def _make_scalars(
    directory: Path, index: int, identity: WriterIdentity, area_bytes: int
) -> ScalarSegment:
    index, fd, path = _create(directory, Stream.SCALARS, index)
    header = _header(Stream.SCALARS, index, area_bytes // SLOT_BYTES, identity)
    size = HEADER_BYTES + area_bytes
    try:
        _reserve(fd, size)
        mapping = _map(fd, size)
        write_at(fd, encode_header(header), 0)
    except BaseException:
        _close(fd)
        _remove(path)
        raise
    if mapping is None:
        return ScalarSegment(header, _claimer(), size, None, Descriptor(fd))
    # Here, not by a Descriptor: an exception that a signal handler of the script raises in a __del__ is swallowed by
    # the interpreter, and this happens in the middle of the script's loop.
    _close(fd)
    return ScalarSegment(header, _claimer(), size, mapping, None)


def open_records(directory: Path, index: int, identity: WriterIdentity) -> RecordSegment:
    """Make a record segment, at ``index`` or the first free one above it.

    Raises:
        OSError: it cannot be made; nothing is left behind.
    """
    index, fd, path = _create(directory, Stream.RECORDS, index, os.O_APPEND)
    file = Descriptor(fd)
    header = _header(Stream.RECORDS, index, Stream.RECORDS.span, identity)
    try:
        _write_all(file.number, encode_header(header))
    except BaseException:
        _remove(path)
        raise
    return RecordSegment(header, file)


def write_at(fd: int, data: bytes, offset: int) -> None:
    """Write ``data`` at ``offset``; callers hold the writer's lock, for where there is no ``pwrite``.

    Raises:
        OSError: not all of it could be written.
    """
    pwrite = getattr(os, "pwrite", None)
    if pwrite is None:
        os.lseek(fd, offset, os.SEEK_SET)
        _write_all(fd, data)
    elif pwrite(fd, data, offset) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_at(fd: int, size: int, offset: int) -> bytes:
    """Read ``size`` bytes at ``offset``, fewer at the end of the file.

    Raises:
        OSError: it cannot be read.
    """
    parts = []
    size = min(size, os.fstat(fd).st_size - offset)  # memory is taken for what is asked for
    os.lseek(fd, offset, os.SEEK_SET)
    while size > 0:
        part = os.read(fd, min(size, 1 << 30))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _header(stream: Stream, index: int, capacity: int, identity: WriterIdentity) -> Header:
    return Header(stream, index, index * stream.span, capacity, identity)


def _create(directory: Path, stream: Stream, index: int, flags: int = 0) -> tuple[int, int, str]:
    while True:
        path = os.path.join(directory, segment_name(stream, index))  # noqa: PTH118
        try:
            return index, os.open(path, _FLAGS | flags, 0o644), path
        except FileExistsError:
            # Taken by a signal handler while we were on our way, or left by a failed attempt.
            index += 1


def _reserve(fd: int, size: int) -> None:
    fallocate = getattr(os, "posix_fallocate", None)
    if fallocate is not None:
        try:
            fallocate(fd, 0, size)
        except OSError as error:
            if error.errno not in _CANNOT_RESERVE:
                raise
        else:
            return
    for _ in range(size // len(_ZEROS)):
        _write_all(fd, _ZEROS)
    _write_all(fd, _ZEROS[: size % len(_ZEROS)])


def _claimer() -> Callable[[], int]:
    """Return what hands out each slot's offset exactly once, to any number of threads."""
    claim = itertools.count(HEADER_BYTES, SLOT_BYTES).__next__
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        return claim  # one call into C: atomic under the GIL
    lock = threading.Lock()

    def claim_alone() -> int:
        with lock:
            return claim()

    return claim_alone


def _map(fd: int, size: int) -> mmap.mmap | None:
    if mmap is None:
        return None
    try:
        return mmap.mmap(fd, size)
    except (OSError, ValueError):
        return None


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _close(fd: int) -> None:
    with contextlib.suppress(OSError):
        os.close(fd)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)  # noqa: PTH108
