"""Answer ``/series/read``: which lines, raw points or M4 columns, and what came since a cursor.

A read is answered whole (``reset``) with all points where the range holds few, else with the M4 set of each
column; or, given the cursor of an earlier answer, with just the points that came since. A cursor names the lines
that the answer was made of and how many points each had: where the lines are no longer the same (a new attempt
hides a part of an old one) or too much came since, the whole is given again.

Counts are taken before points are read. What ingest adds in between may be in a reduced answer already and then
comes once more with the next increment: never missing, and drawing a point twice draws the same pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stripchart.query import lines, m4
from stripchart.query.lines import Span
from stripchart.records import NON_FINITE
from stripchart.server.errors import BadRequestError
from stripchart.server.schema import Mark, ReadResult, SeriesRead, SeriesReadRequest
from stripchart.store.contract import (
    M4,
    Axis,
    LinePoints,
    LineRead,
    LineSummary,
    PointColumns,
    Reader,
)

RAW_PER_COLUMN = 4  # M4 keeps four points a column: below that raw points cost no more
MOST_COLUMNS = 20_000
MOST_READS = 2_000
MOST_READ_COLUMNS = 1_000_000  # bounds the answer at 4 million points, 116 MB

MOST_POINTS = 4_000_000  # of an answer with every point

Answer = tuple[PointColumns, ReadResult]
_Number = TypeVar("_Number", np.int64, np.float64, np.uint8)
_column_edges = lru_cache(maxsize=64)(m4.column_edges)


def read_series(
    request: SeriesReadRequest, events: Reader, start_us: Callable[[str], int | None]
) -> list[Answer]:
    """Answer every read of a request, in order; an unknown task or series is an empty answer.

    ``start_us`` tells when a task started.

    Raises:
        BadRequestError: the bounds or the number of reads or columns do not fit.
    """
    _check(request)
    planned = plans(request, events, start_us)
    if request.every_point:
        _check_points(planned, events)
    _fetch_raw(planned, events)
    _fetch_reduced(planned, events, request.columns)
    return [plan.answer() for plan in planned]


def _check(request: SeriesReadRequest) -> None:
    if not 1 <= request.columns <= MOST_COLUMNS:
        raise BadRequestError(f"columns must be between 1 and {MOST_COLUMNS}")
    if len(request.reads) > MOST_READS:
        raise BadRequestError(f"at most {MOST_READS} reads in one request")
    if len(request.reads) * request.columns > MOST_READ_COLUMNS:
        raise BadRequestError(f"reads times columns must be at most {MOST_READ_COLUMNS}")
    if request.low is not None and request.high is not None and request.low > request.high:
        raise BadRequestError("low must not be above high")


def _check_points(planned: Sequence[Plan], events: Reader) -> None:
    """Refuse more points than an answer should hold, as counted in the range that is asked for."""
    reads = [read for plan in planned for read in plan.reduced_reads(1)]
    points = sum(int(m4.points.sum()) for m4 in events.reduce(reads)) if reads else 0
    if points > MOST_POINTS:
        raise BadRequestError(
            f"the range holds {points} points, more than {MOST_POINTS}",
            points=points,
            most=MOST_POINTS,
        )


@dataclass(slots=True)
class Plan:
    """Hold one read on its way to its answer; ``offset`` is what the store's axis is ahead of the request's."""

    axis: Axis
    spans: list[Span]
    summaries: list[LineSummary]
    low: int | None  # the store's bounds: [low, high) on the store's axis
    high: int | None
    start_us: int | None
    raw: bool
    offset: int
    after: list[int] | None = None  # per span; None asks for the whole
    raw_parts: list[LinePoints] = field(default_factory=list)
    reduced: M4 | None = None

    def raw_reads(self) -> list[LineRead]:
        after = self.after or [0] * len(self.spans)
        return [
            LineRead(s.key, axis=self.axis, low=self.low, high=self.high, cut=s.high, after=a)
            for s, a in zip(self.spans, after, strict=True)
        ]

    def reduced_reads(self, columns: int) -> list[LineRead]:
        low, high = self.extent()
        if low >= high:
            return []
        edges = _column_edges(low, high, columns)
        return [
            LineRead(s.key, axis=self.axis, low=low, high=high, edges=edges, cut=s.high)
            for s in self.spans
        ]

    def extent(self) -> tuple[int, int]:
        """Return ``[low, high)`` on the store's axis, with open sides filled from what the lines hold."""
        if self.axis == "iteration":
            lows = [s.low for s in self.summaries if s.low is not None]
            highs = [s.high for s in self.summaries if s.high is not None]
        else:
            lows = [s.low_time_us for s in self.summaries]
            highs = [s.high_time_us for s in self.summaries]
        low = self.low if self.low is not None else min(lows, default=0)
        high = self.high if self.high is not None else max(highs, default=-1) + 1
        return low, high

    def answer(self) -> Answer:
        if self.reduced is not None:
            points, _ = m4.drawn(self.reduced, self.axis)
            held, marks = int(self.reduced.points.sum()), _column_marks(self.reduced)
        else:
            points = _joined(self.raw_parts, self.axis)
            held, marks = len(points.value), _point_marks(points)
        result = ReadResult(
            rows=len(points.value),
            points=held,
            exact=self.reduced is None,
            cursor=_cursor(self.spans, self.summaries),
            reset=self.after is None,
            start_us=self.start_us,
            marks=marks,
        )
        return points, result


