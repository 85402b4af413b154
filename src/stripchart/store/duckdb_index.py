"""The index of blocks: M4 rows beside the packed points, and fetching of both, on one snapshot.

A block is *ordered* when its points arrived in order on both axes and all have an iteration. Its M4 set is then the
same on both axes, which is how reads by time are as quick as reads by iteration.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.records import NO_ITERATION, NON_FINITE, SINGLE_VALUE
from stripchart.store import duckdb_blocks
from stripchart.store.contract import M4, LinePoints, PointColumns
from stripchart.store.duckdb_schema import BLOCK_COLUMNS, POINT_COLUMNS, Columns, fetch, given
from stripchart.store.duckdb_tails import fetch_packed

_INDEX = ", ".join(f"blocks.{name}" for name, _ in BLOCK_COLUMNS if name != "data")
_POINTS = ", ".join(name for name, _ in POINT_COLUMNS)
_PLAIN = ("points", "count", "total", "total_squares", "flagged")


@dataclass(frozen=True, slots=True)
class Index:
    """Hold index rows ordered by (line, block); ``m4.column`` is meaningless."""

    line: NDArray[np.int64]
    block: NDArray[np.int64]
    columns: Columns
    m4: M4

    def rows_of(self, line: int) -> slice:
        """Return where the rows of a line are."""
        begin, end = np.searchsorted(self.line, [line, line + 1])
        return slice(int(begin), int(end))


def describe(line: NDArray[np.int64], block: NDArray[np.int64], points: PointColumns) -> Columns:
    """Return the rows of ``blocks`` for points that fill them one after another."""
    size, count = duckdb_blocks.SIZE, len(line)
    shape = (count, size)
    off = (points.flags & (NO_ITERATION | SINGLE_VALUE)) != 0
    group = np.repeat(np.arange(count), size)
    on_axis = points if not off.any() else _take(points, ~off)
    sets = m4.reduce_groups(on_axis, group if not off.any() else group[~off], count)
    iteration, time_us = points.iteration.reshape(shape), points.time_us.reshape(shape)
    ordered = (iteration[:, 1:] >= iteration[:, :-1]).all(axis=1)
    ordered &= (time_us[:, 1:] >= time_us[:, :-1]).all(axis=1)
    ordered &= ~off.reshape(shape).any(axis=1)
    placed = np.where(off.reshape(shape), m4.INT64_MAX, iteration)
    value = np.where(np.isfinite(points.value), points.value, 0.0).reshape(shape)
    columns: dict[str, NDArray[Any]] = {
        "line": line.astype(np.int32),
        "block": block.astype(np.int32),
        "ordered": ordered,
        "low": placed.min(axis=1),
        "high": np.where(off.reshape(shape), m4.INT64_MIN, iteration).max(axis=1),
        "low_time_us": time_us.min(axis=1),
        "high_time_us": time_us.max(axis=1),
        "singles": _counts(points.flags & SINGLE_VALUE, shape),
        "all_finite": _counts(np.isfinite(points.value), shape),
        "all_flagged": _counts(points.flags & NON_FINITE, shape),
    }
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        columns["all_total"] = value.sum(axis=1)
        columns["all_total_squares"] = (value**2).sum(axis=1)
    columns |= {name: _spread(sets, getattr(sets, name), count) for name in _PLAIN}
    for place in m4.PLACED:
        for name, _ in POINT_COLUMNS:
            a = getattr(getattr(sets, place), name)
            columns[f"{place}_{name}"] = _spread(sets, a, count)
    return columns | {"data": _packed(points)}


def fetch_index(cursor: duckdb.DuckDBPyConnection, asked: Columns) -> Index:
    """Fetch the index rows of the lines asked for, from block ``since`` on; ``asked`` has both columns."""
    with given(cursor, "asked", asked):
        found = fetch(
            cursor,
            f"SELECT {_INDEX} FROM blocks JOIN asked ON blocks.line = asked.line WHERE block >= since",
        )
    line, block = found["line"].astype(np.int64), found["block"].astype(np.int64)
    place = (line << 32) | block
    if not (place[1:] > place[:-1]).all():
        order = np.argsort(place)
        found = {name: column[order] for name, column in found.items()}
        line, block = line[order], block[order]
    return Index(line, block, found, _m4_of(found))


def fetch_blocks(
    cursor: duckdb.DuckDBPyConnection, line: NDArray[np.int64], block: NDArray[np.int64]
) -> dict[tuple[int, int], Any]:
    """Fetch the packed points of blocks by (line, block)."""
    if not len(line):
        return {}
    with given(cursor, "wanted", {"line": line.astype(np.int32), "block": block.astype(np.int32)}):
        found = cursor.execute(
            "SELECT line, block, data FROM blocks SEMI JOIN wanted USING (line, block)"
        ).fetchall()
    return {(of_line, of_block): data for of_line, of_block, data in found}


def unpacked(packed: list[Any], block: NDArray[np.int64]) -> LinePoints:
    """Return the points of blocks of one line, in the order given."""
    points = duckdb_blocks.unpack(packed)
    size = duckdb_blocks.SIZE
    seq = (block[:, None] * size + np.arange(size)).ravel()
    return LinePoints(points.iteration, points.time_us, points.value, points.flags, seq)


@dataclass(frozen=True, slots=True)
class Tails:
    """Hold the points after the last full block of some lines, ordered by (line, seq)."""

    line: NDArray[np.int64]
    points: LinePoints

    def of(self, line: int) -> LinePoints:
        """Return those of one line."""
        begin, end = np.searchsorted(self.line, [line, line + 1])
        return m4.take(self.points, slice(int(begin), int(end)))


def fetch_tails(cursor: duckdb.DuckDBPyConnection, asked: Columns) -> Tails:
    """Fetch the tails of the lines asked for."""
    with given(cursor, "asked", asked):
        found = fetch(cursor, f"SELECT line, seq, {_POINTS} FROM tail SEMI JOIN asked USING (line)")
    line, seq = found["line"].astype(np.int64), found["seq"]
    points = LinePoints(found["iteration"], found["time_us"], found["value"], found["flags"], seq)
    if (packed := fetch_packed(cursor, asked)) is not None:
        line, points = np.concatenate([packed[0], line]), _joined(packed[1], points)
    ahead = (line[1:] > line[:-1]) | ((line[1:] == line[:-1]) & (points.seq[1:] > points.seq[:-1]))
    if not ahead.all():
        order = np.lexsort((points.seq, line))
        line, points = line[order], m4.take(points, order)
    return Tails(line, points)


def _joined(one: LinePoints, other: LinePoints) -> LinePoints:
    parts = (f.name for f in fields(LinePoints))
    return LinePoints(*(np.concatenate([getattr(one, p), getattr(other, p)]) for p in parts))


def _m4_of(found: Columns) -> M4:
    plain: dict[str, Any] = {
        name: found[name].astype(np.float64 if "total" in name else np.int64) for name in _PLAIN
    }
    placed: dict[str, Any] = {
        place: PointColumns(*(found[f"{place}_{name}"] for name, _ in POINT_COLUMNS))
        for place in m4.PLACED
    }
    return M4(column=np.zeros(len(found["line"]), dtype=np.int64), **plain, **placed)


def _packed(points: PointColumns) -> NDArray[Any]:
    packed = duckdb_blocks.pack(points)
    column = np.empty(len(packed), dtype=object)
    column[:] = packed
    return column


def _take(points: PointColumns, keep: NDArray[np.bool_]) -> PointColumns:
    return PointColumns(
        points.iteration[keep], points.time_us[keep], points.value[keep], points.flags[keep]
    )


def _counts(a: NDArray[Any], shape: tuple[int, int]) -> NDArray[np.int32]:
    counts: NDArray[np.int32] = np.count_nonzero(a.reshape(shape), axis=1).astype(np.int32)
    return counts


def _spread(sets: M4, a: NDArray[Any], count: int) -> NDArray[Any]:
    """Return a column with a row for each block, zeros where a block has no row in the sets."""
    if len(a) == count:
        return a
    rows = np.zeros(count, dtype=a.dtype)
    rows[sets.column] = a
    return rows
