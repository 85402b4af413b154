"""Lines: which of them make up what a person asked for, and their summaries.

The *live line* of a series is made of the lines of its lowest rank, attempts in order: from the first iteration
of a later attempt's line on, every earlier attempt is hidden. On the time axis the same points are hidden: a point
of an earlier attempt is hidden if its iteration is at or above that *cut* (``LineRead.cut``), wherever it lies in
time; points without iteration are shown. An attempt hidden from its own first iteration on is left out altogether.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.records import NO_ITERATION, NON_FINITE, SINGLE_VALUE
from stripchart.store.contract import (
    M4,
    Axis,
    LineKey,
    LinePoints,
    LineRead,
    LineSummary,
    Point,
    PointColumns,
)

_WHOLE_AXIS = np.array([m4.INT64_MIN, m4.INT64_MAX], dtype=np.int64)


class Span(NamedTuple):
    """Hold one piece of a live line: the part ``[low, high)`` of a line on the iteration axis.

    ``low`` is the line's first iteration (``None`` if it has none), ``high`` the cut (``None`` where nothing
    later hides the line). To read a span on either axis, pass ``high`` as ``LineRead.cut``.
    """

    key: LineKey
    low: int | None
    high: int | None


def live(summaries: Iterable[LineSummary]) -> list[Span]:
    """Return the spans of the live line of one (task, title, series), attempts ascending.

    ``summaries`` are those of all its lines; those with no points are passed over.
    """
    lines = [s for s in summaries if s.count > 0]
    if len(lines) < 2:
        return [Span(s.key, s.low, None) for s in lines]
    rank = min(s.key.rank for s in lines)
    lines = sorted((s for s in lines if s.key.rank == rank), key=lambda s: s.key.attempt)
    spans: list[Span] = []
    cut: int | None = None
    for line in reversed(lines):
        if cut is None or line.low is None or line.low < cut:
            spans.append(Span(line.key, line.low, cut))
        if line.low is not None:
            cut = line.low if cut is None else min(cut, line.low)
    return spans[::-1]


def live_summaries(
    series: Iterable[Iterable[LineSummary]],
    reduce: Callable[[Sequence[LineRead]], Sequence[M4]],
) -> list[LineSummary | None]:
    """Summarise the live line of each of some series, given by the summaries of its lines; ``None`` has no points.

    The key is that of its last attempt. ``reduce`` is the store's: only lines that a later attempt hides in
    part are read, all at once, each as a single column. ``count`` then covers what is shown.
    """
    found = [_pieces(summaries) for summaries in series]
    reads = [
        LineRead(span.key, cut=span.high, edges=_WHOLE_AXIS)
        for pieces in found
        for span, whole in pieces
        if _is_cut(span, whole)
    ]
    answers = iter(reduce(reads)) if reads else iter(())
    return [
        fold(
            [
                _of_m4(whole, next(answers)) if _is_cut(span, whole) else whole
                for span, whole in pieces
            ]
        )
        if pieces
        else None
        for pieces in found
    ]


def _pieces(summaries: Iterable[LineSummary]) -> list[tuple[Span, LineSummary]]:
    """Return the spans of a live line, each with the summary of its whole line."""
    by_key = {s.key: s for s in summaries}
    return [(span, by_key[span.key]) for span in live(by_key.values())]


def fold(parts: Sequence[LineSummary]) -> LineSummary:
    """Put summaries of consecutive pieces together; the key and ``single`` are those of the last one.

    Raises:
        ValueError: there are none.
    """
    if not parts:
        raise ValueError("no summaries to fold")
    if len(parts) == 1:
        return parts[0]
    first = [p.first for p in parts if p.first is not None]
    last = [p.last for p in parts if p.last is not None]
    minima = [p.minimum for p in parts if p.minimum is not None]
    maxima = [p.maximum for p in parts if p.maximum is not None]
    lows = [p.low for p in parts if p.low is not None]
    highs = [p.high for p in parts if p.high is not None]
    single = parts[-1].single
    return LineSummary(
        key=parts[-1].key,
        count=sum(p.count for p in parts),
        finite=sum(p.finite for p in parts),
        non_finite=sum(p.non_finite for p in parts),
        total=sum(p.total for p in parts),
        total_squares=sum(p.total_squares for p in parts),
        low=min(lows, default=None),
        high=max(highs, default=None),
        low_time_us=min(p.low_time_us for p in parts),
        high_time_us=max(p.high_time_us for p in parts),
        first=min(first, key=_place(single), default=None),
        last=max(reversed(last), key=_place(single), default=None),
        minimum=min(minima, key=lambda p: (p.value, *_place(single)(p)), default=None),
        maximum=min(maxima, key=lambda p: (-p.value, *_place(single)(p)), default=None),
        single=single,
    )


def summarise(key: LineKey, points: LinePoints) -> LineSummary:
    """Summarise the points of one line, given in order of arrival (at least one).

    ``finite``, ``total`` and ``total_squares`` cover all of them, on the axis or not. A line of single values
    only is ordered by time.
    """
    single = bool(((points.flags & SINGLE_VALUE) != 0).all())
    on_axis = np.ones(len(points.value), dtype=bool)
    if not single:
        on_axis = (points.flags & (NO_ITERATION | SINGLE_VALUE)) == 0
    placed = m4.take(points, on_axis)
    axis: Axis = "time" if single else "iteration"
    extremes = m4.reduce(
        placed.iteration, placed.time_us, placed.value, placed.flags, _WHOLE_AXIS, axis
    )
    finite = points.value[np.isfinite(points.value)]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        total, total_squares = float(finite.sum()), float((finite**2).sum())
    has_iteration = not single and bool(on_axis.any())
    return LineSummary(
        key=key,
        count=len(points.value),
        finite=len(finite),
        non_finite=int(np.count_nonzero(points.flags & NON_FINITE)),
        total=total,
        total_squares=total_squares,
        low=int(placed.iteration.min()) if has_iteration else None,
        high=int(placed.iteration.max()) if has_iteration else None,
        low_time_us=int(points.time_us.min()),
        high_time_us=int(points.time_us.max()),
        **_extremes(extremes),
        single=single,
    )


def point_at(points: PointColumns | LinePoints, index: int) -> Point:
    """Return one row of point columns."""
    return Point(
        int(points.iteration[index]),
        int(points.time_us[index]),
        float(points.value[index]),
        int(points.flags[index]),
    )


def _is_cut(span: Span, summary: LineSummary) -> bool:
    return span.high is not None and summary.high is not None and summary.high >= span.high


def _place(single: bool) -> Callable[[Point], tuple[int, ...]]:
    if single:
        return lambda p: (p.time_us,)
    return lambda p: (p.iteration, p.time_us)


def _extremes(reduced: M4) -> dict[str, Point | None]:
    names = ("first", "last", "minimum", "maximum")
    if not reduced.count.any():
        return dict.fromkeys(names)
    return {name: point_at(getattr(reduced, name), 0) for name in names}


def _of_m4(whole: LineSummary, part: M4) -> LineSummary:
    """Summarise the visible part of a line from its only column."""
    return LineSummary(
        key=whole.key,
        count=_sum(part.points),
        finite=_sum(part.count),
        non_finite=_sum(part.flagged),
        total=float(part.total.sum()),
        total_squares=float(part.total_squares.sum()),
        low=whole.low,
        high=_high(part),
        low_time_us=whole.low_time_us,
        high_time_us=whole.high_time_us,
        **_extremes(part),
        single=whole.single,
    )


def _high(part: M4) -> int | None:
    return int(part.last.iteration[0]) if part.count.any() else None


def _sum(a: NDArray[np.int64]) -> int:
    return int(a.sum())