def plans(
    request: SeriesReadRequest, events: Reader, start_us: Callable[[str], int | None]
) -> list[Plan]:
    """Find the lines of each read, in order."""
    wanted: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for read in request.reads:
        wanted[read.task].add((read.title, read.series))
    found: dict[tuple[str, str, str], list[LineSummary]] = defaultdict(list)
    for summary in events.lines({task: sorted(names) for task, names in wanted.items()}):
        found[summary.key.task, summary.key.title, summary.key.series].append(summary)
    starts = {task: start_us(task) for task in wanted}
    return [
        _plan(request, read, found[read.task, read.title, read.series], starts[read.task])
        for read in request.reads
    ]


def _plan(
    request: SeriesReadRequest, read: SeriesRead, found: list[LineSummary], started: int | None
) -> Plan:
    spans = _live(read, found) if read.line == "live" else _one_line(read, found)
    by_key = {s.key: s for s in found}
    summaries = [by_key[s.key] for s in spans]
    if started is None and summaries:
        started = min(s.low_time_us for s in summaries)
    offset = (started or 0) if request.axis == "relative" else 0
    low = None if request.low is None else request.low + offset
    high = None if request.high is None else request.high + offset + 1
    after = _resume(read.after, spans, summaries)
    most = RAW_PER_COLUMN * request.columns
    if after is not None and _count(summaries) - sum(after) > most:
        after = None
    raw = request.every_point or after is not None or _count(summaries) <= most
    axis: Axis = "iteration" if request.axis == "iteration" else "time"
    low, high = _clamped(low), _clamped(high)
    return Plan(axis, spans, summaries, low, high, started, raw, offset, after)


def _clamped(bound: int | None) -> int | None:
    return None if bound is None else max(m4.INT64_MIN, min(bound, m4.INT64_MAX + 1))


def _live(read: SeriesRead, found: Iterable[LineSummary]) -> list[Span]:
    """Return the live line of the rank that is named, else of the lowest."""
    return lines.live(s for s in found if read.rank in (None, s.key.rank))


def _one_line(read: SeriesRead, found: Iterable[LineSummary]) -> list[Span]:
    """Return the line named by attempt and rank; what is not named is the lowest rank, the latest attempt."""
    fitting = [
        s
        for s in found
        if s.count > 0 and read.attempt in (None, s.key.attempt) and read.rank in (None, s.key.rank)
    ]
    if not fitting:
        return []
    line = min(fitting, key=lambda s: (s.key.rank, -s.key.attempt))
    return [Span(line.key, line.low, None)]


def _count(summaries: Iterable[LineSummary]) -> int:
    return sum(s.count for s in summaries)


