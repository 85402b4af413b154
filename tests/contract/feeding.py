"""Making batches, and comparing answers exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.store.contract import (
    M4,
    Batch,
    ConsoleLine,
    ConsoleUpdate,
    Extent,
    LineKey,
    LinePoints,
    LineSummary,
    Points,
    Store,
)

TASK = "0123456789abcdef0123456789abcdef"
LINE = LineKey(TASK, "loss", "train")
Row = tuple[int, int, float, int]  # iteration, time_us, value, flags


def batch(rows: Sequence[tuple[LineKey, Row]], begin: int = 0, writer: str = "w") -> Batch:
    """Make a batch of points that begins at an offset of the writer's scalars."""
    keys = list(dict.fromkeys(key for key, _ in rows))
    columns = list(zip(*(row for _, row in rows), strict=True)) or [(), (), (), ()]
    points = Points(
        keys,
        np.array([keys.index(key) for key, _ in rows], dtype=np.int32),
        np.arange(begin, begin + len(rows), dtype=np.int64),
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.float64),
        np.array(columns[3], dtype=np.uint8),
    )
    task = keys[0].task if keys else TASK
    return Batch(Extent(task, writer, "scalars", begin, begin + len(rows)), points)


def of_line(rows: Sequence[Row], key: LineKey = LINE) -> list[tuple[LineKey, Row]]:
    """Say that rows are of one line."""
    return [(key, row) for row in rows]


def columns(
    iteration: NDArray[np.int64],
    value: NDArray[np.float64],
    *,
    time_us: NDArray[np.int64] | None = None,
    flags: NDArray[np.uint8] | None = None,
    key: LineKey = LINE,
    begin: int = 0,
    writer: str = "w",
) -> Batch:
    """Make a batch of one line from columns."""
    count = len(iteration)
    offset = np.arange(begin, begin + count, dtype=np.int64)
    points = Points(
        [key],
        np.zeros(count, dtype=np.int32),
        offset,
        iteration.astype(np.int64),
        offset * 1000 if time_us is None else time_us,
        value.astype(np.float64),
        np.zeros(count, dtype=np.uint8) if flags is None else flags,
    )
    return Batch(Extent(key.task, writer, "scalars", begin, begin + count), points)


def console(
    texts: Sequence[str],
    *,
    begin: int,
    end: int,
    first: int = 0,
    open_from: int | None = None,
    stream: str = "stdout",
    writer: str = "w",
    time_us: int = 0,
    level: int = 0,
    rank: int = 0,
) -> Batch:
    """Make a batch of one console update."""
    lines = [
        ConsoleLine(
            first + i,
            time_us + first + i,
            level,
            text,
            open=open_from is not None and first + i >= open_from,
        )
        for i, text in enumerate(texts)
    ]
    update = ConsoleUpdate(stream, 0, rank, first, lines)
    return Batch(Extent(TASK, writer, "records", begin, end), console=[update])


def rows_of(points: LinePoints) -> list[Row]:
    """Return points as rows; NaN as the string "nan", so that rows compare."""
    values: list[Any] = ["nan" if math.isnan(v) else v for v in points.value.tolist()]
    iteration, time_us, flags = (
        a.tolist() for a in (points.iteration, points.time_us, points.flags)
    )
    return list(zip(iteration, time_us, values, flags, strict=True))


def same_m4(one: M4, other: M4, *, sums: str = "exact") -> None:
    """Assert that two M4 sets are the same; sums "exact" or "close"."""
    for name in ("column", "points", "count", "flagged"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in m4.PLACED:
        for part in ("iteration", "time_us", "value", "flags"):
            left, right = (getattr(getattr(side, name), part) for side in (one, other))
            np.testing.assert_array_equal(left, right, err_msg=f"{name}.{part}")
    _same_sums(one, other, other.count, sums)


def same_summaries(
    one: Sequence[LineSummary], other: Sequence[LineSummary], *, sums: str = "exact"
) -> None:
    """Assert that two sets of summaries are the same, in any order."""
    left, right = ({s.key: s for s in side} for side in (one, other))
    assert left.keys() == right.keys()
    names = [n for n in LineSummary.__dataclass_fields__ if not n.startswith("total")]
    for key, summary in left.items():
        for name in names:
            assert repr(getattr(summary, name)) == repr(getattr(right[key], name)), (key, name)
        _same_sums(summary, right[key], np.array(summary.finite), sums)


def _same_sums(one: Any, other: Any, count: NDArray[np.int64], sums: str) -> None:
    for name in ("total", "total_squares"):
        left, right = np.asarray(getattr(one, name)), np.asarray(getattr(other, name))
        if sums == "exact":
            np.testing.assert_array_equal(left, right, err_msg=name)
            continue
        # Huge values that cancel leave what rounding leaves: the measure is the sum of the absolute values.
        squares = np.asarray(other.total_squares)
        scale = np.sqrt(count) * np.sqrt(squares) if name == "total" else squares
        sane = np.isfinite(squares) & (squares < 1e300)
        assert (np.abs(left[sane] - right[sane]) <= 1e-9 * scale[sane]).all(), (name, left, right)


def feed(store: Store, batches: Sequence[Batch]) -> None:
    """Append batches, one call each."""
    for one in batches:
        store.append([one])
