"""Exact reads: blocks that lie in one column as they are, and the points of those that do not.

A block that an edge, an end of the range or an attempt's cut goes through is unpacked, so that the answer is that
of all points. Its pieces, one for each column, are merged with the whole blocks in order of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.store import duckdb_blocks
from stripchart.store.contract import M4, LinePoints, LineRead
from stripchart.store.duckdb_index import (
    Index,
    fetch_blocks,
    fetch_index,
    fetch_tails,
    unpacked,
)
from stripchart.store.duckdb_schema import Columns

_UNPACKED_AT_ONCE = 2048  # blocks: about a million points, 35 MB
_POINT_COLUMNS = ("iteration", "time_us", "value", "flags", "seq")
Blocks = NDArray[np.int64]


def reduce(
    cursor: duckdb.DuckDBPyConnection, reads: Sequence[LineRead], lines: Sequence[int]
) -> list[M4]:
    """Answer reductions; ``lines`` are the lines' numbers, -1 where a line is unknown."""
    reads = [replace(read, after=0) for read in reads]
    asked = _asked(reads, lines)
    index, tails = fetch_index(cursor, asked), fetch_tails(cursor, asked)
    works = [_Reduction(read, line, index) for read, line in zip(reads, lines, strict=True)]
    _unpack_into(
        cursor, [(work.line, work.cut_through, work.add) for work in works if work.line >= 0]
    )
    for work in works:
        work.add(tails.of(work.line))
    return [work.answer() for work in works]


def points(
    cursor: duckdb.DuckDBPyConnection, reads: Sequence[LineRead], lines: Sequence[int]
) -> list[LinePoints]:
    """Answer reads of raw points."""
    asked = _asked(reads, lines)
    index, tails = fetch_index(cursor, asked), fetch_tails(cursor, asked)
    works = [_Selection(read, line, index) for read, line in zip(reads, lines, strict=True)]
    _unpack_into(cursor, [(work.line, work.touched, work.add) for work in works if work.line >= 0])
    for work in works:
        work.add(tails.of(work.line))
    return [work.answer() for work in works]


def whole_lines(cursor: duckdb.DuckDBPyConnection, lines: NDArray[np.int64]) -> list[LinePoints]:
    """Return all points of lines, in order of arrival."""
    if not len(lines):
        return []
    asked: Columns = {"line": lines.astype(np.int32), "since": np.zeros(len(lines), dtype=np.int64)}
    index, tails = fetch_index(cursor, asked), fetch_tails(cursor, asked)
    parts: list[list[LinePoints]] = [[] for _ in lines]
    _unpack_into(
        cursor,
        [
            (line, index.block[index.rows_of(line)], part.append)
            for line, part in zip(lines.tolist(), parts, strict=True)
        ],
    )
    for line, part in zip(lines.tolist(), parts, strict=True):
        part.append(tails.of(line))
    return [_joined(part) for part in parts]


