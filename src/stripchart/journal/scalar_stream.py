"""The scalar stream of a writer: slots claimed without a lock, stored into a mapping, committed by their last word."""

from __future__ import annotations

import errno
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from stripchart.journal.format import MAX_SERIES, SERIES_AT, SLOT, SLOT_BYTES, VOID
from stripchart.journal.segments import (
    Descriptor,
    ScalarSegment,
    open_scalars,
    remove_unused,
    write_at,
)
from stripchart.records import LONGEST_NAME, SeriesDeclared, WriterIdentity, clean_text

# On a full disk every report would try to open a segment: wait this long between attempts.
RETRY_AFTER_SEC = 1.0

_EMPTY_WORD = bytes(4)
_VOID_WORD = VOID.to_bytes(4, "little")

# What the hot path needs of the open segment, in one object, so that a change of segments is atomic: the mapping,
# the claim of the next slot, and the offset at which the segment ends.
_Active = tuple[Any, Callable[[], int], int]
_NOTHING_OPEN: _Active = (None, itertools.count().__next__, -1)


class Report(Protocol):
    """Keep one point: a float at an int64; see ``JournalWriter.scalar``."""

    def __call__(
        self, title: str, series: str, value: float, iteration: int, flags: int = 0
    ) -> None: ...


class ReportAt(Protocol):
    """Keep one point of another time than now, in seconds since 1970 UTC; raises as ``Report`` does."""

    def __call__(  # noqa: PLR0917 - positional, as Report: a keyword costs
        self,
        title: str,
        series: str,
        value: float,
        iteration: int,
        time_s: float,
        flags: int = 0,
    ) -> None: ...


class ClosedError(ValueError):
    """Refuse a report to a writer that was closed, or that belongs to the parent process."""


