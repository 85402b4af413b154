"""The record stream of a writer: one ``write`` of a whole frame to a file opened for appending."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

from stripchart.journal.format import HEADER_BYTES, RECORD_SEGMENT_BYTES, RECORD_SPAN
from stripchart.journal.segments import (
    RecordSegment,
    open_records,
    remove_unused,
)
from stripchart.records import WriterIdentity


class RecordStream:
    """Keep frames; callers hold the writer's lock, which a signal handler may take again."""

    def __init__(
        self, directory: Path, identity: WriterIdentity, vanished: Callable[[], None]
    ) -> None:
        """Open the first segment, so that the journal says who writes it before anything else.

        Raises:
            OSError: the folder cannot be written.
        """
        self._directory = directory
        self._identity = identity
        self._vanished = vanished
        self._opened: list[RecordSegment] = []
        self._next_index = 0
        self._depth = 0
        self._opening = False
        self._open_next()

    def write(self, frame: bytes) -> None:
        """Append a frame.

        Raises:
            OSError: it could not be kept; nothing of it is left behind.
        """
        self._depth += 1
        try:
            segment, size = self._segment()
            written = os.write(segment.file.number, frame)
            if written != len(frame):
                _finish(segment.file.number, frame, written, size)
        finally:
            self._depth -= 1

    def forget(self) -> None:
        """Let go of the open segment; the next frame opens another."""
        self._opened = []

    def _segment(self) -> tuple[RecordSegment, int]:
        """Return the open segment and the size of its file."""
        if not self._opened:
            self._open_next()
        segment = _latest(self._opened)
        status = os.fstat(segment.file.number)
        if status.st_nlink == 0:
            # What is written to a removed file is lost without a word from the system.
            self.forget()
            self._vanished()
            raise OSError(errno.ENOENT, "the journal was removed", str(self._directory))
        if status.st_size < HEADER_BYTES + RECORD_SEGMENT_BYTES:
            return segment, status.st_size
        # A signal handler must not start a segment while the code below it is about to write to this one: readers
        # would take this one for finished.
        if self._depth > 1 and not self._opening and status.st_size < RECORD_SPAN // 2:
            return segment, status.st_size
        self._open_next()
        return _latest(self._opened), HEADER_BYTES

    def _open_next(self) -> None:
        self._opening = True
        try:
            segment = open_records(self._directory, self._next_index, self._identity)
            self._next_index = max(self._next_index, segment.header.index + 1)
            self._opened.append(segment)
        finally:
            self._opening = False
        # A signal handler may have opened a later one while this was made.
        newest = _latest(self._opened)
        for earlier in [s for s in self._opened if s is not newest]:
            if earlier in self._opened:
                self._opened.remove(earlier)
        if segment is not newest:
            remove_unused(self._directory, segment)


def _latest(opened: list[RecordSegment]) -> RecordSegment:
    return max(opened, key=lambda segment: segment.header.index)


def _finish(fd: int, frame: bytes, written: int, start: int) -> None:
    """Write the rest of a frame that the system took in part, or take back that part."""
    try:
        while written < len(frame):
            written += os.write(fd, memoryview(frame)[written:])
    except BaseException:
        # Not if a signal handler has appended since: then the torn part stays, and readers skip it.
        with contextlib.suppress(OSError):
            if os.fstat(fd).st_size == start + written:
                os.ftruncate(fd, start)
        raise
