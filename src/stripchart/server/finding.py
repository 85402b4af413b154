"""Find tasks: read what is asked for, ask the catalog, and give pages, groups and columns as the API shows them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from http import HTTPStatus

import msgspec

from stripchart.query.filter_text import FilterError, parse, quoted
from stripchart.query.filters import All, Term, mentions_archived
from stripchart.server import schema
from stripchart.server.errors import ApiError, BadRequestError
from stripchart.store import catalog_rows
from stripchart.store.catalog import Catalog
from stripchart.store.catalog_filtering import PatternError

MOST_TASKS = 10_000
MOST_METRICS = 100
MOST_SORTS = 8
MOST_KEYS = 4
MOST_GROUPS = 1000
MOST_COLUMNS = 1000
MOST_FILTERS = 50
EVERY = 1 << 40


class FilterRefused(ApiError):
    """Answer a filter that is wrong: ``detail`` has the filter's text, the position in it, and what was expected."""

    def __init__(self, text: str, position: int, expected: str, message: str) -> None:
        super().__init__(
            HTTPStatus.BAD_REQUEST,
            "bad_filter",
            message,
            filter=text[:1000],
            position=position,
            expected=expected,
        )


def tasks(catalog: Catalog, query: schema.TaskQuery) -> schema.TaskPage:
    """Return one page of tasks.

    Raises:
        BadRequestError: offset, limit or the number of columns do not fit.
        FilterRefused: a filter is wrong.
    """
    _check_page(query.offset, query.limit, MOST_TASKS)
    with _Patterns(query):
        page = catalog.tasks(wanted(query))
    rows = [msgspec.convert(row, schema.TaskRow, from_attributes=True) for row in page.tasks]
    return schema.TaskPage(total=page.total, offset=page.offset, tasks=rows)


def ids(catalog: Catalog, query: schema.TaskQuery) -> list[str]:
    """Return the ids of all tasks of a query, whatever its page.

    Raises:
        BadRequestError, FilterRefused: as ``tasks``.
    """
    with _Patterns(query):
        return catalog.ids(wanted(msgspec.structs.replace(query, offset=0, limit=EVERY)))


def groups(catalog: Catalog, query: schema.GroupQuery) -> schema.GroupPage:
    """Return one page of groups.

    Raises:
        BadRequestError, FilterRefused: as ``tasks``.
    """
    _check_page(query.offset, query.limit, MOST_GROUPS)
    if not 1 <= len(query.by) <= MOST_KEYS:
        raise BadRequestError(f"group by 1 to {MOST_KEYS} keys")
    if len(query.metrics) > MOST_METRICS:
        raise BadRequestError(f"at most {MOST_METRICS} metrics")
    sorts = (query.sort, *query.then)
    if len(sorts) > MOST_SORTS:
        raise BadRequestError(f"at most {MOST_SORTS} sorts")
    keys = [catalog_rows.GroupKey(field=k.field, parameter=k.parameter) for k in query.by]
    grouping = catalog_rows.Grouping(
        keys=keys,
        metrics=[_metric(m) for m in query.metrics],
        order=[_group_order(query, sort) for sort in sorts],
        offset=query.offset,
        limit=query.limit,
    )
    with _Patterns(query.tasks):
        found = catalog.groups(wanted(query.tasks), grouping)
    return schema.GroupPage(
        total=found.total,
        offset=found.offset,
        groups=[_group(keys, group) for group in found.groups],
    )


def columns(
    catalog: Catalog,
    query: schema.ColumnQuery,
) -> schema.ColumnList:
    """Return one page of what of a kind the tasks of a query have.

    Raises:
        BadRequestError, FilterRefused: as ``tasks``.
    """
    _check_page(query.offset, query.limit, MOST_COLUMNS)
    asked = msgspec.structs.replace(query.tasks, offset=query.offset, limit=query.limit)
    with _Patterns(query.tasks):
        found = catalog.columns(
            query.kind, wanted(asked), search=query.search, common_first=query.sort == "tasks"
        )
    return schema.ColumnList(
        kind=query.kind,
        total=found.total,
        offset=found.offset,
        columns=[msgspec.convert(c, schema.Column, from_attributes=True) for c in found.columns],
    )


