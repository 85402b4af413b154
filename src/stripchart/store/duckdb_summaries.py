"""Summaries of lines: computed from index and tails, and kept in memory for lines that are being written.

The sums of a line are those of its blocks, added one after another, and then its tail's values, added one after
another: so they do not depend on how the points were batched, nor on whether they were kept or computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.query.lines import point_at
from stripchart.records import NO_ITERATION, NON_FINITE, SINGLE_VALUE
from stripchart.store import duckdb_blocks
from stripchart.store.contract import M4, LineKey, LinePoints, LineSummary, PointColumns
from stripchart.store.duckdb_index import Index, Tails, fetch_index, fetch_tails
from stripchart.store.duckdb_schema import Columns


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


def summary_of(key: LineKey, rows: Summaries, row: int, extremes: M4, at: int) -> LineSummary:
    """Return one row; ``at`` is its row in ``extremes``, -1 if it has none. Not for single values."""
    placed = at >= 0
    finite = placed and extremes.count[at] > 0
    return LineSummary(
        key=key,
        count=int(rows.count[row]),
        finite=int(rows.finite[row]),
        non_finite=int(rows.flagged[row]),
        # Python's floats: they overflow to Inf in silence, which NumPy must be told to do, at a price for each line.
        total=float(rows.block_total[row]) + float(rows.tail_total[row]),
        total_squares=float(rows.block_squares[row]) + float(rows.tail_squares[row]),
        low=int(rows.low[row]) if placed else None,
        high=int(rows.high[row]) if placed else None,
        low_time_us=int(rows.low_time_us[row]),
        high_time_us=int(rows.high_time_us[row]),
        first=point_at(extremes.first, at) if finite else None,
        last=point_at(extremes.last, at) if finite else None,
        minimum=point_at(extremes.minimum, at) if finite else None,
        maximum=point_at(extremes.maximum, at) if finite else None,
    )


def summaries_of(keys: Sequence[LineKey], rows: Summaries, extremes: M4) -> list[LineSummary]:
    """Return all rows, whose keys are given in order; not for single values."""
    at = np.full(len(keys), -1)
    at[extremes.column] = np.arange(len(extremes.column))
    return [summary_of(key, rows, row, extremes, int(at[row])) for row, key in enumerate(keys)]


def _columns(points: LinePoints) -> PointColumns:
    return PointColumns(points.iteration, points.time_us, points.value, points.flags)
