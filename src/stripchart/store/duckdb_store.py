"""The event store in one DuckDB file: the embedded default.

One thread appends at a time, under a lock; each read has a cursor of its own on a snapshot, so that it never waits
for an append nor sees half of one. See ``docs/internals/event-store.md``.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from stripchart.store import (
    duckdb_console,
    duckdb_documents,
    duckdb_lines,
    duckdb_names,
    duckdb_reading,
)
from stripchart.store.contract import (
    M4,
    Batch,
    ConsoleLine,
    ConsolePage,
    ConsoleRead,
    Document,
    DocumentRead,
    LinePoints,
    LineRead,
    LineSummary,
    NamePage,
    Point,
    StreamName,
)
from stripchart.store.duckdb_appending import append_points
from stripchart.store.duckdb_schema import Database, given, insert, texts, translated
from stripchart.store.duckdb_states import States
from stripchart.store.duckdb_tails import Resting, pack_some
from stripchart.store.progress import Progress, Stream, advance

_KEPT_PROGRESS = 2000
_OF_TASK = (
    "lines",
    "progress",
    "sources",
    "console",
    "console_open",
    "documents",
    "parts",
    "tasks",
)


class DuckDBStore:
    """Keep points, console lines and documents in a DuckDB file."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            StoreOutdated: an earlier version of Stripchart has made it.
            StoreUnreadable: the file is damaged, is no database of ours, or has another version.
            StoreInUse: another process has it open.
        """
        self._database = Database(path)
        self._lock = threading.RLock()
        self._cursor = self._database.cursor()
        self._states = States()
        self._console = duckdb_console.ConsoleWriter()
        self._progress: dict[str, Progress] = {}
        try:
            with translated(path):
                rows = self._cursor.execute("SELECT id, task FROM tasks").fetchall()
        except BaseException:
            # Left open, DuckDB would give the damaged file again to whoever opens a new one at its path.
            self._database.close()
            raise
        self._tasks: dict[str, int] = dict(rows)
        self._unsettled = False
        self._resting = Resting(self._tasks)

    # -- Writer

    def append(self, batches: Sequence[Batch]) -> None:
        with self._lock, translated(self._database.path):
            self._load_progress({batch.extent.task for batch in batches})
            fresh, reached = advance(batches, self._progress.__getitem__)
            if not fresh:
                return
            self._states.trim()
            try:
                self._cursor.execute("BEGIN")
                self._add_tasks({batch.extent.task for batch, _ in fresh})
                append_points(self._cursor, fresh, self._states, self._tasks)
                self._console.append(self._cursor, [batch for batch, _ in fresh], self._tasks)
                duckdb_documents.append(self._cursor, fresh, self._tasks)
                self._save_progress(reached)
                self._cursor.execute("COMMIT")
            except BaseException:
                self._recover()
                raise
            for (task, writer, stream), end in reached.items():
                self._progress[task][writer, stream] = end
            self._resting.heard({batch.extent.task for batch, _ in fresh})
            self._unsettled = True

    def delete_task(self, task: str) -> None:
        with self._lock, translated(self._database.path):
            number = self._tasks.get(task)
            if number is None:
                return
            try:
                self._cursor.execute("BEGIN")
                for table in ("blocks", "tail", "tails"):
                    self._cursor.execute(
                        f"DELETE FROM {table} WHERE line IN (SELECT line FROM lines WHERE task = ?)",
                        [number],
                    )
                for table in _OF_TASK:
                    self._cursor.execute(f"DELETE FROM {table} WHERE task = ?", [number])
                self._cursor.execute("COMMIT")
            finally:
                self._recover()
            self._unsettled = True

    def settle(self) -> None:
        with self._lock, translated(self._database.path):
            self._pack_tails()
            if not self._unsettled:
                return
            # A reader's snapshot can stand in the way of a checkpoint; the next settle tries again.
            with suppress(duckdb.TransactionException):
                self._cursor.execute("CHECKPOINT")
                self._unsettled = False

    def _pack_tails(self) -> None:
        """Pack some tails of tasks at rest: where points are kept changes, nothing of what is remembered of them."""
        silent = self._resting.silent()
        numbers = [self._tasks[task] for task in silent if task in self._tasks]
        more = False
        if numbers:
            try:
                self._cursor.execute("BEGIN")
                more = pack_some(self._cursor, np.array(numbers, dtype=np.int32))
                self._cursor.execute("COMMIT")
            except BaseException:
                self._recover()
                raise
            self._unsettled = True
        if not more:
            self._resting.forget(silent)

    def close(self) -> None:
        with self._lock:
            self._cursor.close()
            self._database.close()

    def _load_progress(self, tasks: set[str]) -> None:
        if len(self._progress) > _KEPT_PROGRESS:
            self._progress.clear()
        missing = tasks - self._progress.keys()
        self._progress |= {task: {} for task in missing}
        stored = {self._tasks[task]: task for task in missing if task in self._tasks}
        if not stored:
            return
        with given(self._cursor, "asked", {"task": np.array(list(stored), dtype=np.int32)}):
            rows = self._cursor.execute(
                "SELECT task, writer, stream, stop FROM progress SEMI JOIN asked USING (task)"
            ).fetchall()
        for number, writer, stream, stop in rows:
            self._progress[stored[number]][writer, stream] = stop

    def _save_progress(self, reached: Mapping[Stream, int]) -> None:
        known = [place for place in reached if place[1:] in self._progress[place[0]]]
        new = [place for place in reached if place[1:] not in self._progress[place[0]]]
        insert(self._cursor, "progress", self._progress_rows(new, reached))
        if known:
            with given(self._cursor, "reached", self._progress_rows(known, reached)):
                self._cursor.execute(
                    """UPDATE progress SET stop = reached.stop FROM reached
                    WHERE progress.task = reached.task AND progress.writer = reached.writer
                    AND progress.stream = reached.stream"""
                )

    def _progress_rows(
        self, places: Sequence[Stream], reached: Mapping[Stream, int]
    ) -> dict[str, Any]:
        return {
            "task": np.array([self._tasks[place[0]] for place in places], dtype=np.int32),
            "writer": texts([place[1] for place in places]),
            "stream": texts([place[2] for place in places]),
            "stop": np.array([reached[place] for place in places], dtype=np.int64),
        }

    def _add_tasks(self, tasks: set[str]) -> None:
        new = sorted(tasks - self._tasks.keys())
        if not new:
            return
        begin = max(self._tasks.values(), default=0) + 1
        numbers = np.arange(begin, begin + len(new), dtype=np.int32)
        insert(self._cursor, "tasks", {"task": numbers, "id": texts(new)})
        self._tasks |= dict(zip(new, numbers.tolist(), strict=True))

    def _recover(self) -> None:
        """Undo an open transaction and forget what is remembered of the tables."""
        self._states.clear()
        self._console.clear()
        self._progress.clear()
        with suppress(duckdb.Error):
            self._cursor.execute("ROLLBACK")
        with suppress(duckdb.Error):
            self._tasks = dict(self._cursor.execute("SELECT id, task FROM tasks").fetchall())

    # -- Reader

    def progress(self, task: str) -> Mapping[tuple[str, StreamName], int]:
        with self._database.snapshot() as cursor:
            rows = cursor.execute(
                "SELECT writer, stream, stop FROM progress JOIN tasks USING (task) WHERE id = ?",
                [task],
            ).fetchall()
        return {(writer, stream): stop for writer, stream, stop in rows}

    def progress_of(
        self, tasks: Sequence[str]
    ) -> Mapping[str, Mapping[tuple[str, StreamName], int]]:
        return self._stored_progress("WHERE id IN (SELECT unnest(?))", [list(tasks)])

    def every_progress(self) -> Mapping[str, Mapping[tuple[str, StreamName], int]]:
        return self._stored_progress()

    def _stored_progress(
        self, where: str = "", values: Sequence[object] = ()
    ) -> Mapping[str, Progress]:
        select = "SELECT id, writer, stream, stop FROM progress JOIN tasks USING (task)"
        with self._database.snapshot() as cursor:
            rows = cursor.execute(f"{select} {where}", list(values)).fetchall()
        found: dict[str, Progress] = {}
        for task, writer, stream, stop in rows:
            found.setdefault(task, {})[writer, stream] = stop
        return found

    def tasks(self) -> Sequence[str]:
        with self._database.snapshot() as cursor:
            return [row[0] for row in cursor.execute("SELECT id FROM tasks ORDER BY id").fetchall()]

    def lines(self, asked: Mapping[str, Sequence[tuple[str, str]] | None]) -> Sequence[LineSummary]:
        # What the writer remembers is the same and cheaper, but no read waits for an append.
        if self._lock.acquire(blocking=False):
            try:
                known = self._states.summaries(asked)
            finally:
                self._lock.release()
            if known is not None:
                return known
        with self._database.snapshot() as cursor:
            return duckdb_lines.read_summaries(cursor, asked)

    def names(
        self, tasks: Sequence[str], *, search: str, offset: int, limit: int, most: int
    ) -> Mapping[str, NamePage]:
        with self._database.snapshot() as cursor:
            return duckdb_names.read_names(
                cursor, tasks, search=search, offset=offset, limit=limit, most=most
            )

    def points(self, reads: Sequence[LineRead]) -> Sequence[LinePoints]:
        with self._database.snapshot() as cursor:
            numbers = duckdb_lines.find_lines(cursor, [read.key for read in reads])
            return duckdb_reading.points(cursor, reads, numbers.tolist())

    def reduce(self, reads: Sequence[LineRead]) -> Sequence[M4]:
        with self._database.snapshot() as cursor:
            numbers = duckdb_lines.find_lines(cursor, [read.key for read in reads])
            return duckdb_reading.reduce(cursor, reads, numbers.tolist())

    def single_values(self, task: str) -> Mapping[str, Point]:
        with self._database.snapshot() as cursor:
            return duckdb_lines.read_single_values(cursor, task)

    def documents(self, read: DocumentRead) -> Sequence[Document]:
        with self._database.snapshot() as cursor:
            return duckdb_documents.read_documents(
                cursor, duckdb_lines.task_number(cursor, read.task), read
            )

    def console(self, read: ConsoleRead) -> ConsolePage:
        with self._database.snapshot() as cursor:
            return duckdb_console.read_console(
                cursor, duckdb_lines.task_number(cursor, read.task), read
            )

    def console_open(
        self, task: str, writer: str
    ) -> Mapping[str, tuple[int, Sequence[ConsoleLine]]]:
        with self._database.snapshot() as cursor:
            return duckdb_console.read_open(cursor, duckdb_lines.task_number(cursor, task), writer)
