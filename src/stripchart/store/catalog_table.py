"""Answer for the table of tasks: its pages, its groups, and what columns it can have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    case,
    func,
    select,
)

from stripchart.records import MONITOR_PREFIX
from stripchart.store import catalog_tables as tables
from stripchart.store.catalog_filtering import among, condition, duration_us
from stripchart.store.catalog_rows import (
    Aggregate,
    Column,
    Columns,
    Group,
    Grouping,
    GroupKey,
    Groups,
    Metric,
    Order,
    TaskFilter,
    TaskPage,
    TaskRow,
)

UNRESPONSIVE_US = 60 * 1_000_000
"""How long nothing may be heard of a task in progress before it is marked."""

ColumnKind = Literal["metric", "parameter", "tag", "status", "user", "host", "project", "type"]

_ROW = (
    "id", "name", "project", "type", "status", "status_reason", "tags", "user", "host",
    "started_us", "updated_us", "ended_us", "iteration", "attempts", "lost", "archived",
)  # fmt: skip
ROW_COLUMNS = [tables.tasks.c[name] for name in _ROW]
_TIMES = {"started": "started_us", "updated": "updated_us", "ended": "ended_us"}
_AGGREGATES = ("count", "mean", "min", "max", "std")


def row_of(
    row: Row[Any],
    now_us: int,
    metrics: Sequence[float | None] = (),
    parameters: Sequence[str | None] = (),
) -> TaskRow:
    """Return a task's row as shown."""
    silent = row.updated_us is not None and now_us - row.updated_us > UNRESPONSIVE_US
    return TaskRow(
        **{name: getattr(row, name) for name in _ROW},
        unresponsive=row.status == "in_progress" and silent,
        metrics=list(metrics),
        parameters=list(parameters),
    )


# ---- pages


def task_page(connection: Connection, wanted: TaskFilter, *, now_us: int) -> TaskPage:
    """Return the tasks of a filter, one page.

    Raises:
        PatternError: a regular expression is none.
    """
    tasks = tables.tasks
    fulfilled = condition(connection, wanted, now_us)
    total = connection.scalar(select(func.count()).select_from(tasks).where(fulfilled)) or 0
    ids = list(connection.scalars(_ordered_ids(wanted, fulfilled, now_us)))
    # Columns are read of the page's tasks only: sorting carries ids alone.
    found = select(*ROW_COLUMNS).where(among(connection, tasks.c.id, ids))
    rows = {row.id: row for row in connection.execute(found)}
    metrics = [_metric_column(connection, ids, metric) for metric in wanted.metrics]
    parameters = [_parameter_column(connection, ids, name) for name in wanted.parameters]
    page = [
        row_of(rows[i], now_us, [c.get(i) for c in metrics], [c.get(i) for c in parameters])
        for i in ids
        if i in rows
    ]
    return TaskPage(total, wanted.offset, page)


def task_ids(connection: Connection, wanted: TaskFilter, *, now_us: int) -> list[str]:
    """Return the ids of all tasks of a filter, in its order.

    Raises:
        PatternError: a regular expression is none.
    """
    fulfilled = condition(connection, wanted, now_us)
    return list(connection.scalars(_ordered_ids(wanted, fulfilled, now_us)))


def _ordered_ids(wanted: TaskFilter, fulfilled: ColumnElement[bool], now_us: int) -> Select[Any]:
    tasks = tables.tasks
    source: FromClause = tasks
    by: list[ColumnElement[Any]] = []
    for order in wanted.order:
        source, keys = _sorted_by(source, order, now_us)
        by += keys
    ids = select(tasks.c.id).select_from(source).where(fulfilled).order_by(*by, tasks.c.id)
    return ids.offset(wanted.offset).limit(wanted.limit)


