"""Summaries of lines: computed from index and tails, and kept in memory for lines that are being written.

The sums of a line are those of its blocks, added one after another, and then its tail's values, added one after
another: so they do not depend on how the points were batched, nor on whether they were kept or computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.records import NO_ITERATION, NON_FINITE, SINGLE_VALUE
from stripchart.store import duckdb_blocks
from stripchart.store.contract import (
    M4,
    LineKey,
    LinePoints,
    LineSummary,
    Point,
    PointColumns,
)
from stripchart.store.duckdb_index import Index, Tails, fetch_index, fetch_tails
from stripchart.store.duckdb_schema import Columns

_ENDS = ("first", "last", "minimum", "maximum")


@dataclass(slots=True)
class Summaries:
    """Hold a row for each of some lines. ``m4`` has a row for each line that has points on the iteration axis."""

    count: NDArray[np.int64]
    finite: NDArray[np.int64]
    flagged: NDArray[np.int64]
    singles: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    low_time_us: NDArray[np.int64]
    high_time_us: NDArray[np.int64]
    block_total: NDArray[np.float64]
    block_squares: NDArray[np.float64]
    tail_total: NDArray[np.float64]
    tail_squares: NDArray[np.float64]


def blank(count: int) -> Summaries:
    """Return rows of lines without points."""
    rows = Summaries(*(np.zeros(count, dtype=np.int64) for _ in fields(Summaries)))  # type: ignore[arg-type]
    rows.low[:] = rows.low_time_us[:] = m4.INT64_MAX
    rows.high[:] = rows.high_time_us[:] = m4.INT64_MIN
    for name in ("block_total", "block_squares", "tail_total", "tail_squares"):
        setattr(rows, name, np.zeros(count))
    return rows


def add_points(rows: Summaries, row: NDArray[np.int64], points: PointColumns) -> None:
    """Count points, given in order of arrival; ``row`` says whose each is. Sums are left alone."""
    on_axis = (points.flags & (NO_ITERATION | SINGLE_VALUE)) == 0
    np.add.at(rows.count, row, 1)
    np.add.at(rows.finite, row[np.isfinite(points.value)], 1)
    np.add.at(rows.flagged, row[(points.flags & NON_FINITE) != 0], 1)
    np.add.at(rows.singles, row[(points.flags & SINGLE_VALUE) != 0], 1)
    np.minimum.at(rows.low, row[on_axis], points.iteration[on_axis])
    np.maximum.at(rows.high, row[on_axis], points.iteration[on_axis])
    np.minimum.at(rows.low_time_us, row, points.time_us)
    np.maximum.at(rows.high_time_us, row, points.time_us)


def add_tail_sums(rows: Summaries, row: NDArray[np.int64], value: NDArray[np.float64]) -> None:
    """Add values of tails, in order of arrival."""
    finite = np.isfinite(value)
    row, value = row[finite], value[finite]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        np.add.at(rows.tail_total, row, value)
        np.add.at(rows.tail_squares, row, value**2)


def add_block_sums(
    rows: Summaries,
    row: NDArray[np.int64],
    total: NDArray[np.float64],
    total_squares: NDArray[np.float64],
) -> None:
    """Add sums of blocks, in order of arrival."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        np.add.at(rows.block_total, row, total)
        np.add.at(rows.block_squares, row, total_squares)


def extremes_of(row: NDArray[np.int64], points: PointColumns, rows: int) -> M4:
    """Return the M4 set of each row's points, given in order of arrival by ascending row."""
    on_axis = (points.flags & (NO_ITERATION | SINGLE_VALUE)) == 0
    if not on_axis.all():
        row = row[on_axis]
        points = PointColumns(
            points.iteration[on_axis],
            points.time_us[on_axis],
            points.value[on_axis],
            points.flags[on_axis],
        )
    return m4.reduce_groups(points, row, rows)


def fetch_summaries(
    cursor: duckdb.DuckDBPyConnection, lines: NDArray[np.int64]
) -> tuple[Summaries, M4]:
    """Compute a row for each of the lines, whose numbers ascend, and their M4 sets by row."""
    asked: Columns = {
        "line": lines.astype(np.int32),
        "since": np.zeros(len(lines), dtype=np.int64),
    }
    index, tails = fetch_index(cursor, asked), fetch_tails(cursor, asked)
    rows = blank(len(lines))
    of_block, of_point = np.searchsorted(lines, index.line), np.searchsorted(lines, tails.line)
    _add_index(rows, of_block, index)
    points = _columns(tails.points)
    add_points(rows, of_point, points)
    add_tail_sums(rows, of_point, points.value)
    return rows, _merged(index, of_block, tails, of_point, len(lines))


def _add_index(rows: Summaries, row: NDArray[np.int64], index: Index) -> None:
    columns = index.columns
    np.add.at(rows.count, row, duckdb_blocks.SIZE)
    np.add.at(rows.finite, row, columns["all_finite"])
    np.add.at(rows.flagged, row, columns["all_flagged"])
    np.add.at(rows.singles, row, columns["singles"])
    np.minimum.at(rows.low, row, columns["low"])
    np.maximum.at(rows.high, row, columns["high"])
    np.minimum.at(rows.low_time_us, row, columns["low_time_us"])
    np.maximum.at(rows.high_time_us, row, columns["high_time_us"])
    add_block_sums(rows, row, columns["all_total"], columns["all_total_squares"])


def _merged(
    index: Index,
    of_block: NDArray[np.int64],
    tails: Tails,
    of_point: NDArray[np.int64],
    rows: int,
) -> M4:
    held = index.m4.points > 0
    blocks = replace(m4.rows_at(index.m4, held), column=of_block[held])
    return m4.merge([blocks, extremes_of(of_point, _columns(tails.points), rows)])


def summaries_of(
    keys: Sequence[LineKey],
    rows: Summaries,
    row: NDArray[np.int64],
    extremes: M4,
    at: NDArray[np.int64],
) -> list[LineSummary]:
    """Return the summaries of lines, each by its row and by its row in ``extremes``, -1 if it has none.

    Not for single values.
    """
    # Lists of Python's numbers: taken one by one from the arrays, they would cost several times as much; and its
    # floats overflow to Inf in silence.
    columns: dict[str, list[Any]] = {
        f.name: getattr(rows, f.name)[row].tolist() for f in fields(rows)
    }
    placed = at >= 0
    finite = placed.copy()
    finite[placed] = extremes.count[at[placed]] > 0
    ends = [_points_at(getattr(extremes, place), at, finite) for place in _ENDS]
    return [
        LineSummary(
            key, count, finite, flagged, block_total + tail_total, block_squares + tail_squares,
            low if is_placed else None, high if is_placed else None, low_time_us, high_time_us, *points,
        )
        for key, is_placed, (
            count, finite, flagged, _, low, high, low_time_us, high_time_us,
            block_total, block_squares, tail_total, tail_squares,
        ), points in zip(
            keys, placed.tolist(), zip(*columns.values(), strict=True), zip(*ends, strict=True), strict=True
        )
    ]  # fmt: skip


def _points_at(
    points: PointColumns, at: NDArray[np.int64], held: NDArray[np.bool_]
) -> list[Point | None]:
    """Return the points of some rows, ``None`` where none is held."""
    rows = at[held]
    columns = (points.iteration, points.time_us, points.value, points.flags)
    found = map(Point, *(column[rows].tolist() for column in columns))
    return [next(found) if here else None for here in held.tolist()]


def _columns(points: LinePoints) -> PointColumns:
    return PointColumns(points.iteration, points.time_us, points.value, points.flags)
