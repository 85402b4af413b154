"""Console lines in DuckDB: an update of the open ones, a page of those that match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query.console import COLOUR, plain
from stripchart.store.contract import (
    Batch,
    ConsoleLine,
    ConsolePage,
    ConsoleRead,
    ConsoleUpdate,
    FoundLine,
)
from stripchart.store.duckdb_schema import Columns, fetch, given, insert, only, texts
from stripchart.store.memory import first_line, trailing_open

_COLUMNS = "attempt, rank, ordinal, time_us, level, text, open"
_TABLES = ("console", "console_open")
# Most lines have no colours, and to look for one character is cheaper than to replace what is not there.
_PLAIN = f"CASE WHEN contains(text, chr(27)) THEN regexp_replace(text, '{COLOUR}', '', 'g') ELSE text END"
_BEGIN, _END = "\x02", "\x03"  # no folded line holds them
Place = tuple[str, str, str]  # task, writer, stream


@dataclass(slots=True)
class _Source:
    number: int
    closed_end: int  # ordinals from here on are not in ``console``


@dataclass(slots=True)
class _Pending:
    """Gather what a call changes of one source."""

    first: int
    lines: list[tuple[int, int, ConsoleLine]] = field(default_factory=list)

    def apply(self, update: ConsoleUpdate) -> None:
        self.first = min(self.first, update.first)
        while self.lines and self.lines[-1][2].ordinal >= update.first:
            self.lines.pop()
        self.lines += [(update.attempt, update.rank, line) for line in update.lines]


class ConsoleWriter:
    """Write console updates; remembers the sources that it writes."""

    def __init__(self) -> None:
        self._sources: dict[Place, _Source] = {}

    def clear(self) -> None:
        """Forget the sources."""
        self._sources.clear()

    def append(
        self,
        cursor: duckdb.DuckDBPyConnection,
        batches: Sequence[Batch],
        task_numbers: dict[str, int],
    ) -> None:
        """Store the console updates of batches."""
        pending: dict[Place, _Pending] = {}
        for batch in batches:
            for update in batch.console:
                place = (batch.extent.task, batch.extent.writer, update.stream)
                pending.setdefault(place, _Pending(update.first)).apply(update)
        if not pending:
            return
        for place in pending:
            if place not in self._sources:
                self._sources[place] = _load_source(cursor, place, task_numbers[place[0]])
        self._remove(cursor, pending)
        closed, opened = _Rows(), _Rows()
        for place, change in pending.items():
            source, task = self._sources[place], task_numbers[place[0]]
            split = next(
                (i for i, row in enumerate(change.lines) if row[2].open), len(change.lines)
            )
            closed.add(source.number, task, change.lines[:split])
            opened.add(source.number, task, change.lines[split:])
            if split:
                source.closed_end = change.lines[split - 1][2].ordinal + 1
        insert(cursor, "console", closed.columns())
        insert(cursor, "console_open", opened.columns())

    def _remove(self, cursor: duckdb.DuckDBPyConnection, pending: Mapping[Place, _Pending]) -> None:
        """Delete the lines that are replaced; those that were closed, which is rare, one source at a time."""
        first: Columns = {
            "source": np.array([self._sources[p].number for p in pending], dtype=np.int32),
            "first": np.array([change.first for change in pending.values()], dtype=np.int64),
        }
        with given(cursor, "changed", first):
            cursor.execute(
                """DELETE FROM console_open USING changed
                WHERE console_open.source = changed.source AND ordinal >= changed.first"""
            )
        for place, change in pending.items():
            source = self._sources[place]
            if change.first < source.closed_end:
                cursor.execute(
                    "DELETE FROM console WHERE source = ? AND ordinal >= ?",
                    [source.number, change.first],
                )
                source.closed_end = change.first


class _Rows:
    """Gather rows of a console table."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def add(self, source: int, task: int, lines: Sequence[tuple[int, int, ConsoleLine]]) -> None:
        self._rows += [
            (source, task, attempt, rank, n.ordinal, n.time_us, n.level, n.text, n.open)
            for attempt, rank, n in lines
        ]

    def columns(self) -> Columns:
        names = ("source", "task", *_COLUMNS.split(", "))
        kinds = (np.int32, np.int32, np.int32, np.int32, np.int64, np.int64, np.int32, None, bool)
        values = list(zip(*self._rows, strict=True)) or [()] * len(names)
        return {
            name: texts(list(column)) if kind is None else np.array(column, dtype=kind)
            for name, kind, column in zip(names, kinds, values, strict=True)
        }


