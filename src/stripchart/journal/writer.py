"""The writing side of a journal: when a call has returned, its record is in the page cache.

A killed process loses nothing of what it had reported; what a power cut can take is said in
``docs/internals/journal-format.md``. Any thread may call, and a signal handler may call in the middle of a call:
the only lock is the short one around declarations, records and the change of segments, and the thread that holds
it may take it again. Standard library and msgspec only.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stripchart import records
from stripchart.journal.format import encode_frame
from stripchart.journal.record_stream import RecordStream
from stripchart.journal.scalar_stream import ClosedError, ScalarStream
from stripchart.records import Record, WriterClosed, WriterIdentity

if TYPE_CHECKING:
    from stripchart.journal.reader import JournalReader

__all__ = ["ClosedError", "JournalWriter", "new_writer_name"]


def new_writer_name() -> str:
    """Return a new name for a writer; names sort by start."""
    started_us = time.time_ns() // 1000
    return f"{started_us:016x}-{os.getpid()}-{os.urandom(2).hex()}"


class JournalWriter:
    """Append to one writer's journal, from any thread.

    ``scalar(title, series, value, iteration, flags=0)`` keeps one point: ``value`` is a float, ``iteration`` fits
    int64; the series is declared at its first use. ``scalar_at(title, series, value, iteration, time_s, flags=0)``
    keeps one of another time than now. Both raise ``TypeError``, ``struct.error`` or ``OverflowError`` for unfit
    values, ``OSError`` when the point cannot be kept, ``ClosedError`` after ``close``.
    """

    def __init__(
        self,
        directory: Path,
        identity: WriterIdentity,
        *,
        on_loss: Callable[[str, str], None] | None = None,
    ) -> None:
        """Make the folder and open the record stream.

        ``on_loss`` is told code and message of what is degraded, once for each code.

        Raises:
            FileExistsError: the folder holds a journal already.
            OSError: the folder cannot be made or written.
        """
        self.identity = identity
        self._directory = Path(directory)
        self._on_loss = on_loss
        self._told: set[str] = set()
        self._lock = threading.RLock()
        self._closed = False
        self._reader: JournalReader | None = None
        self._seen: tuple[int, int | None] = (0, None)
        self._directory.mkdir(parents=True, exist_ok=True)
        if any(name.endswith((".seg", ".zst")) for name in os.listdir(self._directory)):  # noqa: PTH208
            raise FileExistsError(errno.EEXIST, "there is a journal already", str(directory))
        self._scalars = ScalarStream(
            self._directory, identity, self._lock, self.append, self._degraded
        )
        self._records = RecordStream(self._directory, identity, self._scalars.drop)
        self.scalar = self._scalars.report
        self.scalar_at = self._scalars.report_at

    def append(self, record: Record) -> None:
        """Keep one record: it is in the page cache when this returns.

        Raises:
            ClosedError: the writer was closed.
            TypeError, ValueError, OverflowError: the record cannot be encoded, or is too large.
            OSError: it could not be kept; nothing of it is left behind.
        """
        frame = encode_frame(records.encode(record))
        with self._lock:
            if self._closed:
                raise ClosedError("the journal is closed")
            self._records.write(frame)

    def last_iteration(self) -> int | None:
        """Return the highest iteration of a scalar so far, ``None`` before the first that has one."""
        from stripchart.journal.reader import JournalReader  # NumPy: only for who asks

        with self._lock:
            reader = self._reader = self._reader or JournalReader(self._directory)
            start, highest = self._seen
            while True:
                part = reader.scalars(start)
                flagged = part.slots["flags"] & (records.SINGLE_VALUE | records.NO_ITERATION)
                iterations = part.slots["iteration"][flagged == 0]
                if len(iterations):
                    here = int(iterations.max())
                    highest = here if highest is None else max(highest, here)
                self._seen = (part.next, highest)
                if part.next == start:
                    return highest
                start = part.next

    def close(self) -> None:
        """End the journal in order; further calls do nothing.

        The reserved tail stays: a thread in the middle of a call may still store into the mapping, and a store
        behind the end of a cut file kills the process. ``sealing.compress`` gives the space back.

        Raises:
            OSError: the closing record could not be kept; the writer is closed all the same.
        """
        with self._lock:
            if self._closed:
                return
            try:
                self.append(WriterClosed(time_us=time.time_ns() // 1000))
            finally:
                self._forget()

    def abandon(self) -> None:
        """Forget everything of the parent, in a forked child; nothing on disk is touched."""
        self._lock = threading.RLock()  # another thread of the parent may have held it
        self._forget()

    def _forget(self) -> None:
        self._closed = True
        self._scalars.forget(self._lock)
        self._records.forget()

    def _degraded(self, code: str, message: str) -> None:
        if self._on_loss is not None and code not in self._told:
            self._told.add(code)
            self._on_loss(code, message)