class _Reduction:
    """Gather the M4 rows of one read."""

    def __init__(self, read: LineRead, line: int, index: Index) -> None:
        if read.edges is None:
            raise ValueError("a reduction needs edges")
        self.line = line
        self._read = read
        self._edges: NDArray[np.int64] = np.asarray(read.edges, dtype=np.int64)
        rows = index.rows_of(line)
        block = index.block[rows]
        whole, cut_through, column = self._sort_out(index, rows)
        self.cut_through = block[cut_through]
        at = np.flatnonzero(whole)
        self._sets = [replace(m4.rows_at(index.m4, at + rows.start), column=column[at])]
        # Places in the order of arrival: odd for whole blocks, even for the points between two of them.
        self._whole = block[at]
        self._places = [2 * np.arange(len(at)) + 1]

    def _sort_out(
        self, index: Index, rows: slice
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
        """Tell which blocks lie whole in one column, which have to be unpacked, and the former's columns."""
        read, edges = self._read, self._edges
        touches, low, high = _touched(index, rows, read)
        column, last = m4.columns_of(low, edges), m4.columns_of(high, edges)
        touches &= (last >= 0) & (column < len(edges) - 1)
        whole = touches & (column == last)
        whole &= m4.within(low, read.low, None) & m4.within(high, None, read.high)
        whole &= m4.within(index.columns["high"][rows], None, read.cut)
        if read.axis == "time":
            whole &= index.columns["ordered"][rows]
        return whole, touches & ~whole, column

    def add(self, points: LinePoints) -> None:
        """Add points, given in order of arrival."""
        found = m4.select(points, self._read)
        if len(found.seq):
            run = 2 * np.searchsorted(self._whole, found.seq // duckdb_blocks.SIZE)
            sets, places = m4.reduce_runs(found, run, self._edges, self._read.axis)
            self._sets.append(sets)
            self._places.append(places)

    def answer(self) -> M4:
        """Merge what was gathered, in order of arrival."""
        rows = m4.concatenate(self._sets)
        place = np.concatenate(self._places)
        if not (place[1:] >= place[:-1]).all():
            rows = m4.rows_at(rows, np.argsort(place, kind="stable"))
        return m4.merge([rows], self._read.axis)


class _Selection:
    """Gather the points of one read."""

    def __init__(self, read: LineRead, line: int, index: Index) -> None:
        self.line = line
        self._read = read
        rows = index.rows_of(line)
        block = index.block[rows]
        touches, _, _ = _touched(index, rows, read)
        self.touched = block[touches & ((block + 1) * duckdb_blocks.SIZE > read.after)]
        self._parts: list[LinePoints] = []

    def add(self, points: LinePoints) -> None:
        """Add points, given in order of arrival."""
        self._parts.append(m4.select(points, self._read))

    def answer(self) -> LinePoints:
        """Return what was gathered, ordered."""
        found = m4.in_order(_joined(self._parts), self._read.axis)
        return m4.take(found, slice(self._read.limit))


def _joined(parts: Sequence[LinePoints]) -> LinePoints:
    return LinePoints(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _POINT_COLUMNS)
    )


def _touched(
    index: Index, rows: slice, read: LineRead
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Tell which blocks may hold points of a read, and give their bounds on its axis."""
    suffix = "" if read.axis == "iteration" else "_time_us"
    low, high = index.columns["low" + suffix][rows], index.columns["high" + suffix][rows]
    touches = m4.within(high, read.low, None) & m4.within(low, None, read.high) & (low <= high)
    uncut = m4.within(index.columns["low"][rows], None, read.cut)
    # On the time axis, points without iteration are never cut; only ordered blocks are known to have none.
    touches &= uncut if read.axis == "iteration" else uncut | ~index.columns["ordered"][rows]
    return touches, low, high


def _unpack_into(
    cursor: duckdb.DuckDBPyConnection,
    wanted: Sequence[tuple[int, Blocks, Callable[[LinePoints], None]]],
) -> None:
    """Unpack blocks of lines and hand each its points, a bounded number of blocks at a time."""
    line = np.repeat([w[0] for w in wanted], [len(w[1]) for w in wanted]).astype(np.int64)
    block = np.concatenate([np.zeros(0, dtype=np.int64), *(w[1] for w in wanted)])
    taker = np.repeat(np.arange(len(wanted)), [len(w[1]) for w in wanted])
    for begin in range(0, len(line), _UNPACKED_AT_ONCE):
        part = slice(begin, begin + _UNPACKED_AT_ONCE)
        packed = fetch_blocks(cursor, line[part], block[part])
        places = zip(line[part].tolist(), block[part].tolist(), strict=True)
        points = unpacked([packed[place] for place in places], block[part])
        takers, first = np.unique(taker[part], return_index=True)
        ends = [*first[1:], len(taker[part])]
        for number, low, high in zip(takers, first, ends, strict=True):
            rows = slice(int(low) * duckdb_blocks.SIZE, int(high) * duckdb_blocks.SIZE)
            wanted[number][2](m4.take(points, rows))


def _asked(reads: Sequence[LineRead], lines: Sequence[int]) -> Columns:
    """Return the known lines with the first block that any read of them needs."""
    since: dict[int, int] = {}
    for read, line in zip(reads, lines, strict=True):
        if line >= 0:
            first = max(0, read.after) // duckdb_blocks.SIZE
            since[line] = min(first, since.get(line, first))
    return {
        "line": np.array(list(since), dtype=np.int32),
        "since": np.array(list(since.values()), dtype=np.int64),
    }