def read_console(cursor: duckdb.DuckDBPyConnection, task: int, read: ConsoleRead) -> ConsolePage:
    """Answer a read of a task's lines.

    Raises:
        ValueError: the pattern is not a valid regular expression.
    """
    if read.pattern:
        _check_pattern(cursor, read.pattern)
    sources = cursor.execute(
        "SELECT source, writer, stream FROM sources WHERE task = ?", [task]
    ).fetchall()
    condition, parameters = _condition(read, sources)
    found = fetch(
        cursor,
        " UNION ALL ".join(
            f"SELECT {part} AS part, rowid AS row, time_us, source, ordinal, {condition} AS hit"
            f" FROM {table} WHERE task = $task"
            for part, table in enumerate(_TABLES)
        ),
        {"task": task, **parameters},
    )
    order = _order(found, sources)
    hits = np.flatnonzero(found["hit"][order])
    offset = first_line(read, hits if read.from_us is None else found["time_us"][order[hits]])
    numbers = hits[offset : offset + read.limit]
    lines = _fetch_lines(cursor, found, order[numbers], numbers, sources)
    if read.pattern:
        lines = _with_places(cursor, lines, read)
    return ConsolePage(len(hits), offset, lines)


def read_open(
    cursor: duckdb.DuckDBPyConnection, task: int, writer: str
) -> dict[str, tuple[int, Sequence[ConsoleLine]]]:
    """Return for each stream of a writer the next ordinal and its trailing open lines."""
    answer: dict[str, tuple[int, Sequence[ConsoleLine]]] = {}
    sources = cursor.execute(
        "SELECT source, stream FROM sources WHERE task = ? AND writer = ?", [task, writer]
    ).fetchall()
    for source, stream in sources:
        ends = [_end(cursor, table, source) for table in _TABLES]
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM console_open WHERE source = ? ORDER BY ordinal", [source]
        ).fetchall()
        held = [ConsoleLine(*row[2:]) for row in rows if row[2] >= ends[0]]
        if max(ends):
            answer[stream] = (max(ends), trailing_open(held))
    return answer


def _load_source(cursor: duckdb.DuckDBPyConnection, place: Place, task: int) -> _Source:
    number = only(
        cursor,
        "SELECT max(source) FROM sources WHERE task = ? AND writer = ? AND stream = ?",
        [task, place[1], place[2]],
    )
    if number is not None:
        return _Source(number, _end(cursor, "console", number))
    number = only(cursor, "SELECT coalesce(max(source), 0) + 1 FROM sources")
    cursor.execute("INSERT INTO sources VALUES (?, ?, ?, ?)", [number, task, place[1], place[2]])
    return _Source(number, 0)


def _end(cursor: duckdb.DuckDBPyConnection, table: str, source: int) -> int:
    query = f"SELECT coalesce(max(ordinal) + 1, 0) FROM {table} WHERE source = ?"
    return int(only(cursor, query, [source]))


def _check_pattern(cursor: duckdb.DuckDBPyConnection, pattern: str) -> None:
    try:
        cursor.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()
    except (duckdb.InvalidInputException, UnicodeEncodeError) as error:
        reason = str(error).removeprefix("Invalid Input Error: ")
        reason = reason.removesuffix(f": {pattern}")
        raise ValueError(f"the pattern is not valid: {reason}") from None


