"""Tails at rest: the points after the last full block of lines that are not written any more, packed as blocks are.

A row of ``tail`` takes about 20 bytes, most lines have fewer points than fill a block, and most tasks have ended.
So the tails of tasks that were silent for a while are packed, each filled up to a block's size with points that cost
next to nothing and are left out again by ``count``. What such a line gets later goes to ``tail`` as ever. Where a
point is kept changes nothing of any answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.records import SINGLE_VALUE
from stripchart.store import duckdb_blocks
from stripchart.store.contract import LinePoints, PointColumns
from stripchart.store.duckdb_schema import Columns, fetch, given, insert, texts

SILENT_SEC = 60.0
LEAST_POINTS = 64  # fewer take as much packed as they do in rows
LINES_AT_ONCE = 128
"""How many lines one call packs, so that appends never wait long."""
UNPACKED_AT_ONCE = 128
"""How many tails are unpacked together: much of what they hold is filling, which is not to take memory for all."""

_POINTS = "iteration, time_us, value, flags"


class Resting:
    """Know which tasks may have tails to be packed, and since when they are silent."""

    def __init__(self, tasks: Iterable[str]) -> None:
        self._heard = dict.fromkeys(tasks, float("-inf"))

    def heard(self, tasks: Iterable[str]) -> None:
        """Note that tasks are written."""
        self._heard |= dict.fromkeys(tasks, time.monotonic())

    def silent(self) -> list[str]:
        """Return the tasks that have been silent for long enough."""
        until = time.monotonic() - SILENT_SEC
        return [task for task, heard in self._heard.items() if heard <= until]

    def forget(self, tasks: Iterable[str]) -> None:
        """Pass over tasks until they are heard of again."""
        for task in tasks:
            self._heard.pop(task, None)


def pack_some(cursor: duckdb.DuckDBPyConnection, tasks: NDArray[np.int32]) -> bool:
    """Pack some tails of tasks, by their numbers; tell whether there may be more. Within a transaction."""
    with given(cursor, "silent", {"task": tasks}):
        found = fetch(
            cursor,
            f"""SELECT line FROM tail SEMI JOIN (
                SELECT line FROM lines WHERE task IN (SELECT task FROM silent)) USING (line)
            GROUP BY line HAVING count(*) >= {LEAST_POINTS} AND bool_and(flags & {SINGLE_VALUE} = 0)
            LIMIT {LINES_AT_ONCE}""",
        )
    if not len(found["line"]):
        return False
    asked = {"line": found["line"].astype(np.int32)}
    with given(cursor, "asked", asked):
        rows = fetch(
            cursor,
            f"SELECT line, seq, {_POINTS} FROM tail SEMI JOIN asked USING (line) ORDER BY line, seq",
        )
        cursor.execute("DELETE FROM tail WHERE line IN (SELECT line FROM asked)")
    insert(cursor, "tails", _packed(rows))
    return len(found["line"]) == LINES_AT_ONCE


def fetch_packed(
    cursor: duckdb.DuckDBPyConnection, asked: Columns
) -> tuple[NDArray[np.int64], LinePoints] | None:
    """Return line and points of the packed tails of the lines asked for; ``None`` where there are none."""
    with given(cursor, "asked", asked):
        rows = cursor.execute(
            "SELECT line, first, count, data FROM tails SEMI JOIN asked USING (line)"
        ).fetchall()
    if not rows:
        return None
    parts = [
        _unpacked(rows[i : i + UNPACKED_AT_ONCE]) for i in range(0, len(rows), UNPACKED_AT_ONCE)
    ]
    line = np.repeat(np.array([row[0] for row in rows], dtype=np.int64), [row[2] for row in rows])
    return line, LinePoints(*map(np.concatenate, zip(*parts, strict=True)))


def _unpacked(rows: Sequence[tuple[int, int, int, bytes]]) -> tuple[NDArray[Any], ...]:
    """Return the columns of the points of some packed tails, without what they are filled up with."""
    size = duckdb_blocks.SIZE
    _, first, count, data = zip(*rows, strict=True)
    points = duckdb_blocks.unpack(data)
    within = np.tile(np.arange(size), len(rows))
    keep = within < np.repeat(count, size)
    seq = (np.repeat(np.array(first, dtype=np.int64), size) + within)[keep]
    columns = (points.iteration, points.time_us, points.value, points.flags)
    return *(column[keep] for column in columns), seq


def _packed(rows: Columns) -> Columns:
    """Return rows of ``tails`` for rows of ``tail``, ordered by (line, seq)."""
    line = rows["line"]
    heads = np.flatnonzero(np.diff(line, prepend=line[0] - 1))
    count = np.diff([*heads, len(line)])
    columns = PointColumns(
        _filled(rows["iteration"], heads, count, climbing=True),
        _filled(rows["time_us"], heads, count, climbing=True),
        _filled(rows["value"], heads, count),
        _filled(rows["flags"], heads, count),
    )
    return {
        "line": line[heads].astype(np.int32),
        "first": rows["seq"][heads],
        "count": count.astype(np.int32),
        "data": texts(list(duckdb_blocks.pack(columns))),
    }


def _filled(
    a: NDArray[Any], heads: NDArray[np.int64], count: NDArray[np.int64], *, climbing: bool = False
) -> NDArray[Any]:
    """Fill each line up to a block: with its last value, or going on by its smallest step, which packs to nothing."""
    size = duckdb_blocks.SIZE
    place = np.minimum(np.arange(size)[None, :], count[:, None] - 1) + heads[:, None]
    filled: NDArray[Any] = a[place]
    if climbing:
        beyond = np.maximum(np.arange(size)[None, :] - count[:, None] + 1, 0)
        inside = np.arange(1, size)[None, :] < count[:, None]
        steps = np.diff(filled, axis=1)
        smallest = np.where(inside, steps, np.iinfo(np.int64).max).min(axis=1)
        filled = filled + beyond * smallest[:, None]  # modulo 2^64, as packing counts
    return filled.ravel()