def _sorted_by(
    source: FromClause, order: Order, now_us: int
) -> tuple[FromClause, list[ColumnElement[Any]]]:
    """Return the tables joined with what is sorted by, and the expressions to sort by."""
    values: list[ColumnElement[Any]]
    if order.metric is not None:
        source, value = _with_metric(source, order.metric)
        values = [value]
    elif order.parameter is not None:
        source, number, text = _with_parameter(source, order.parameter)
        directed = [value.desc() if order.descending else value.asc() for value in (number, text)]
        return source, [text.is_(None), number.is_(None), *directed]
    elif order.field == "duration":
        values = [duration_us(now_us)]
    else:
        values = [tables.tasks.c[_TIMES.get(order.field, order.field)]]
    by = values[0]
    return source, [by.is_(None), by.desc() if order.descending else by.asc()]


def _with_metric(source: FromClause, metric: Metric) -> tuple[FromClause, ColumnElement[Any]]:
    table = tables.metrics.alias()
    key = tables.metric_key(metric.title, metric.series)
    of_task = and_(table.c.task_id == tables.tasks.c.id, table.c.key == key)
    return source.outerjoin(table, of_task), table.c[metric.stat]


def _with_parameter(
    source: FromClause, name: str
) -> tuple[FromClause, ColumnElement[Any], ColumnElement[Any]]:
    table = tables.parameters.alias()
    of_task = and_(
        table.c.task_id == tables.tasks.c.id,
        table.c.key == tables.name_key(name),
        table.c.removed.is_(False),
    )
    return source.outerjoin(table, of_task), table.c.number, table.c.value


