"""What the writer remembers of the lines that it writes: their numbers, counts and summaries.

Everything here can be had from the tables; it is kept so that twenty points of twenty lines cost no look-up. It is
thrown away when it grows too large, when a transaction fails and when a task is deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.store import duckdb_summaries as summaries
from stripchart.store.contract import M4, LineKey, LineSummary, PointColumns
from stripchart.store.duckdb_lines import find_lines
from stripchart.store.duckdb_schema import insert, only, texts

_KEPT_LINES = 100_000  # about 60 MB
_WHOLE_TASK_LINES = 20_000  # of a task with more, only the lines that are written are kept


class States:
    """Keep the lines that are being written, each in a slot."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._slots: dict[LineKey, int] = {}
        self._tasks: dict[str, dict[tuple[str, str], list[LineKey]] | None] = {}
        self.number: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.rows = summaries.blank(0)
        self._extremes = m4.empty()
        self._next_line: int | None = None

    def trim(self) -> None:
        """Forget everything if it has grown too large."""
        if len(self._slots) > _KEPT_LINES:
            self.clear()

    def require(
        self,
        cursor: duckdb.DuckDBPyConnection,
        keys: Sequence[LineKey],
        task_numbers: dict[str, int],
    ) -> list[int]:
        """Return the slots of lines; load those that are stored and create those that are not."""
        new_tasks = {key.task for key in keys} - self._tasks.keys()
        for task in new_tasks:
            self._load_task(cursor, task, task_numbers[task])
        missing = [key for key in dict.fromkeys(keys) if key not in self._slots]
        partial = [key for key in missing if self._tasks[key.task] is None]
        if partial:
            found = find_lines(cursor, partial)
            self._load(cursor, [(k, int(n)) for k, n in zip(partial, found, strict=True) if n >= 0])
            missing = [key for key in missing if key not in self._slots]
        if missing:
            self._create(cursor, missing, task_numbers)
        return [self._slots[key] for key in keys]

    def summaries(
        self, asked: Mapping[str, Iterable[tuple[str, str]] | None]
    ) -> list[LineSummary] | None:
        """Return the summaries of tasks' lines; ``None`` where they, or some of them, must be computed instead."""
        keys: list[LineKey] = []
        for task, names in asked.items():
            known = self._tasks.get(task)
            if known is None:
                return None
            lists = known.values() if names is None else [known.get(n, []) for n in set(names)]
            keys += [key for some in lists for key in some]
        slots = np.array([self._slots[key] for key in keys], dtype=np.int64)
        if self.rows.singles[slots].any():
            return None
        at = np.where(self._extremes.points[slots] > 0, slots, -1)
        return summaries.summaries_of(keys, self.rows, slots, self._extremes, at)

    def absorb(self, slot: NDArray[np.int64], points: PointColumns) -> None:
        """Take in new points, ordered by (slot, arrival); the sums are the caller's to add."""
        summaries.add_points(self.rows, slot, points)
        touched, dense = np.unique(slot, return_inverse=True)
        fresh = summaries.extremes_of(dense, points, len(touched))
        fresh = replace(fresh, column=touched[fresh.column])
        held = touched[self._extremes.points[touched] > 0]
        known = replace(m4.rows_at(self._extremes, held), column=held)
        self._place(m4.merge([known, fresh]))

    def _load_task(self, cursor: duckdb.DuckDBPyConnection, task: str, number: int) -> None:
        found = cursor.execute(
            "SELECT title, series, attempt, rank, line FROM lines WHERE task = ? LIMIT ?",
            [number, _WHOLE_TASK_LINES + 1],
        ).fetchall()
        if len(found) > _WHOLE_TASK_LINES:
            self._tasks[task] = None
            return
        self._tasks[task] = defaultdict(list)
        self._load(cursor, [(LineKey(task, *row[:4]), row[4]) for row in found])

    def _load(
        self, cursor: duckdb.DuckDBPyConnection, lines: Sequence[tuple[LineKey, int]]
    ) -> None:
        if not lines:
            return
        lines = sorted(lines, key=lambda line: line[1])
        numbers = np.array([number for _, number in lines], dtype=np.int64)
        rows, extremes = summaries.fetch_summaries(cursor, numbers)
        slots = self._claim([key for key, _ in lines], numbers)
        for field in fields(rows):
            getattr(self.rows, field.name)[slots] = getattr(rows, field.name)
        self._place(replace(extremes, column=slots[extremes.column]))

    def _create(
        self,
        cursor: duckdb.DuckDBPyConnection,
        keys: Sequence[LineKey],
        task_numbers: dict[str, int],
    ) -> None:
        if self._next_line is None:
            self._next_line = only(cursor, "SELECT coalesce(max(line), 0) + 1 FROM lines")
        numbers = np.arange(self._next_line, self._next_line + len(keys))
        self._next_line += len(keys)
        insert(
            cursor,
            "lines",
            {
                "line": numbers.astype(np.int32),
                "task": np.array([task_numbers[key.task] for key in keys], dtype=np.int32),
                "title": texts([key.title for key in keys]),
                "series": texts([key.series for key in keys]),
                "attempt": np.array([key.attempt for key in keys], dtype=np.int32),
                "rank": np.array([key.rank for key in keys], dtype=np.int32),
            },
        )
        self._claim(keys, numbers)

    def _claim(self, keys: Sequence[LineKey], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give lines slots, blank ones."""
        slots = np.arange(len(self._slots), len(self._slots) + len(keys))
        self._grow(len(self._slots) + len(keys))
        for key, slot in zip(keys, slots.tolist(), strict=True):
            self._slots[key] = slot
            known = self._tasks[key.task]
            if known is not None:
                known[key.title, key.series].append(key)
        self.number[slots] = numbers
        return slots

    def _grow(self, size: int) -> None:
        more = max(size - len(self.number), 0)
        if not more:
            return
        more = max(more, len(self.number), 64)
        blank = summaries.blank(more)
        for field in fields(blank):
            name = field.name
            joined = np.concatenate([getattr(self.rows, name), getattr(blank, name)])
            setattr(self.rows, name, joined)
        self.number = np.concatenate([self.number, np.zeros(more, dtype=np.int64)])
        self._extremes = m4.concatenate([self._extremes, _blank_extremes(more)])

    def _place(self, rows: M4) -> None:
        """Write M4 rows, whose columns are slots."""
        for name in m4.PLAIN:
            if name != "column":
                getattr(self._extremes, name)[rows.column] = getattr(rows, name)
        for place in m4.PLACED:
            into, of = getattr(self._extremes, place), getattr(rows, place)
            for field in fields(of):
                getattr(into, field.name)[rows.column] = getattr(of, field.name)


def _blank_extremes(count: int) -> M4:
    whole = np.zeros(count, dtype=np.int64)
    points = [
        PointColumns(whole.copy(), whole.copy(), np.zeros(count), np.zeros(count, dtype=np.uint8))
        for _ in m4.PLACED
    ]
    placed: dict[str, Any] = dict(zip(m4.PLACED, points, strict=True))
    plain: dict[str, Any] = {
        name: np.zeros(count, dtype=np.float64 if "total" in name else np.int64)
        for name in m4.PLAIN
    }
    return M4(**plain, **placed)