def _condition(
    read: ConsoleRead, sources: Sequence[tuple[int, str, str]]
) -> tuple[str, dict[str, Any]]:
    """Return the SQL expression that tells whether a line is asked for, and its parameters."""
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    if read.minimum_level > 0:
        parts.append(f"level >= {int(read.minimum_level)}")
    if read.streams:
        wanted = [str(int(number)) for number, _, stream in sources if stream in read.streams]
        parts.append(f"source IN ({', '.join(wanted) or 'NULL'})")
    for name, numbers in (("rank", read.ranks), ("attempt", read.attempts)):
        if numbers:
            parts.append(f"{name} IN ({', '.join(str(int(n)) for n in numbers)})")
    if read.pattern:
        parts.append(f"regexp_matches({_PLAIN}, $pattern, '{_case(read)}')")
        parameters["pattern"] = read.pattern
    return f"coalesce({' AND '.join(parts)}, false)" if parts else "true", parameters


def _case(read: ConsoleRead) -> str:
    return "i" if read.ignore_case else "c"


def _with_places(
    cursor: duckdb.DuckDBPyConnection, lines: Sequence[FoundLine], read: ConsoleRead
) -> list[FoundLine]:
    """Say of each line where the pattern was found: the engine that found it marks the places."""
    marked = cursor.execute(
        "SELECT regexp_replace(t, $pattern, $mark, $how) FROM (SELECT unnest($texts) AS t)",
        {
            "texts": [plain(found.line.text) for found in lines],
            "pattern": read.pattern,
            "mark": rf"{_BEGIN}\0{_END}",
            "how": "g" + _case(read),
        },
    ).fetchall()
    return [
        replace(found, found=_places(text)) for found, (text,) in zip(lines, marked, strict=True)
    ]


def _places(marked: str) -> list[tuple[int, int]]:
    """Read begins and ends off a text with marks; empty finds are none."""
    head, *parts = marked.split(_BEGIN)
    places, at = [], len(head)
    for part in parts:
        inside, _, after = part.partition(_END)
        if inside:
            places.append((at, at + len(inside)))
        at += len(inside) + len(after)
    return places


def _order(found: Columns, sources: Sequence[tuple[int, str, str]]) -> NDArray[np.int64]:
    """Return the rows in the order (time_us, writer, stream, ordinal)."""
    by_name = sorted(sources, key=lambda source: source[1:])
    place = np.zeros(max((s[0] for s in sources), default=0) + 1, dtype=np.int32)
    for rank, (number, _, _) in enumerate(by_name):
        place[number] = rank
    order: NDArray[np.int64] = np.lexsort(
        (found["ordinal"], place[found["source"]], found["time_us"])
    )
    return order


def _fetch_lines(
    cursor: duckdb.DuckDBPyConnection,
    found: Columns,
    rows: NDArray[np.int64],
    numbers: NDArray[np.int64],
    sources: Sequence[tuple[int, str, str]],
) -> list[FoundLine]:
    """Fetch the lines of a page, which are at ``rows`` of what was found and have these numbers."""
    names = {number: (writer, stream) for number, writer, stream in sources}
    held: dict[tuple[int, int], tuple[Any, ...]] = {}
    for part, table in enumerate(_TABLES):
        asked = {"place": found["row"][rows][found["part"][rows] == part]}
        with given(cursor, "asked", asked):
            lines = cursor.execute(
                f"SELECT rowid, source, {_COLUMNS} FROM {table}"
                " WHERE rowid IN (SELECT place FROM asked)"
            ).fetchall()
        held |= {(part, line[0]): line[1:] for line in lines}
    answer = []
    for number, row in zip(numbers.tolist(), rows.tolist(), strict=True):
        source, attempt, rank, *line = held[int(found["part"][row]), int(found["row"][row])]
        writer, stream = names[source]
        answer.append(FoundLine(number, writer, stream, attempt, rank, ConsoleLine(*line)))
    return answer