def _metric_column(
    connection: Connection, ids: Sequence[str], metric: Metric
) -> dict[str, float | None]:
    table = tables.metrics
    key = tables.metric_key(metric.title, metric.series)
    found = select(table.c.task_id, table.c[metric.stat]).where(
        table.c.key == key, among(connection, table.c.task_id, ids)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def _parameter_column(connection: Connection, ids: Sequence[str], name: str) -> dict[str, str]:
    table = tables.parameters
    found = select(table.c.task_id, table.c.value).where(
        table.c.key == tables.name_key(name),
        table.c.removed.is_(False),
        among(connection, table.c.task_id, ids),
    )
    return {row[0]: row[1] for row in connection.execute(found)}


# ---- groups


def task_groups(
    connection: Connection, wanted: TaskFilter, grouping: Grouping, *, now_us: int
) -> Groups:
    """Return the groups that the tasks of a filter make, one page.

    Raises:
        PatternError: a regular expression is none.
    """
    fulfilled = condition(connection, wanted, now_us)
    source: FromClause = tables.tasks
    keys: list[ColumnElement[Any]] = []
    for key in grouping.keys:
        source, value = _key(source, key)
        keys.append(value.label(f"key_{len(keys)}"))
    aggregates: list[list[ColumnElement[Any]]] = []
    for metric in grouping.metrics:
        source, value = _with_metric(source, metric)
        made = (func.count, func.avg, func.min, func.max, func.stddev_samp)
        aggregates.append([f(value) for f in made])
    # A task has one row here: tags, of which it may have several, are a key of their own.
    grouped = select(*keys, func.count().label("tasks"), *(a for of in aggregates for a in of))
    grouped = grouped.select_from(source).where(fulfilled).group_by(*keys)
    page = grouped.add_columns(func.count().over()).order_by(
        *_group_order(grouping, keys, aggregates)
    )
    rows = connection.execute(page.offset(grouping.offset).limit(grouping.limit)).all()
    counted = select(func.count()).select_from(
        grouped.subquery()
    )  # where the page is behind the last
    total = rows[0][-1] if rows else connection.scalar(counted) or 0
    groups = [_group(tuple(row), len(keys), len(grouping.metrics)) for row in rows]
    return Groups(total=total, offset=grouping.offset, groups=groups)


def _key(source: FromClause, key: GroupKey) -> tuple[FromClause, ColumnElement[Any]]:
    if key.parameter is not None:
        source, _, text = _with_parameter(source, key.parameter)
        return source, text
    if key.field == "tag":
        table = tables.tags.alias()
        return source.outerjoin(table, table.c.task_id == tables.tasks.c.id), table.c.tag
    return source, tables.tasks.c[key.field]


def _group_order(
    grouping: Grouping,
    keys: Sequence[ColumnElement[Any]],
    aggregates: Sequence[Sequence[ColumnElement[Any]]],
) -> list[ColumnElement[Any]]:
    by_values = [expression for key in keys for expression in (key.is_(None), key.asc())]
    if grouping.order == "values":
        directed = [key.desc() if grouping.descending else key.asc() for key in keys]
        return [e for key, d in zip(keys, directed, strict=True) for e in (key.is_(None), d)]
    if grouping.order == "tasks":
        by: ColumnElement[Any] = func.count()
    else:
        metric, aggregate = grouping.order
        by = aggregates[metric][_AGGREGATES.index(aggregate)]
    return [by.is_(None), by.desc() if grouping.descending else by.asc(), *by_values]


def _group(row: Sequence[Any], keys: int, metrics: int) -> Group:
    at = keys + 1
    size = len(_AGGREGATES)
    parts = [row[at + i * size : at + (i + 1) * size] for i in range(metrics)]
    return Group(
        values=list(row[:keys]),
        tasks=row[keys],
        metrics=[Aggregate(**dict(zip(_AGGREGATES, part, strict=True))) for part in parts],
    )


# ---- columns


def columns(
    connection: Connection,
    kind: ColumnKind,
    wanted: TaskFilter,
    *,
    search: str = "",
    now_us: int,
) -> Columns:
    """Return what of a kind the tasks of a filter have, with how many have it; one page, by name."""
    fulfilled = condition(connection, wanted, now_us)
    sought = search.casefold().replace("\0", " ")
    if kind in ("metric", "parameter"):
        return _named_columns(connection, kind, wanted, fulfilled, sought)
    tasks = tables.tasks
    source, value = _key(tasks, GroupKey(field=kind))  # type: ignore[arg-type]
    counted = select(value, func.count()).select_from(source).where(fulfilled, value.is_not(None))
    rows = connection.execute(counted.group_by(value)).all()
    found = sorted((name, count) for name, count in rows if sought in name.casefold() and name)
    page = found[wanted.offset : wanted.offset + wanted.limit]
    return Columns(
        total=len(found),
        offset=wanted.offset,
        columns=[Column(name=name, tasks=count) for name, count in page],
    )


def _named_columns(
    connection: Connection,
    kind: str,
    wanted: TaskFilter,
    fulfilled: ColumnElement[bool],
    sought: str,
) -> Columns:
    tasks, names = tables.tasks, tables.names
    table = tables.metrics if kind == "metric" else tables.parameters
    owned = and_(table.c.task_id == tasks.c.id, fulfilled)
    if table is tables.parameters:
        owned = and_(owned, table.c.removed.is_(False))
    has_one = select(1).select_from(table).where(table.c.key == names.c.key, owned).exists()
    known = and_(names.c.kind == kind, has_one)
    if sought:
        known = and_(known, names.c.search_text.contains(sought, autoescape=True))
    total = connection.scalar(select(func.count()).select_from(names).where(known)) or 0
    # Machine readings after what the script reported.
    is_monitor = func.substr(names.c.name, 1, len(MONITOR_PREFIX)) == MONITOR_PREFIX
    page = connection.execute(
        select(names.c.key, names.c.name, names.c.series)
        .where(known)
        .order_by(case((is_monitor, 1), else_=0), names.c.search_text, names.c.key)
        .offset(wanted.offset)
        .limit(wanted.limit)
    ).all()
    counted = (
        select(table.c.key, func.count())
        .select_from(table.join(tasks, owned))
        .where(among(connection, table.c.key, [row.key for row in page]))
        .group_by(table.c.key)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
    found = [Column(name=row.name, series=row.series, tasks=counts.get(row.key, 0)) for row in page]
    return Columns(total=total, offset=wanted.offset, columns=found)
