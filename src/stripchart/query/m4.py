"""M4: the first, last, minimum and maximum of every pixel column, which draw the same pixels as all points.

After Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation" (VLDB 2014). Columns are
``[edges[i], edges[i + 1])`` over int64; a last edge of 2^63 - 1 includes that x, because 2^63 is no int64.
Points are ordered by (x, time_us, arrival), ties go to the first in that order, and only finite values take
part. No difference of two x values is ever formed, so the full range of int64 is safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stripchart.records import NO_ITERATION, NON_FINITE, SINGLE_VALUE
from stripchart.store.contract import M4, Axis, LinePoints, LineRead, PointColumns

INT64_MIN = -(1 << 63)
INT64_MAX = (1 << 63) - 1

_Number = TypeVar("_Number", np.int64, np.float64)
PLAIN = ("column", "points", "count", "total", "total_squares", "flagged")
PLACED = ("first", "last", "minimum", "maximum", "mark")

_NOT_ON_AXIS: dict[Axis, int] = {
    "iteration": NO_ITERATION | SINGLE_VALUE,
    "time": SINGLE_VALUE,
}


def column_edges(low: int, high: int, columns: int) -> NDArray[np.int64]:
    """Divide ``[low, high)`` into at most ``columns`` columns of (nearly) equal width.

    A range with fewer integers than ``columns`` gets one column for each integer. ``high`` may be 2^63.

    Raises:
        ValueError: the range is empty or leaves int64, or ``columns`` is below 1.
    """
    if not INT64_MIN <= low < high <= INT64_MAX + 1:
        raise ValueError(f"[{low}, {high}) is not a range of 64-bit integers")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, not {columns}")
    span = high - low
    columns = min(columns, span)
    edges = [low + span * i // columns for i in range(columns)]
    return np.array([*edges, min(high, INT64_MAX)], dtype=np.int64)


def select(points: LinePoints, read: LineRead) -> LinePoints:
    """Return the points that take part in a read: by flags (rule 6), bounds, ``cut`` and ``after``."""
    x = points.iteration if read.axis == "iteration" else points.time_us
    keep = (points.flags & _NOT_ON_AXIS[read.axis]) == 0
    keep &= within(x, read.low, read.high)
    if read.cut is not None:
        has_iteration = (points.flags & NO_ITERATION) == 0
        keep &= within(points.iteration, None, read.cut) | ~has_iteration
    if read.after > 0:
        keep &= points.seq >= read.after
    return points if keep.all() else take(points, keep)


def within(x: NDArray[np.int64], low: int | None, high: int | None) -> NDArray[np.bool_]:
    """Tell which x lie in ``[low, high)``; the bounds may be any integers, also beyond int64."""
    keep = np.ones(len(x), dtype=bool)
    if low is not None and low > INT64_MIN:
        keep &= x >= low if low <= INT64_MAX else False
    if high is not None and high <= INT64_MAX:
        keep &= x < high if high >= INT64_MIN else False
    return keep


def take(points: LinePoints, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> LinePoints:
    """Return the points at ``index``, in its order."""
    return LinePoints(
        points.iteration[index],
        points.time_us[index],
        points.value[index],
        points.flags[index],
        points.seq[index],
    )


def in_order(points: LinePoints, axis: Axis) -> LinePoints:
    """Return points, given in order of arrival, ordered by (x, time_us, arrival)."""
    x = points.iteration if axis == "iteration" else points.time_us
    if is_ordered(x, points.time_us):
        return points
    return take(points, np.lexsort((points.time_us, x)))


def is_ordered(x: NDArray[np.int64], time_us: NDArray[np.int64]) -> bool:
    """Tell whether points are ordered by (x, time_us) already."""
    ahead = x[1:] > x[:-1]
    if ahead.all():
        return True
    ahead |= (x[1:] == x[:-1]) & (time_us[1:] >= time_us[:-1])
    return bool(ahead.all())


def reduce(  # noqa: PLR0917 - the four columns of a point, always in this order
    iteration: NDArray[np.int64],
    time_us: NDArray[np.int64],
    value: NDArray[np.float64],
    flags: NDArray[np.uint8],
    edges: NDArray[np.int64],
    axis: Axis = "iteration",
) -> M4:
    """Reduce points, given in order of arrival, to the M4 set of each column.

    Points that have no place on the axis must have been left out (``select``); points outside all columns are.
    """
    points = PointColumns(iteration, time_us, value, flags)
    x = iteration if axis == "iteration" else time_us
    if not is_ordered(x, time_us):
        points = _at(points, np.lexsort((time_us, x)))
        x = points.iteration if axis == "iteration" else points.time_us
    bounds = np.searchsorted(x, edges, side="left")
    if len(edges) and edges[-1] == INT64_MAX:
        bounds[-1] = len(x)
    points = _at(points, slice(bounds[0], bounds[-1]))
    bounds = bounds - bounds[0]
    return _reduce_bounded(points, bounds)


def reduce_runs(
    points: LinePoints, run: NDArray[np.int64], edges: NDArray[np.int64], axis: Axis
) -> tuple[M4, NDArray[np.int64]]:
    """Reduce each run of points, given in order of arrival, by itself; return also the run of each row.

    ``run`` is ascending. Rows come by (run, column), so that ``merge`` of them is the M4 set of all.
    """
    x = points.iteration if axis == "iteration" else points.time_us
    columns = PointColumns(points.iteration, points.time_us, points.value, points.flags)
    if is_ordered(x, points.time_us):
        places = np.searchsorted(x, edges, side="left")
        if edges[-1] == INT64_MAX:
            places[-1] = len(x)
        heads = np.flatnonzero(run[1:] != run[:-1]) + 1
        cuts = np.unique(np.concatenate([heads, places]))
        bounds = cuts[(cuts >= places[0]) & (cuts <= places[-1])]
        column = np.searchsorted(places, bounds[:-1], side="right") - 1
    else:
        order = np.lexsort((points.time_us, x, run))
        columns, run, x = _at(columns, order), run[order], x[order]
        of_point = columns_of(x, edges)
        keep = (of_point >= 0) & (of_point < len(edges) - 1)
        columns, run, of_point = _at(columns, keep), run[keep], of_point[keep]
        changes = (run[1:] != run[:-1]) | (of_point[1:] != of_point[:-1])
        bounds = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(run)]])[: len(run) + 1]
        column = of_point[bounds[:-1]]
    begin = int(bounds[0])
    part = _at(columns, slice(begin, int(bounds[-1])))
    return replace(_reduce_bounded(part, bounds - begin), column=column), run[bounds[:-1]]


def reduce_groups(
    points: PointColumns, group: NDArray[np.int64], groups: int, axis: Axis = "iteration"
) -> M4:
    """Reduce points, given in order of arrival, by group (0 to ``groups - 1``, ascending) instead of column."""
    x = points.iteration if axis == "iteration" else points.time_us
    ahead = (x[1:] > x[:-1]) | ((x[1:] == x[:-1]) & (points.time_us[1:] >= points.time_us[:-1]))
    if bool((ahead | (group[1:] > group[:-1])).all()):
        return _reduce_bounded(points, np.searchsorted(group, np.arange(groups + 1)))
    return _reduce_bounded(*_group(points, group, groups, axis))


def columns_of(x: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the column of each x; -1 below the first edge and ``len(edges) - 1`` above the last."""
    column = np.searchsorted(edges, x, side="right") - 1
    if edges[-1] == INT64_MAX:
        column[x == INT64_MAX] = len(edges) - 2
    return column


