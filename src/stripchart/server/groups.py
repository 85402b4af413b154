"""Answer ``/series/group``: lines of many tasks as a centre and a band, from the same blocks as single lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from stripchart.query import groups, m4
from stripchart.query.groups import Grouped
from stripchart.server.errors import BadRequestError
from stripchart.server.schema import GroupReadRequest, GroupResult, SeriesReadRequest
from stripchart.server.series import MOST_READS, Plan, plans
from stripchart.store.contract import M4, LineRead, Reader

MOST_COLUMNS = 4_000
MOST_MEMBER_COLUMNS = 1_000_000  # of all members together

Answer = tuple[Grouped, NDArray[np.int64], GroupResult]


def read_groups(
    request: GroupReadRequest, events: Reader, start_us: Callable[[str], int | None]
) -> list[Answer]:
    """Answer every group of a request, in order: its columns, their places on the x axis, and what it is made of.

    Raises:
        BadRequestError: the bounds or the number of members or columns do not fit.
    """
    members = [read for told in request.groups for read in told.members]
    _check(request, len(members))
    asked = SeriesReadRequest(
        reads=members, axis=request.axis, low=request.low, high=request.high, columns=1
    )
    planned = plans(asked, events, start_us)
    extents = _extents(planned, request)
    if extents is None:
        return [_nothing() for _ in request.groups]
    sets, edges = _reduced(planned, extents, request, events)
    # In the middle of its column; of columns of one iteration that is the iteration.
    middles = edges[:-1] + (np.diff(edges) - 1) // 2
    answers, at = [], 0
    for told in request.groups:
        lines = sets[at : at + len(told.members)]
        at += len(told.members)
        made = groups.group(lines, len(edges) - 1, request.center, request.band)
        held = sum(bool(line.count.any()) for line in lines)
        answers.append(
            (made, middles[made.column], GroupResult(rows=len(made.column), members=held))
        )
    return answers


def _check(request: GroupReadRequest, members: int) -> None:
    if not 1 <= request.columns <= MOST_COLUMNS:
        raise BadRequestError(f"columns must be between 1 and {MOST_COLUMNS}")
    if members > MOST_READS:
        raise BadRequestError(f"at most {MOST_READS} members in one request")
    if members * request.columns > MOST_MEMBER_COLUMNS:
        raise BadRequestError(f"members times columns must be at most {MOST_MEMBER_COLUMNS}")
    if request.low is not None and request.high is not None and request.low > request.high:
        raise BadRequestError("low must not be above high")


def _extents(planned: Sequence[Plan], request: GroupReadRequest) -> tuple[int, int] | None:
    """Return the common range ``[low, high)`` of x as the request counts it; ``None`` where nothing is in it."""
    ranges = [
        (low - plan.offset, high - plan.offset)
        for plan in planned
        for low, high in [plan.extent()]
        if plan.spans and low < high
    ]
    if not ranges:
        return None
    low = min(r[0] for r in ranges) if request.low is None else request.low
    high = max(r[1] for r in ranges) if request.high is None else request.high + 1
    return (low, high) if low < high else None


def _reduced(
    planned: Sequence[Plan], extents: tuple[int, int], request: GroupReadRequest, events: Reader
) -> tuple[list[M4], NDArray[np.int64]]:
    """Reduce every member to the same columns, each on its own time where that is relative."""
    low, high = max(extents[0], m4.INT64_MIN), min(extents[1], m4.INT64_MAX + 1)
    edges = m4.column_edges(low, high, request.columns)
    reads: list[tuple[int, LineRead]] = []
    for number, plan in enumerate(planned):
        shifted = edges + plan.offset if plan.offset else edges
        bounds = int(shifted[0]), high + plan.offset
        reads += [
            (
                number,
                LineRead(
                    span.key,
                    axis=plan.axis,
                    low=bounds[0],
                    high=bounds[1],
                    edges=shifted,
                    cut=span.high,
                ),
            )
            for span in plan.spans
        ]
    parts: dict[int, list[M4]] = defaultdict(list)
    if reads:
        for (number, _), part in zip(reads, events.reduce([r for _, r in reads]), strict=True):
            parts[number].append(part)
    return [m4.merge(parts[n], plan.axis) for n, plan in enumerate(planned)], edges


def _nothing() -> Answer:
    empty = np.zeros(0, dtype=np.int64)
    values = np.zeros(0)
    made = Grouped(empty, empty, empty, values, values, values)
    return made, empty, GroupResult(rows=0, members=0)