def wanted(query: schema.TaskQuery) -> catalog_rows.TaskFilter:
    """Return what a query asks of the catalog.

    Raises:
        BadRequestError: it has too many columns, sorts or filters.
        FilterRefused: a filter is wrong.
    """
    if len(query.metrics) > MOST_METRICS or len(query.parameters) > MOST_METRICS:
        raise BadRequestError(f"at most {MOST_METRICS} metrics, and as many parameters")
    if len(query.then) >= MOST_SORTS or len(query.filters) > MOST_FILTERS:
        raise BadRequestError(f"at most {MOST_SORTS} sorts and {MOST_FILTERS} filters")
    term = _term([query.filter, *query.filters])
    return catalog_rows.TaskFilter(
        project=query.project,
        recursive=query.recursive,
        status=query.status,
        search=query.search,
        archived=None if mentions_archived(term) else query.archived,
        term=term,
        order=[_order(sort) for sort in (query.sort, *query.then)],
        metrics=[_metric(m) for m in query.metrics],
        parameters=query.parameters,
        offset=query.offset,
        limit=query.limit,
    )


def _term(texts: Sequence[str]) -> Term:
    parts = []
    for text in texts:
        try:
            parts.append(parse(text, now_us=time.time_ns() // 1000))
        except FilterError as error:
            raise FilterRefused(text, error.position, error.expected, str(error)) from None
    said = [part for part in parts if part != All(())]
    return said[0] if len(said) == 1 else All(tuple(said))


class _Patterns:
    """Turn what the catalog says of a regular expression into what is wrong with a filter of the query."""

    def __init__(self, query: schema.TaskQuery) -> None:
        self._texts = [query.filter, *query.filters]

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, PatternError):
            return
        for text in self._texts:
            at = text.find(quoted(error.pattern))
            at = text.find(error.pattern) if at < 0 else at
            if at >= 0:
                raise FilterRefused(text, at, "a regular expression (RE2)", str(error)) from None
        raise BadRequestError(str(error)) from None


def _check_page(offset: int, limit: int, most: int) -> None:
    if not 0 <= offset < EVERY or not 0 <= limit <= most:
        raise BadRequestError(f"offset must be 0 or more, limit between 0 and {most}")


def _order(sort: schema.TaskSort) -> catalog_rows.Order:
    return catalog_rows.Order(
        field=sort.field,
        metric=None if sort.metric is None else _metric(sort.metric),
        parameter=sort.parameter,
        descending=sort.descending,
    )


def _group_order(query: schema.GroupQuery, sort: schema.GroupSort) -> catalog_rows.GroupOrder:
    if sort.by == "metric" and not 0 <= sort.metric < len(query.metrics):
        raise BadRequestError("a sort's metric is none of the query's metrics")
    if sort.key is not None and not 0 <= sort.key < len(query.by):
        raise BadRequestError("a sort's key is none of the query's keys")
    return msgspec.convert(sort, catalog_rows.GroupOrder, from_attributes=True)


def _metric(ref: schema.MetricRef) -> catalog_rows.Metric:
    return catalog_rows.Metric(ref.title, ref.series, ref.stat)


def _group(keys: Sequence[catalog_rows.GroupKey], group: catalog_rows.Group) -> schema.Group:
    terms = [_of_group(key, value) for key, value in zip(keys, group.values, strict=True)]
    return schema.Group(
        values=group.values,
        tasks=group.tasks,
        metrics=[
            msgspec.convert(metric, schema.Aggregate, from_attributes=True)
            for metric in group.metrics
        ],
        filter=" and ".join(terms),
    )


def _of_group(key: catalog_rows.GroupKey, value: str | None) -> str:
    """Return the filter that finds the tasks with a value of a key."""
    subject = key.field if key.parameter is None else f"param.{quoted(key.parameter)}"
    return f"not {subject}:*" if value is None else f"{subject}=={quoted(value)}"