def merge(sets: Sequence[M4], axis: Axis = "iteration") -> M4:
    """Merge M4 sets over the same columns into that of all their points together.

    Points equal in (x, time_us) keep the order of the sets. Rows of one set may repeat a column; a later row
    then counts as arrived later.
    """
    given = [m4 for m4 in sets if len(m4.column)]
    if not given:
        return empty()
    if len(given) == 1 and _is_strictly_ascending(given[0].column):
        return given[0]
    rows = concatenate(given)
    columns, inverse = np.unique(rows.column, return_inverse=True)
    by_column = np.argsort(inverse, kind="stable")
    inverse, rows = inverse[by_column], rows_at(rows, by_column)
    starts = np.searchsorted(inverse, np.arange(len(columns)))

    def summed(a: NDArray[_Number]) -> NDArray[_Number]:
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            sums: NDArray[_Number] = np.add.reduceat(a, starts)
        return sums

    extremes = _merged_extremes(rows, inverse, len(columns), axis)
    flagged = rows.flagged > 0
    mark_points, mark_bounds = _group(_at(rows.mark, flagged), inverse[flagged], len(columns), axis)
    return M4(
        column=columns,
        points=summed(rows.points),
        count=summed(rows.count),
        total=summed(rows.total),
        total_squares=summed(rows.total_squares),
        flagged=summed(rows.flagged),
        first=extremes[0],
        last=extremes[1],
        minimum=extremes[2],
        maximum=extremes[3],
        mark=_first_of(mark_points, mark_bounds),
    )


