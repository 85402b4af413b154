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

from stripchart.records import MONITOR_PREFIX, SINGLE_VALUE_TITLE
from stripchart.store import catalog_tables as tables
from stripchart.store.catalog_filtering import among, condition, duration_us
from stripchart.store.catalog_rows import (
    Aggregate,
    Column,
    Columns,
    Group,
    Grouping,
    GroupKey,
    GroupOrder,
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
    ranks: list[list[ColumnElement[Any]]] = []
    for key in grouping.keys:
        source, value, number = _key(source, key)
        keys.append(value.label(f"key_{len(keys)}"))
        ranks.append([value] if number is None else [func.min(number), value])
    aggregates: list[list[ColumnElement[Any]]] = []
    for metric in grouping.metrics:
        source, value = _with_metric(source, metric)
        made = (func.count, func.avg, func.min, func.max, func.stddev_samp)
        aggregates.append([f(value) for f in made])
    # A task has one row here: tags, of which it may have several, are a key of their own.
    grouped = select(*keys, func.count().label("tasks"), *(a for of in aggregates for a in of))
    grouped = grouped.select_from(source).where(fulfilled).group_by(*keys)
    page = grouped.add_columns(func.count().over()).order_by(
        *_group_order(grouping, keys, ranks, aggregates)
    )
    rows = connection.execute(page.offset(grouping.offset).limit(grouping.limit)).all()
    counted = select(func.count()).select_from(
        grouped.subquery()
    )  # where the page is behind the last
    total = rows[0][-1] if rows else connection.scalar(counted) or 0
    groups = [_group(tuple(row), len(keys), len(grouping.metrics)) for row in rows]
    return Groups(total=total, offset=grouping.offset, groups=groups)


def _key(
    source: FromClause, key: GroupKey
) -> tuple[FromClause, ColumnElement[Any], ColumnElement[Any] | None]:
    """Return the tables joined with what is grouped by, its value, and the number that it may be."""
    if key.parameter is not None:
        source, number, text = _with_parameter(source, key.parameter)
        return source, text, number
    if key.field == "tag":
        table = tables.tags.alias()
        return source.outerjoin(table, table.c.task_id == tables.tasks.c.id), table.c.tag, None
    return source, tables.tasks.c[key.field], None


def _group_order(
    grouping: Grouping,
    keys: Sequence[ColumnElement[Any]],
    ranks: Sequence[Sequence[ColumnElement[Any]]],
    aggregates: Sequence[Sequence[ColumnElement[Any]]],
) -> list[ColumnElement[Any]]:
    """Return the expressions to sort groups by; ``ranks`` are those of each key, numbers before texts."""

    def by_key(place: int, descending: bool) -> list[ColumnElement[Any]]:
        found: list[ColumnElement[Any]] = [keys[place].is_(None)]
        for rank in ranks[place]:
            found += [rank.is_(None), rank.desc() if descending else rank.asc()]
        return found

    def by(order: GroupOrder) -> list[ColumnElement[Any]]:
        if order.by == "values":
            places = range(len(keys)) if order.key is None else [order.key]
            return [e for place in places for e in by_key(place, order.descending)]
        value: ColumnElement[Any] = func.count()
        if order.by == "metric":
            value = aggregates[order.metric][_AGGREGATES.index(order.aggregate)]
        return [value.is_(None), value.desc() if order.descending else value.asc()]

    every = (*grouping.order, GroupOrder(by="values", descending=False))
    return [expression for order in every for expression in by(order)]


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
    common_first: bool = False,
    now_us: int,
) -> Columns:
    """Return what of a kind the tasks of a filter have, with how many have it; one page, by name.

    With ``common_first`` what more of the tasks have comes first.
    """
    fulfilled = condition(connection, wanted, now_us)
    sought = search.casefold().replace("\0", " ")
    if kind in ("metric", "parameter"):
        return _named_columns(
            connection, kind, wanted, fulfilled, sought=sought, common_first=common_first
        )
    tasks = tables.tasks
    source, value, _ = _key(tasks, GroupKey(field=kind))  # type: ignore[arg-type]
    counted = select(value, func.count()).select_from(source).where(fulfilled, value.is_not(None))
    rows = connection.execute(counted.group_by(value)).all()
    found = sorted((name, count) for name, count in rows if sought in name.casefold() and name)
    if common_first:
        found.sort(key=lambda one: -one[1])
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
    *,
    sought: str,
    common_first: bool,
) -> Columns:
    tasks, names = tables.tasks, tables.names
    table = tables.metrics if kind == "metric" else tables.parameters
    owned = and_(table.c.task_id == tasks.c.id, fulfilled)
    if table is tables.parameters:
        owned = and_(owned, table.c.removed.is_(False))
    # Those that have it, and of them those in which it has an iteration.
    placed = func.count(table.c.high) if kind == "metric" else func.count()
    counted = (
        select(table.c.key, func.count().label("tasks"), placed.label("placed"))
        .select_from(table.join(tasks, owned))
        .group_by(table.c.key)
    )
    known = names.c.kind == kind
    if sought:
        known = and_(known, names.c.search_text.contains(sought, autoescape=True))
    # Machine readings after what the script reported.
    is_monitor = func.substr(names.c.name, 1, len(MONITOR_PREFIX)) == MONITOR_PREFIX
    by: list[ColumnElement[Any]] = [case((is_monitor, 1), else_=0)]
    found = select(names.c.key, names.c.name, names.c.series)
    if common_first:
        counts = counted.subquery()
        found = found.join(counts, counts.c.key == names.c.key)
        by.append(counts.c.tasks.desc())
    else:
        # Not by counting: of very many tasks it is enough to find one that has it.
        has_one = select(1).select_from(table).where(table.c.key == names.c.key, owned).exists()
        known = and_(known, has_one)
    found = found.where(known)
    total = connection.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = connection.execute(
        found.order_by(*by, names.c.search_text, names.c.key)
        .offset(wanted.offset)
        .limit(wanted.limit)
    ).all()
    among_page = counted.where(among(connection, table.c.key, [row.key for row in page]))
    told = {row[0]: (row[1], row[2]) for row in connection.execute(among_page)}
    columns = []
    for key, name, series in page:
        tasks, placed = told.get(key, (0, 0))
        single = name == SINGLE_VALUE_TITLE and tasks > 0 and placed == 0
        columns.append(Column(name=name, series=series, tasks=tasks, single=single))
    return Columns(total=total, offset=wanted.offset, columns=columns)
