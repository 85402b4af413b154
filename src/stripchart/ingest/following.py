"""Follow one task: its writers, what they wrote, what the catalog is to hold of it.

A follower keeps in memory what the catalog stores and changes it as records come; ``state`` is saved by the
caller, in one transaction with the offsets that it covers. If anything fails half-way the follower is thrown away,
and a new one starts from what the stores hold.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from stripchart.ingest import facts
from stripchart.ingest.changes import Changed
from stripchart.ingest.cursor import Decoded, WriterCursor
from stripchart.journal.liveness import is_alive
from stripchart.journal.reader import JournalError, JournalReader, Skipped, writer_names
from stripchart.query.lines import live_summaries
from stripchart.records import (
    ConsoleWritten,
    CostMeasured,
    PlotReported,
    SampleRemoved,
    SampleReported,
    SampleStored,
    SeriesDeclared,
    WriterIdentity,
)
from stripchart.store.catalog import Catalog
from stripchart.store.catalog_state import (
    ENDED,
    MetricState,
    NoteState,
    TaskState,
    WriterState,
    verdict,
)
from stripchart.store.contract import LineSummary, Point, Store, StreamName

SAVE_INTERVAL_SEC = 0.4
ALIVE_INTERVAL_SEC = 2.0
_VANISHED_AFTER_US = 3_000_000
_CONCLUDED_AFTER_SEC = _VANISHED_AFTER_US / 1e6 + 2 * ALIVE_INTERVAL_SEC
_HEADER_PATIENCE_SEC = 5.0
_MOST_NAMES = 10_000  # so many series wait for their summaries at most, beside those of one read
_SETTLING_SEC = 4.0  # longer than the reader waits for a slot that was claimed and not yet filled
_UNREADABLE = "unreadable-journal"
_QUIET = (
    ConsoleWritten,
    CostMeasured,
    SeriesDeclared,
    PlotReported,
    SampleReported,
    SampleStored,
    SampleRemoved,
)
"""Records that change nothing of what the catalog shows of a task."""


class WriterGoneError(RuntimeError):
    """Tell that a writer which the index knows is not on disk any more: the task must be indexed afresh."""


def follow(folders: Sequence[Path], catalog: Catalog, events: Store) -> list[TaskFollower]:
    """Begin to follow tasks, from where both stores stand."""
    tasks = [folder.name for folder in folders]
    states, progress = catalog.load_all(tasks), events.progress_of(tasks)
    return [
        TaskFollower(folder, states[folder.name], progress.get(folder.name, {}), catalog, events)
        for folder in folders
    ]


class TaskFollower:
    """Follow one task's journals."""

    def __init__(
        self,
        folder: Path,
        state: TaskState,
        progress: Mapping[tuple[str, StreamName], int],
        catalog: Catalog,
        events: Store,
    ) -> None:
        self.id = folder.name
        self.state = state
        self._folder = folder
        self._journal = folder / "journal"
        self._catalog = catalog
        self._events = events
        self._progress = progress
        self._cursors: dict[str, WriterCursor] = {}
        self._journal_mtime_ns = -1
        self._unread_since: dict[str, float] = {}
        self._dead: set[str] = set()
        self._finished: set[str] = set()  # closed, and read to the end
        self._alive_at = 0.0
        self._save_at = 0.0
        self._urgent = False
        self._waiting: dict[str, tuple[int, int, list[Skipped]]] = {}
        self._names: set[tuple[str, str]] = set()  # whose summaries are to be made again
        self._told = Changed(self.id)
        self.more = False

    # ---- reading

    def read(self, limit: int) -> list[tuple[str, Decoded]]:
        """Read what is new of every writer, about ``limit`` points in all.

        Raises:
            WriterGoneError: the task must be forgotten and indexed afresh.
            OSError, JournalError: a journal cannot be read.
        """
        self._find_writers()
        self.more = False
        found = []
        names = len(self._names)
        for name, cursor in self._cursors.items():
            writer = self.state.writers[name]
            if limit <= 0 or names >= _MOST_NAMES:
                self.more = True
                break
            if name in self._finished:
                continue
            decoded = cursor.read(limit, closed=writer.closed or name in self._dead)
            self.more = self.more or decoded.more
            limit -= decoded.size
            names += len(decoded.names)
            if decoded.more or decoded.batches or decoded.records:
                found.append((name, decoded))
            elif writer.closed and self.quiet_sec() > _SETTLING_SEC:
                self._let_go(name)
        return found

    def _find_writers(self) -> None:
        mtime_ns = _mtime_ns(self._journal)
        if mtime_ns == self._journal_mtime_ns and not self._unread_since:
            return
        names = writer_names(self._folder)
        if not self.state.writers.keys() <= set(names):
            raise WriterGoneError(f"a writer of task {self.id} is gone from disk")
        settled = self.quiet_sec() > _SETTLING_SEC
        for name in names:
            if name in self._cursors or name in self._finished:
                continue
            if settled and self._is_complete(name):
                self._let_go(name)
            else:
                self._open(self._journal / name)
        # What was made within the clock tick of the listing does not show in a later time of the folder.
        self._journal_mtime_ns = -1 if time.time_ns() - mtime_ns < 1_000_000_000 else mtime_ns

    def _let_go(self, name: str) -> None:
        """Read a writer no more: nothing can follow."""
        self._dead.add(name)
        self._finished.add(name)

    def _is_complete(self, name: str) -> bool:
        """Tell whether both stores hold a closed writer to the end: then its journal need not be opened."""
        writer = self.state.writers.get(name)
        if writer is None or not writer.closed or writer.records_end == 0:
            return False
        ends: dict[StreamName, int] = {"scalars": writer.scalars_end, "records": writer.records_end}
        return all(self._progress.get((name, stream), 0) == end for stream, end in ends.items())

    def _open(self, folder: Path) -> None:
        try:
            identity = JournalReader(folder).identity
        except JournalError as error:
            self._note_unreadable(folder.name, str(error))
            return
        self._unread_since.pop(folder.name, None)
        if (note := self.state.notes.get((folder.name, _UNREADABLE))) is not None and note.count:
            note.count = 0
            self.state.changed_notes.add((folder.name, _UNREADABLE))
        is_new = folder.name not in self.state.writers
        # The folder's names count, not those in the header: a task may have been copied under another id.
        writer = facts.meet(self.state, msgspec.structs.replace(identity, writer=folder.name))
        self._cursors[folder.name] = WriterCursor(
            folder,
            self.id,
            writer,
            {} if is_new else self._catalog.series(self.id, folder.name),
            {stream: end for (name, stream), end in self._progress.items() if name == folder.name},
        )
        self._changed_detail()

    def _note_unreadable(self, writer: str, message: str) -> None:
        since = self._unread_since.setdefault(writer, time.monotonic())
        place = (writer, _UNREADABLE)
        if time.monotonic() - since > _HEADER_PATIENCE_SEC and place not in self.state.notes:
            self.state.notes[place] = NoteState(message, 1, True, time.time_ns() // 1000)
            self.state.changed_notes.add(place)
            self._changed_detail()

    # ---- applying

    def apply(self, writer_name: str, decoded: Decoded) -> None:
        """Apply to the state what a read brought; the event store has it already."""
        writer = self.state.writers[writer_name]
        cursor = self._cursors[writer_name]
        for record in decoded.records:
            facts.apply(self.state, writer, record)
            if not isinstance(record, _QUIET):
                self._changed_detail()
        self._told = self._told.merged(
            Changed(
                self.id,
                scalars=bool(decoded.names),
                console=decoded.console,
                plots=decoded.plots,
                samples=decoded.samples,
                series=decoded.names,
                points=decoded.points - decoded.readings,
                readings=decoded.readings,
            )
        )
        if decoded.heard_us:
            facts.hear(self.state, writer, decoded.heard_us)
        writer.record_bytes += decoded.record_bytes
        if (console := cursor.console_state()) is not None:
            writer.console = console
            writer.records_end = max(writer.records_end, cursor.records_at)
        self._note_skipped(writer, [s for s in decoded.skipped if s.stream == "records"])
        if decoded.undeclared:
            message = "points whose series' name was lost with a damaged part of the journal"
            facts.note(
                self.state, writer, "name-lost", message, count=decoded.undeclared, lost=True
            )
        self._names |= decoded.names
        # Points count as applied once the summaries of their series are: together with them, in one save.
        _, points, skipped = self._waiting.get(writer_name, (0, 0, []))
        skipped = skipped + [s for s in decoded.skipped if s.stream == "scalars"]
        self._waiting[writer_name] = (cursor.scalars_at, points + decoded.points, skipped)
        self.state.changed_writers.add(writer_name)
        if writer.role == "page" and writer.closed and not decoded.more:
            self._let_go(writer_name)  # an edit is whole as soon as it is there

    def _note_skipped(self, writer: WriterState, skipped: Iterable[Skipped]) -> None:
        for part in skipped:
            unit = "slots" if part.stream == "scalars" else "bytes"
            message = f"{unit} of the {part.stream} passed over: {part.reason}"
            code = f"skipped-{part.stream}: {part.reason}"[:200]
            count = part.end - part.begin
            facts.note(self.state, writer, code, message, count=count, lost=True)
            self._changed_detail()

    def _changed_detail(self) -> None:
        self._told = self._told.merged(Changed(self.id, detail=True))
        self._urgent = True

    # ---- saving

    @property
    def dirty(self) -> bool:
        """Tell whether the state differs from what is saved."""
        return bool(self._waiting or self._urgent or self.state.changed_writers)

    def due(self, now: float) -> bool:
        """Tell whether the state is to be saved now."""
        many = len(self._names) >= _MOST_NAMES  # nothing more is read before these are saved
        return self.dirty and (self._urgent or many or now >= self._save_at)

    def summarise(self, now: float) -> None:
        """Bring the state up to what the event store holds, ready to be saved."""
        begun = time.perf_counter()
        if self._names:
            grouped: dict[tuple[str, str], list[LineSummary]] = {name: [] for name in self._names}
            for line in self._events.lines({self.id: sorted(self._names)}):
                grouped[line.key.title, line.key.series].append(line)
            summaries = live_summaries(grouped.values(), self._events.reduce)
            for (name, lines), live in zip(grouped.items(), summaries, strict=True):
                if live is not None:
                    self.state.changed_metrics[name] = _metric(live, lines)
        for writer_name, (end, points, skipped) in self._waiting.items():
            writer = self.state.writers[writer_name]
            writer.scalars_end = max(writer.scalars_end, end)
            writer.points += points
            self._note_skipped(writer, skipped)
        spent = time.perf_counter() - begun
        self._save_at = now + max(SAVE_INTERVAL_SEC, 5 * spent)

    def saved(self) -> None:
        """Take note that the state has been saved."""
        self._waiting.clear()
        self._names.clear()
        self._urgent = False

    def tell(self) -> Changed | None:
        """Return what changed since the last call; ``None`` if nothing did."""
        told, self._told = self._told, Changed(self.id)
        return None if told == self._told else replace(told, status=self.status())

    def status(self) -> str:
        """Return the status of the task as it stands."""
        if not self.state.attempts:
            return "unknown"
        found = verdict(self.state.attempts[max(self.state.attempts)])
        return "in_progress" if found is None else found.status

    # ---- life and death

    def watch(self, now: float) -> None:
        """Look, now and then, whether the processes that write are still there: once all that they wrote is known."""
        if self.more or now < self._alive_at:
            return
        self._alive_at = now + ALIVE_INTERVAL_SEC
        for writer in self.state.writers.values():
            if (
                writer.writer not in self._dead
                and not writer.closed
                and not _alive(self.id, writer)
            ):
                self._dead.add(writer.writer)
        if self.state.attempts:
            self._conclude(max(self.state.attempts))

    def _conclude(self, number: int) -> None:
        """Mark the attempt as failed if its processes are gone and nobody is left to say why."""
        found = verdict(self.state.attempts[number])
        if found is not None and found.status in ENDED:
            return
        writers = facts.of_attempt(self.state, number)
        gone = [w for w in writers if w.writer in self._dead and not w.closed and w.role == "task"]
        living = [w for w in writers if not w.closed and w.writer not in self._dead]
        if not gone or living or self.more:
            return
        heard_us = max(w.heard_us for w in writers)
        if time.time_ns() // 1000 - heard_us < _VANISHED_AFTER_US:
            return
        facts.vanish(self.state, number, f"vanished: process {gone[-1].pid} is gone without a word")
        self._changed_detail()

    def quiet_sec(self) -> float:
        """Return for how long nothing has been heard of the task; what people say of it is no sign of life."""
        writers = self.state.writers.values()
        heard = max((w.heard_us for w in writers if w.role != "page"), default=0)
        return max(time.time() - heard / 1e6, 0.0)

    def ended(self) -> bool:
        """Tell whether nothing more can come from the writers known: each is closed or dead, and read to its end."""
        if self.more or self.dirty or self._unread_since or not self.state.writers:
            return False
        if self.status() == "in_progress" and self.quiet_sec() < _CONCLUDED_AFTER_SEC:
            return False  # if its processes are gone without a word, that is yet to be said
        return set(self.state.writers) <= self._dead

    def here(self) -> bool:
        """Tell whether a writer that may go on runs on this host, so far as can be told."""
        return any(
            not w.closed and w.writer not in self._dead and _is_here(w)
            for w in self.state.writers.values()
        )


def _metric(live: LineSummary, lines: Sequence[LineSummary]) -> MetricState:
    return MetricState(
        title=live.key.title,
        series=live.key.series,
        attempts=sorted({line.key.attempt for line in lines}),
        ranks=sorted({line.key.rank for line in lines}),
        count=live.count,
        non_finite=live.non_finite,
        low=live.low,
        high=live.high,
        mean=live.total / live.finite if live.finite else None,
        first=_value(live.first),
        first_iteration=_iteration(live.first),
        last=_value(live.last),
        last_iteration=_iteration(live.last),
        min=_value(live.minimum),
        min_iteration=_iteration(live.minimum),
        max=_value(live.maximum),
        max_iteration=_iteration(live.maximum),
    )


def _value(point: Point | None) -> float | None:
    return None if point is None else point.value


def _iteration(point: Point | None) -> int | None:
    return None if point is None else point.iteration


def _identity(task: str, writer: WriterState) -> WriterIdentity:
    return WriterIdentity(
        task_id=task,
        writer=writer.writer,
        host=writer.host,
        pid=writer.pid,
        started_us=writer.started_us,
    )


def _alive(task: str, writer: WriterState) -> bool:
    return is_alive(_identity(task, writer))


def _is_here(writer: WriterState) -> bool:
    return writer.host == socket.gethostname()


def _mtime_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