class ScalarStream:
    """Keep points; ``report`` is the hot path.

    ``lock`` is the writer's re-entrant lock, ``declare`` keeps the record that gives a series its number, ``degraded``
    is told when slots must be written one by one.
    """

    def __init__(
        self,
        directory: Path,
        identity: WriterIdentity,
        lock: Any,
        declare: Callable[[SeriesDeclared], None],
        degraded: Callable[[str, str], None],
    ) -> None:
        self._directory = directory
        self._identity = identity
        self._lock = lock
        self._declare_record = declare
        self._degraded = degraded
        self._closed = False
        self._current: ScalarSegment | None = None
        self._successors: dict[
            int, ScalarSegment
        ] = {}  # while opening, by the index of the one before
        self._next_index = 0
        self._opening = 0  # how many calls are opening a segment: signal handlers nest
        self._failure: OSError | None = None
        self._retry_at = 0.0
        self._numbers = itertools.count(1)
        self._ids: dict[str, dict[str, int]] = {}
        self._build()

    def _build(self) -> None:
        """Set ``report``, ``report_at`` and ``_activate``, which share the variable that says where to store.

        A closure, not a method: it costs half of one, and the budget is that of a few list appends.
        """
        ids, pack_into, now = self._ids, SLOT.pack_into, time.time
        declare, slow = self._declare, self._report_slowly
        active = _NOTHING_OPEN

        def report(title: str, series: str, value: float, iteration: int, flags: int = 0) -> None:
            try:
                number = ids[title][series]
            except KeyError:
                number = declare(title, series)
            mapping, claim, limit = active
            at = claim()
            if at < limit:
                try:
                    pack_into(mapping, at, iteration, value, now(), flags, number)
                except BaseException:
                    _void(mapping, at)
                    raise
            else:
                slow(number, value, iteration, flags)

        def report_at(  # noqa: PLR0917 - as ReportAt
            title: str, series: str, value: float, iteration: int, time_s: float, flags: int = 0
        ) -> None:
            try:
                number = ids[title][series]
            except KeyError:
                number = declare(title, series)
            mapping, claim, limit = active
            at = claim()
            if at < limit:
                try:
                    pack_into(mapping, at, iteration, value, time_s, flags, number)
                except BaseException:
                    _void(mapping, at)
                    raise
            else:
                slow(number, value, iteration, flags, time_s)

        def activate(new: _Active) -> None:
            nonlocal active
            active = new

        self.report: Report = report
        self.report_at: ReportAt = report_at
        self._activate = activate

    def forget(self, lock: Any) -> None:
        """Refuse all further points; a call that has claimed its slot already still commits it."""
        self._closed = True
        self._lock = lock
        self.drop()

    def drop(self) -> None:
        """Let go of the open segment; the next point opens another.

        The mapping is not closed but released: a thread that has claimed a slot holds a reference of its own.
        """
        self._activate(_NOTHING_OPEN)
        self._current = None

    def _declare(self, title: str, series: str) -> int:
        if not isinstance(title, str) or not isinstance(series, str):
            raise TypeError("title and series must be strings")
        if len(title) > LONGEST_NAME or len(series) > LONGEST_NAME:
            raise ValueError(f"title and series have at most {LONGEST_NAME} characters")
        with self._lock:
            known = self._ids.get(title, {}).get(series)
            if known is not None:
                return known
            # A signal handler may declare in the middle of this: it then takes a number of its own, and if it is
            # the same series, that has two numbers, which a reader does not mind.
            number = next(self._numbers)
            if number > MAX_SERIES:
                raise OverflowError("a writer has at most 2**32 - 2 series")
            self._declare_record(
                SeriesDeclared(number=number, title=clean_text(title), series=clean_text(series))
            )
            self._ids.setdefault(title, {})[series] = number
            return number

    def _report_slowly(
        self, number: int, value: float, iteration: int, flags: int, time_s: float | None = None
    ) -> None:
        """Store a point where the hot path cannot: a segment is to be opened, or could not be mapped."""
        if time_s is None:
            time_s = time.time()
        with self._lock:
            if self._closed:
                raise ClosedError("the journal is closed")
            segment, at = self._claim()
            if segment.mapping is not None:
                try:
                    SLOT.pack_into(segment.mapping, at, iteration, value, time_s, flags, number)
                except BaseException:
                    _void(segment.mapping, at)
                    raise
            else:
                _write_slot(segment.file, at, (iteration, value, time_s, flags, number))
        if segment.mapping is None:
            # Told without the lock: whoever is told logs, and a log handler of another thread may wait for the lock.
            message = "The journal cannot be memory-mapped: reports cost more."
            self._degraded("journal.unmapped", message)

    def _claim(self) -> tuple[ScalarSegment, int]:
        while True:
            segment = self._current
            if segment is not None:
                at = segment.claim()
                if at < segment.limit:
                    return segment, at
            self._open_next()

    def _open_next(self) -> None:
        if self._failure is not None and time.monotonic() < self._retry_at:
            raise OSError(*self._failure.args)
        self._opening += 1
        try:
            self._open_successor()
        except OSError as error:
            self._failure = OSError(error.errno or errno.EIO, error.strerror, str(self._directory))
            self._retry_at = time.monotonic() + RETRY_AFTER_SEC
            raise
        finally:
            self._opening -= 1
        self._failure = None
        if not self._opening:
            self._successors = {}

    def _open_successor(self) -> None:
        """Open the segment that follows, and go over to it.

        A signal handler may do the same in the middle of this. A segment has one successor, the first that was
        made; the other is removed, as readers take every segment that has a later one for finished.
        """
        before = -1 if self._current is None else self._current.header.index
        made = open_scalars(self._directory, self._next_index, self._identity)
        self._next_index = max(self._next_index, made.header.index + 1)
        segment = self._successors.setdefault(before, made)
        if segment is not made:
            remove_unused(self._directory, made)
        while True:
            # The handler may have filled the successor and gone on from there.
            segment = self._successors.get(segment.header.index, segment)
            if self._current is segment:
                return
            self._current = segment
            self._activate(_active_of(segment))


def _active_of(segment: ScalarSegment) -> _Active:
    if segment.mapping is None:
        return _NOTHING_OPEN
    return segment.mapping, segment.claim, segment.limit


def _write_slot(file: Descriptor | None, at: int, fields: tuple[Any, ...]) -> None:
    """Store a slot where there is no mapping."""
    assert file is not None
    try:
        slot = SLOT.pack(*fields)
    except BaseException:
        write_at(file.number, _VOID_WORD, at + SERIES_AT)
        raise
    # The commit word in a write of its own: the first may be cut short.
    write_at(file.number, slot[:SERIES_AT], at)
    write_at(file.number, slot[SERIES_AT:], at + SERIES_AT)


def _void(mapping: Any, at: int) -> None:
    """Mark a claimed slot as void, unless it was committed before the error came (from a signal handler)."""
    if mapping[at + SERIES_AT : at + SLOT_BYTES] == _EMPTY_WORD:
        mapping[at + SERIES_AT : at + SLOT_BYTES] = _VOID_WORD