def drawn(m4: M4, axis: Axis = "iteration") -> tuple[PointColumns, NDArray[np.int64]]:
    """Return the points that draw the columns, at most four of each, and the column of each point.

    They are ordered by (x, time_us) with each column's first point first and its last point last. A point
    equal to the one before it in the same column is left out.
    """
    rows = rows_at(m4, m4.count > 0)
    points, column = _candidates(rows, rows.column)
    x = points.iteration if axis == "iteration" else points.time_us
    place = np.tile(np.array([0, 1, 1, 2], dtype=np.int8), len(rows.column))
    order = np.lexsort((place, points.time_us, x, column))
    points, column = _at(points, order), column[order]
    fresh = np.ones(len(column), dtype=bool)
    for a in (column, points.iteration, points.time_us, points.value, points.flags):
        if len(column):
            fresh[1:] &= a[1:] == a[:-1]
    fresh[1:] = ~fresh[1:]
    return _at(points, fresh), column[fresh]


def empty() -> M4:
    """Return the M4 set of no points."""
    return _reduce_bounded(_no_points(), np.zeros(1, dtype=np.int64))


def _reduce_bounded(points: PointColumns, bounds: NDArray[np.int64]) -> M4:
    """Reduce ordered points, of which column i holds ``bounds[i]:bounds[i + 1]``."""
    held = np.flatnonzero(bounds[1:] > bounds[:-1])
    starts, total_points = bounds[held], np.diff(bounds)[held]
    bounds = np.append(starts, len(points.value))
    finite = np.isfinite(points.value)
    finite_points, finite_bounds = _subset(points, finite, bounds)
    count = np.diff(finite_bounds)
    flagged_points, flagged_bounds = _subset(points, (points.flags & NON_FINITE) != 0, bounds)
    first, last, minimum, maximum = _extremes(finite_points, finite_bounds)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        total = _segment_sums(finite_points.value, finite_bounds)
        total_squares = _segment_sums(finite_points.value**2, finite_bounds)
    return M4(
        column=held,
        points=total_points,
        count=count,
        total=total,
        total_squares=total_squares,
        first=first,
        last=last,
        minimum=minimum,
        maximum=maximum,
        flagged=np.diff(flagged_bounds),
        mark=_first_of(flagged_points, flagged_bounds),
    )


def _subset(
    points: PointColumns, keep: NDArray[np.bool_], bounds: NDArray[np.int64]
) -> tuple[PointColumns, NDArray[np.int64]]:
    if keep.all():
        return points, bounds
    index = np.flatnonzero(keep)
    return _at(points, index), np.searchsorted(index, bounds)


def _extremes(
    points: PointColumns, bounds: NDArray[np.int64]
) -> tuple[PointColumns, PointColumns, PointColumns, PointColumns]:
    """Return first, last, minimum and maximum of each segment; zeros where a segment is empty."""
    held = bounds[1:] > bounds[:-1]
    starts, ends = bounds[:-1][held], bounds[1:][held]
    lengths = ends - starts
    low = _where_first(points.value, np.minimum, starts, lengths)
    high = _where_first(points.value, np.maximum, starts, lengths)
    return (
        _spread(points, starts, held),
        _spread(points, ends - 1, held),
        _spread(points, low, held),
        _spread(points, high, held),
    )