def _cursor(spans: Sequence[Span], summaries: Sequence[LineSummary]) -> str:
    return ";".join(
        f"{s.key.attempt}:{s.key.rank}:{'' if s.high is None else s.high}:{summary.count}"
        for s, summary in zip(spans, summaries, strict=True)
    )


def _resume(
    cursor: str | None, spans: Sequence[Span], summaries: Sequence[LineSummary]
) -> list[int] | None:
    """Return from which point of each line to go on; ``None`` where the cursor is not of these lines."""
    if cursor is None or not spans:
        return None
    now = [part.rpartition(":") for part in _cursor(spans, summaries).split(";")]
    then = [part.rpartition(":") for part in cursor.split(";")]
    if [line for line, _, _ in now] != [line for line, _, _ in then]:
        return None
    counts = [int(count) if count.isascii() and count.isdigit() else -1 for _, _, count in then]
    if any(not 0 <= c <= s.count for c, s in zip(counts, summaries, strict=True)):
        return None
    return counts


def _fetch_raw(plans: Sequence[Plan], events: Reader) -> None:
    _read_points([plan for plan in plans if plan.raw], events)


def _read_points(plans: Sequence[Plan], events: Reader) -> None:
    reads = [(plan, i, read) for plan in plans for i, read in enumerate(plan.raw_reads())]
    if not reads:
        return
    for (plan, i, _), points in zip(reads, events.points([r for *_, r in reads]), strict=True):
        counted = points.seq < plan.summaries[i].count  # what came since the counts comes next time
        plan.raw_parts.append(points if counted.all() else m4.take(points, counted))


def _fetch_reduced(plans: Sequence[Plan], events: Reader, columns: int) -> None:
    """Reduce; where the range turns out to hold few points, read those instead."""
    large = [plan for plan in plans if not plan.raw]
    reads = [(plan, read) for plan in large for read in plan.reduced_reads(columns)]
    sets: dict[int, list[M4]] = defaultdict(list)
    if reads:
        for (plan, _), reduced in zip(reads, events.reduce([r for _, r in reads]), strict=True):
            sets[id(plan)].append(reduced)
    few: list[Plan] = []
    for plan in large:
        merged = m4.merge(sets[id(plan)], plan.axis)
        if int(merged.points.sum()) <= RAW_PER_COLUMN * columns:
            few.append(plan)
        else:
            plan.reduced = merged
    _read_points(few, events)


def _joined(parts: Sequence[LinePoints], axis: Axis) -> PointColumns:
    """Put the raw points of consecutive spans together, ordered by (x, time_us)."""
    columns = PointColumns(
        _concatenated([p.iteration for p in parts], np.int64),
        _concatenated([p.time_us for p in parts], np.int64),
        _concatenated([p.value for p in parts], np.float64),
        _concatenated([p.flags for p in parts], np.uint8),
    )
    x = columns.iteration if axis == "iteration" else columns.time_us
    if len(parts) < 2 or m4.is_ordered(x, columns.time_us):
        return columns
    order = np.lexsort((columns.time_us, x))
    return PointColumns(
        columns.iteration[order], columns.time_us[order], columns.value[order], columns.flags[order]
    )


def _concatenated(parts: Sequence[NDArray[_Number]], dtype: type[_Number]) -> NDArray[_Number]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype)


def _column_marks(reduced: M4) -> list[Mark]:
    rows = np.flatnonzero(reduced.flagged > 0)
    return [_mark(reduced.mark, int(i), int(reduced.flagged[i])) for i in rows]


def _point_marks(points: PointColumns) -> list[Mark]:
    return [_mark(points, int(i), 1) for i in np.flatnonzero(points.flags & NON_FINITE)]


def _mark(points: PointColumns, index: int, count: int) -> Mark:
    value = float(points.value[index])
    return Mark(
        iteration=int(points.iteration[index]),
        time_us=int(points.time_us[index]),
        value=value if np.isfinite(value) else None,
        flags=int(points.flags[index]),
        count=count,
    )
