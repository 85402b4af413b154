"""Turn what catalog and event store hold into the bodies of the API."""

from __future__ import annotations

import math

import msgspec

from stripchart.query import lines
from stripchart.server import schema
from stripchart.server.errors import BadRequestError, NotFoundError
from stripchart.store.catalog import Catalog
from stripchart.store.contract import ConsoleRead, LineSummary, Point, Reader

MOST_LINES = 50_000
MOST_SERIES = 5000
_INT64_MAX = 2**63 - 1


def projects(catalog: Catalog) -> schema.ProjectList:
    """Return all projects."""
    rows = catalog.projects()
    return schema.ProjectList(
        projects=[msgspec.convert(row, schema.Project, from_attributes=True) for row in rows]
    )


def task(catalog: Catalog, task_id: str) -> schema.TaskDetail:
    """Return all that the catalog knows of one task.

    Raises:
        NotFoundError: there is no such task.
    """
    detail = catalog.detail(task_id)
    if detail is None:
        raise NotFoundError(f"no task {task_id[:100]!r}", task=task_id[:100])
    return msgspec.convert(detail, schema.TaskDetail, from_attributes=True)


def series(
    events: Reader, task_id: str, *, search: str = "", offset: int = 0, limit: int = MOST_SERIES
) -> schema.SeriesList:
    """Return a page of the summaries of the live lines of a task, by title and series.

    Raises:
        BadRequestError: offset or limit do not fit.
    """
    if not 0 <= offset <= _INT64_MAX or not 0 <= limit <= MOST_SERIES:
        raise BadRequestError(f"offset must be 0 or more, limit between 0 and {MOST_SERIES}")
    page = events.names(task_id, search=search, offset=offset, limit=limit)
    by_name: dict[tuple[str, str], list[LineSummary]] = {name: [] for name in page.names}
    for summary in events.lines(task_id, page.names):
        if not summary.single:
            by_name[summary.key.title, summary.key.series].append(summary)
    found = [_summary(of_name, events) for of_name in by_name.values()]
    return schema.SeriesList(
        series=[s for s in found if s is not None], total=page.total, offset=offset
    )


def single_values(events: Reader, task_id: str) -> schema.SingleValueList:
    """Return the single values of a task, by name."""
    found = events.single_values(task_id)
    return schema.SingleValueList(
        values=[
            schema.SingleValue(
                name=name, value=finite(point.value), flags=point.flags, time_us=point.time_us
            )
            for name, point in sorted(found.items())
        ]
    )


def console(events: Reader, task_id: str, query: schema.ConsoleQuery) -> schema.ConsolePage:
    """Return console lines.

    Raises:
        BadRequestError: the pattern is no regular expression, or the limit does not fit.
    """
    if not 0 <= query.limit <= MOST_LINES:
        raise BadRequestError(f"limit must be between 0 and {MOST_LINES}")
    read = ConsoleRead(
        task=task_id,
        offset=query.offset,
        limit=query.limit,
        pattern=query.pattern or None,
        ignore_case=query.ignore_case,
        streams=query.stream,
        minimum_level=query.minimum_level,
        ranks=query.rank,
    )
    try:
        page = events.console(read)
    except ValueError as error:
        raise BadRequestError(str(error), pattern=query.pattern) from None
    found = [
        schema.ConsoleLine(
            number=f.number,
            time_us=f.line.time_us,
            stream=f.stream,
            level=f.line.level,
            rank=f.rank,
            attempt=f.attempt,
            text=f.line.text,
            open=f.line.open,
        )
        for f in page.lines
    ]
    return schema.ConsolePage(total=page.total, offset=page.offset, lines=found)


def finite(value: float) -> float | None:
    """Return the value, ``None`` for NaN and Inf, which JSON does not have."""
    return value if math.isfinite(value) else None


def _summary(found: list[LineSummary], events: Reader) -> schema.SeriesSummary | None:
    whole = lines.live_summary(found, events.reduce)
    if whole is None:
        return None
    with_points = [s.key for s in found if s.count]
    mean = whole.total / whole.finite if whole.finite else None
    return schema.SeriesSummary(
        title=whole.key.title,
        series=whole.key.series,
        attempts=sorted({key.attempt for key in with_points}),
        ranks=sorted({key.rank for key in with_points}),
        count=whole.count,
        non_finite=whole.non_finite,
        low=whole.low,
        high=whole.high,
        first=_point(whole.first),
        last=_point(whole.last),
        minimum=_point(whole.minimum),
        maximum=_point(whole.maximum),
        mean=None if mean is None else finite(mean),
    )


def _point(point: Point | None) -> schema.PointBody | None:
    if point is None:
        return None
    return schema.PointBody(
        iteration=point.iteration,
        time_us=point.time_us,
        value=finite(point.value),
        flags=point.flags,
    )