def _where_first(
    value: NDArray[np.float64],
    extreme: np.ufunc,
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the index of the first minimum or maximum of each non-empty segment."""
    if not len(starts):
        return starts
    best = extreme.reduceat(value, starts)
    hits = np.flatnonzero(value == np.repeat(best, lengths))
    return hits[np.searchsorted(hits, starts)]


def _first_of(points: PointColumns, bounds: NDArray[np.int64]) -> PointColumns:
    held = bounds[1:] > bounds[:-1]
    return _spread(points, bounds[:-1][held], held)


def _spread(
    points: PointColumns, index: NDArray[np.int64], held: NDArray[np.bool_]
) -> PointColumns:
    """Return the points at ``index`` in the rows where ``held``, zeros in the others."""
    found = _at(points, index)
    if held.all():
        return found
    rows = [np.zeros(len(held), dtype=a.dtype) for a in _arrays(found)]
    for row, a in zip(rows, _arrays(found), strict=True):
        row[held] = a
    return _points_of(rows)


def _segment_sums(value: NDArray[np.float64], bounds: NDArray[np.int64]) -> NDArray[np.float64]:
    sums = np.zeros(len(bounds) - 1)
    held = bounds[1:] > bounds[:-1]
    if held.any():
        sums[held] = np.add.reduceat(value, bounds[:-1][held])
    return sums


def _merged_extremes(
    rows: M4, column: NDArray[np.int64], columns: int, axis: Axis
) -> tuple[PointColumns, PointColumns, PointColumns, PointColumns]:
    """Return the extremes of each column over its rows, which are ordered by (column, arrival)."""
    held = rows.count > 0
    rows, column = rows_at(rows, held), column[held]
    x_last = rows.last.iteration if axis == "iteration" else rows.last.time_us
    x_first = rows.first.iteration if axis == "iteration" else rows.first.time_us
    chained = (column[1:] > column[:-1]) | (x_first[1:] > x_last[:-1])
    chained |= (x_first[1:] == x_last[:-1]) & (rows.first.time_us[1:] >= rows.last.time_us[:-1])
    if not chained.all():
        return _extremes(*_group(*_candidates(rows, column), columns, axis))
    # The usual case: each row lies behind the one before it, so that nothing has to be sorted.
    bounds = np.searchsorted(column, np.arange(columns + 1))
    some = bounds[1:] > bounds[:-1]
    starts, lengths = bounds[:-1][some], np.diff(bounds)[some]
    low = _where_first(rows.minimum.value, np.minimum, starts, lengths)
    high = _where_first(rows.maximum.value, np.maximum, starts, lengths)
    return (
        _spread(rows.first, starts, some),
        _spread(rows.last, starts + lengths - 1, some),
        _spread(rows.minimum, low, some),
        _spread(rows.maximum, high, some),
    )


def _candidates(rows: M4, column: NDArray[np.int64]) -> tuple[PointColumns, NDArray[np.int64]]:
    """Return first, minimum, maximum, last of each row that has any, row by row, and their columns."""
    held = rows.count > 0
    parts = [_at(p, held) for p in (rows.first, rows.minimum, rows.maximum, rows.last)]
    stacked = [
        np.stack(arrays, axis=1).ravel()
        for arrays in zip(*(_arrays(p) for p in parts), strict=True)
    ]
    return _points_of(stacked), np.repeat(column[held], 4)


def _group(
    points: PointColumns, column: NDArray[np.int64], columns: int, axis: Axis
) -> tuple[PointColumns, NDArray[np.int64]]:
    """Order points by (column, x, time_us, arrival) and return them with each column's bounds."""
    x = points.iteration if axis == "iteration" else points.time_us
    order = np.lexsort((points.time_us, x, column))
    bounds = np.searchsorted(column[order], np.arange(columns + 1))
    return _at(points, order), bounds


def concatenate(sets: Sequence[M4]) -> M4:
    """Return the rows of at least one M4 set one after another."""
    if len(sets) == 1:
        return sets[0]
    columns: dict[str, Any] = {}
    for name in PLAIN:
        columns[name] = np.concatenate([getattr(m4, name) for m4 in sets])
    for name in PLACED:
        parts = [_arrays(getattr(m4, name)) for m4 in sets]
        columns[name] = _points_of(np.concatenate(a) for a in zip(*parts, strict=True))
    return M4(**columns)


def rows_at(m4: M4, index: NDArray[np.bool_] | NDArray[np.int64]) -> M4:
    """Return the rows of an M4 set at ``index``, in its order."""
    columns: dict[str, Any] = {name: getattr(m4, name)[index] for name in PLAIN}
    columns |= {name: _at(getattr(m4, name), index) for name in PLACED}
    return M4(**columns)


def _at(points: PointColumns, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> PointColumns:
    return _points_of(a[index] for a in _arrays(points))


def _points_of(arrays: Iterable[NDArray[Any]]) -> PointColumns:
    return PointColumns(*arrays)


def _arrays(
    points: PointColumns,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.uint8]]:
    return points.iteration, points.time_us, points.value, points.flags


def _no_points() -> PointColumns:
    none = np.zeros(0, dtype=np.int64)
    return PointColumns(none, none, np.zeros(0), np.zeros(0, dtype=np.uint8))


def _is_strictly_ascending(a: NDArray[np.int64]) -> bool:
    return bool((a[1:] > a[:-1]).all())
