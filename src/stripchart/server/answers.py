"""Turn what catalog and event store hold into the bodies of the API."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from stripchart.query import lines
from stripchart.server import schema
from stripchart.server.errors import ApiError, BadRequestError, NotFoundError
from stripchart.store.catalog import Catalog
from stripchart.store.contract import LineSummary, Point, Reader

MOST_SERIES = 5000
MOST_TASKS = 1000
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
    return _pages(events, [task_id], search, offset, limit)[task_id]


def series_of_tasks(
    events: Reader,
    request: schema.SeriesListRequest,
    missing: Callable[[Sequence[str]], Mapping[str, ApiError]],
) -> schema.SeriesOfTasks:
    """Return a page of each task, of as many, in order, as have ``MOST_SERIES`` together.

    ``missing`` returns why there is nothing of a task that is not there.

    Raises:
        BadRequestError: offset, limit or the number of tasks do not fit.
    """
    if len(request.tasks) > MOST_TASKS:
        raise BadRequestError(f"at most {MOST_TASKS} tasks in one request")
    tasks = list(dict.fromkeys(request.tasks))
    errors = missing(tasks)
    there = [task for task in tasks if task not in errors]
    pages = _pages(events, there, request.search, request.offset, request.limit)
    answers = []
    for task in tasks:
        if (error := errors.get(task)) is not None:
            answers.append(schema.SeriesOfTask(task=task, code=error.code, message=error.message))
        elif (page := pages.get(task)) is not None:
            page_of = schema.SeriesOfTask(
                task=task, series=page.series, total=page.total, offset=page.offset
            )
            answers.append(page_of)
        else:  # as are all after it
            break
    return schema.SeriesOfTasks(tasks=answers)


def _pages(
    events: Reader, task_ids: Sequence[str], search: str, offset: int, limit: int
) -> dict[str, schema.SeriesList]:
    if not 0 <= offset <= _INT64_MAX or not 0 <= limit <= MOST_SERIES:
        raise BadRequestError(f"offset must be 0 or more, limit between 0 and {MOST_SERIES}")
    pages = events.names(task_ids, search=search, offset=offset, limit=limit, most=MOST_SERIES)
    by_name: dict[tuple[str, str, str], list[LineSummary]] = {
        (task, *name): [] for task, page in pages.items() for name in page.names
    }
    for summary in events.lines({task: page.names for task, page in pages.items()}):
        if not summary.single:
            by_name[summary.key.task, summary.key.title, summary.key.series].append(summary)
    found: dict[str, list[schema.SeriesSummary]] = {task: [] for task in pages}
    wholes = lines.live_summaries(by_name.values(), events.reduce)
    for (task, *_), of_name, whole in zip(by_name, by_name.values(), wholes, strict=True):
        if whole is not None:
            found[task].append(_summary(whole, of_name))
    return {
        task: schema.SeriesList(series=found[task], total=page.total, offset=offset)
        for task, page in pages.items()
    }


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


def finite(value: float) -> float | None:
    """Return the value, ``None`` for NaN and Inf, which JSON does not have."""
    return value if math.isfinite(value) else None


def _summary(whole: LineSummary, found: Sequence[LineSummary]) -> schema.SeriesSummary:
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
