"""Read one writer's journal on from where both stores stand, and decode what is new for either.

The two stores are two databases and may stand at different places after a crash, or when one of them was deleted.
So a cursor starts at the lower place and gives each store what lies above its own: the event store by extents,
the catalog by ``records`` and the counts of ``Decoded``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from stripchart.ingest.documents import PLOT, Clock, documents_of
from stripchart.ingest.points import distinct_series, points_of
from stripchart.journal.format import RECORD_SPAN
from stripchart.journal.reader import JournalReader, Scalars, Skipped
from stripchart.query.console import ConsoleFold
from stripchart.records import (
    MONITOR_PREFIX,
    AnyRecord,
    ConsoleWritten,
    SeriesDeclared,
    Unknown,
    WriterClosed,
)
from stripchart.store.catalog_state import WriterState
from stripchart.store.contract import Batch, Document, Extent, LineKey, StreamName

LOST_NAME = "(name lost)"
RECORD_BYTES_A_READ = 8 << 20
SERIES_A_READ = 10_000
"""How many distinct series one read takes in: of each there is far more to remember than of a point."""
_RECORD_READS = 4
# A file server may show a point before the declaration of its series. Later than this it will not come.
_DECLARATION_PATIENCE_SEC = 10.0


@dataclass(slots=True)
class Decoded:
    """Hold what one read brought. ``points``, ``records`` and ``skipped`` are what the catalog does not have yet.

    ``readings`` counts what of the points the recorder read of the machine.
    """

    batches: list[Batch] = field(default_factory=list)
    records: list[AnyRecord | Unknown] = field(default_factory=list)
    record_bytes: int = 0
    points: int = 0
    readings: int = 0
    undeclared: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    names: set[tuple[str, str]] = field(default_factory=set)
    console: bool = False
    plots: bool = False
    samples: bool = False
    heard_us: int = 0
    size: int = 0
    more: bool = False


class WriterCursor:
    """Stand at a place of one writer's journal.

    ``progress`` is that of the event store for this writer, ``state`` what the catalog holds of it, ``names`` the
    series that the catalog knows.
    """

    def __init__(
        self,
        directory: Path,
        task: str,
        state: WriterState,
        names: Mapping[int, tuple[str, str]],
        progress: Mapping[StreamName, int],
    ) -> None:
        self.writer = state.writer
        self.reader = JournalReader(directory)
        self._line = LineKey(task, "", "", state.attempt, state.rank)
        self._says_only = state.role == "page"  # people report no points
        self._names = dict(names)
        self._stored_scalars = progress.get("scalars", 0)
        self._stored_records = progress.get("records", 0)
        self._known_scalars = state.scalars_end
        self._known_records = state.records_end
        self.scalars_at = min(self._stored_scalars, self._known_scalars)
        console, clock_us = state.console, state.clock_us
        self.records_at = self._known_records
        if self._stored_records < self._known_records:
            # The fold and clock that the catalog keeps belong to a later place: begin again from the start.
            self.records_at, console, clock_us = 0, {}, state.started_us
        self._fold = ConsoleFold(state.attempt, state.rank, console)
        self._clock = Clock(clock_us)
        self._documents: list[Document] = []
        self._undeclared_since: float | None = None

    def console_state(self) -> dict[str, object] | None:
        """Return the state of folding, if it is that of the place up to which the catalog has been applied."""
        return self._fold.state() if self.records_at >= self._known_records else None

    def read(self, limit: int, *, closed: bool) -> Decoded:
        """Read on, about ``limit`` points and a bounded part of the records at most.

        Scalars are read first: the declaration of every number met in them is then in the records. ``closed`` says
        that nothing more is being written.

        Raises:
            OSError, JournalError: the journal cannot be read.
        """
        decoded = Decoded()
        if self._says_only:
            advanced = self._read_records(decoded)
            at_end = bool(decoded.records) and isinstance(decoded.records[-1], WriterClosed)
            decoded.more = advanced and not at_end
            return decoded
        whole = self.reader.scalars(self.scalars_at, max(limit, 1))
        scalars = _few_series(whole)
        missing = self._missing(scalars)
        for _ in range(_RECORD_READS):
            advanced = self._read_records(decoded)
            missing = self._missing(scalars) if missing and advanced else missing
            if not missing or not advanced:
                break
        decoded.more = advanced or scalars is not whole or scalars.slots.size >= limit
        if missing:
            scalars = self._settle_missing(scalars, missing, decoded, wait=advanced or not closed)
        self._take_scalars(scalars, decoded)
        return decoded

    # ---- records

    def _read_records(self, decoded: Decoded) -> bool:
        """Take in the next part of the records; say whether there was any."""
        begin = self.records_at
        found = self.reader.records(begin, RECORD_BYTES_A_READ)
        if found.next == begin:
            return False
        for offset, record in found.items:
            self._take_record(offset, record, decoded)
        documents, self._documents = self._documents, []
        if found.next <= self._stored_records:
            self._fold.take()  # the event store has these lines, and the documents
        else:
            task, first = self._line.task, max(begin, self._stored_records)
            # After a crash this may hold lines that are stored already: they replace themselves.
            updates = self._fold.take()
            extent = Extent(task, self.writer, "records", first, found.next)
            decoded.batches.append(Batch(extent, console=updates, documents=documents))
            decoded.console = decoded.console or bool(updates)
            decoded.plots = decoded.plots or any(d.kind == PLOT for d in documents)
            decoded.samples = decoded.samples or any(d.kind != PLOT for d in documents)
            self._stored_records = found.next
        if found.next > self._known_records:
            decoded.skipped += [s for s in found.skipped if s.begin >= self._known_records]
            first = max(begin, self._known_records)
            decoded.record_bytes += _bytes_between(first, found.next)
            self._known_records = found.next
        self.records_at = found.next
        return True

    def _take_record(self, offset: int, record: AnyRecord | Unknown, decoded: Decoded) -> None:
        if isinstance(record, SeriesDeclared):
            self._names[record.number] = (record.title, record.series)
        elif isinstance(record, ConsoleWritten):
            self._fold.feed(record)
        elif isinstance(record, WriterClosed):
            self._fold.finish()
        clock_us = self._clock.hear(record)
        self._documents += documents_of(record, offset, self._line, clock_us)
        if offset >= self._known_records:
            decoded.records.append(record)

    # ---- scalars

    def _missing(self, scalars: Scalars) -> list[int]:
        """Return the series numbers that have no name yet."""
        return [n for n in distinct_series(scalars.slots).tolist() if n not in self._names]

    def _settle_missing(
        self, scalars: Scalars, missing: list[int], decoded: Decoded, *, wait: bool
    ) -> Scalars:
        """Hold back what has no name while it may still come; then keep it under a name that says so."""
        now = time.monotonic()
        if self._undeclared_since is None:
            self._undeclared_since = now
        nameless = np.isin(scalars.slots["series"], missing)
        if wait and now - self._undeclared_since < _DECLARATION_PATIENCE_SEC:
            return _up_to(scalars, int(np.argmax(nameless)))
        for number in missing:
            self._names[number] = (LOST_NAME, f"{self.writer} #{number}")
            decoded.records.append(
                SeriesDeclared(number=number, title=LOST_NAME, series=self._names[number][1])
            )
        decoded.undeclared += int(nameless.sum())
        self._undeclared_since = None
        return scalars

    def _take_scalars(self, scalars: Scalars, decoded: Decoded) -> None:
        begin, end = self.scalars_at, scalars.next
        if end <= begin:
            return
        points = None
        if scalars.slots.size:
            points = points_of(scalars.slots, scalars.offset, self._names, line=self._line)
            decoded.names = {(line.title, line.series) for line in points.lines}
            decoded.heard_us = int(points.time_us.max())
        if end > self._stored_scalars:
            extent = Extent(self._line.task, self.writer, "scalars", begin, end)
            decoded.batches.append(Batch(extent, points))
            self._stored_scalars = end
        if end > self._known_scalars:
            fresh = scalars.offset >= self._known_scalars
            decoded.points = int(np.count_nonzero(fresh))
            if points is not None:
                of_machine = [line.title.startswith(MONITOR_PREFIX) for line in points.lines]
                decoded.readings = int(np.count_nonzero(np.array(of_machine)[points.line[fresh]]))
            decoded.skipped += [s for s in scalars.skipped if s.begin >= self._known_scalars]
            self._known_scalars = end
        decoded.size = int(scalars.slots.size)
        self.scalars_at = end


def _few_series(scalars: Scalars) -> Scalars:
    """Return the first slots, as many as have no more than ``SERIES_A_READ`` distinct series."""
    if scalars.slots.size <= SERIES_A_READ:
        return scalars
    if distinct_series(scalars.slots).size <= SERIES_A_READ:
        return scalars
    _, first = np.unique(scalars.slots["series"], return_index=True)
    return _up_to(scalars, int(np.sort(first)[SERIES_A_READ]))


def _up_to(scalars: Scalars, at: int) -> Scalars:
    end = int(scalars.offset[at])
    skipped = [s for s in scalars.skipped if s.begin < end]
    return Scalars(scalars.slots[:at], scalars.offset[:at], end, skipped)


def _bytes_between(begin: int, end: int) -> int:
    """Return how many bytes lie between two positions; of a segment change only what can be told from them."""
    if begin // RECORD_SPAN == end // RECORD_SPAN:
        return end - begin
    return end % RECORD_SPAN
