"""Ask the catalog: projects, and one task in detail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from stripchart.records import plain_code
from stripchart.store import catalog_tables as tables
from stripchart.store.catalog_filtering import among
from stripchart.store.catalog_rows import (
    Artifact,
    Attempt,
    Configuration,
    Cost,
    Note,
    Parameter,
    Project,
    TaskDetail,
    WriterInfo,
)
from stripchart.store.catalog_state import MetricState
from stripchart.store.catalog_table import ROW_COLUMNS, row_of


def starts(connection: Connection, tasks: Sequence[str]) -> dict[str, int | None]:
    """Return when each of the tasks that are known started."""
    columns = tables.tasks.c
    found = select(columns.id, columns.started_us).where(among(connection, columns.id, tasks))
    return {row.id: row.started_us for row in connection.execute(found)}


def projects(connection: Connection) -> list[Project]:
    """Return the projects with their counts."""
    tasks = tables.tasks
    grouped = select(
        tasks.c.project, tasks.c.status, func.count(), func.max(tasks.c.updated_us)
    ).group_by(tasks.c.project, tasks.c.status)
    found: dict[str, Project] = {}
    for name, status, count, updated_us in connection.execute(grouped):
        before = found.get(name, Project(name, 0, {}, None))
        times = [us for us in (before.updated_us, updated_us) if us is not None]
        found[name] = Project(
            name,
            before.tasks + count,
            before.by_status | {status: count},
            max(times, default=None),
        )
    return [found[name] for name in sorted(found)]


def metrics(connection: Connection, task: str) -> list[MetricState]:
    """Return the metrics of a task."""
    table = tables.metrics
    columns = [table.c[name] for name in MetricState.__dataclass_fields__]
    wanted = select(*columns).where(table.c.task_id == task)
    found = [MetricState(**row) for row in connection.execute(wanted).mappings()]
    return sorted(found, key=lambda metric: (metric.title, metric.series))


def task_detail(connection: Connection, task: str, *, now_us: int) -> TaskDetail | None:
    """Return one task in detail."""
    columns = [tables.tasks.c[name] for name in ("comment", "parent", "status_message")]
    found = select(*ROW_COLUMNS, *columns).where(tables.tasks.c.id == task)
    row = connection.execute(found).one_or_none()
    if row is None:
        return None
    return TaskDetail(
        task=row_of(row, now_us),
        comment=row.comment,
        parent=row.parent,
        status_message=row.status_message,
        attempts=_attempts(connection, task),
        writers=_writers(connection, task),
        parameters=_parameters(connection, task),
        notes=_notes(connection, task),
        cost=_cost(connection, task),
    )


def properties(connection: Connection, task: str) -> list[Parameter]:
    """Return the user properties of a task."""
    return _parameters(connection, task, tables.properties)


def configurations(connection: Connection, task: str) -> list[Configuration]:
    """Return the configuration objects of a task."""
    table = tables.configurations
    columns = [table.c[name] for name in Configuration.__dataclass_fields__]
    found = select(*columns).where(table.c.task_id == task, table.c.removed.is_(False))
    rows = connection.execute(found).mappings()
    return sorted((Configuration(**row) for row in rows), key=lambda c: c.name)


def artifacts(connection: Connection, task: str) -> list[Artifact]:
    """Return the artifacts of a task.

    The recorder's word is of the upload of one report, and bears the time just after it: it holds unless the task has
    reported the artifact again since.
    """
    table = tables.artifacts
    found = select(table).where(table.c.task_id == task).order_by(table.c.settled)
    latest: dict[str, Row[Any]] = {}
    for row in connection.execute(found):
        own = latest.get(row.name)
        if own is None or row.time_us > own.time_us:
            latest[row.name] = row
    names = Artifact.__dataclass_fields__
    return [
        Artifact(**{name: latest[of]._mapping[name] for name in names})
        for of in sorted(latest)
        if not latest[of].removed
    ]


def _attempts(connection: Connection, task: str) -> list[Attempt]:
    table = tables.attempts
    columns = [table.c[name] for name in Attempt.__dataclass_fields__]
    found = select(*columns).where(table.c.task_id == task).order_by(table.c.number)
    return [Attempt(**row) for row in connection.execute(found).mappings()]


def _writers(connection: Connection, task: str) -> list[WriterInfo]:
    table = tables.writers
    columns = [table.c[name] for name in WriterInfo.__dataclass_fields__]
    found = select(*columns).where(table.c.task_id == task).order_by(table.c.writer)
    return [WriterInfo(**row) for row in connection.execute(found).mappings()]


def _parameters(
    connection: Connection, task: str, table: Table = tables.parameters
) -> list[Parameter]:
    columns = [table.c[name] for name in Parameter.__dataclass_fields__]
    found = select(*columns).where(table.c.task_id == task, table.c.removed.is_(False))
    return sorted((Parameter(*row) for row in connection.execute(found)), key=lambda p: p.name)


def _notes(connection: Connection, task: str) -> list[Note]:
    table = tables.notes
    columns = [table.c[name] for name in Note.__dataclass_fields__]
    found = select(*columns).where(table.c.task_id == task)
    found = found.order_by(table.c.lost.desc(), table.c.writer, table.c.code)
    rows = connection.execute(found).mappings()
    return [Note(**{**row, "code": plain_code(row["code"])}) for row in rows]


def _cost(connection: Connection, task: str) -> Cost | None:
    table = tables.costs
    found = select(table).where(table.c.task_id == task).order_by(table.c.time_us, table.c.writer)
    rows = connection.execute(found).all()
    if not rows:
        return None
    cpu_sec = sum(row.recorder_cpu_sec for row in rows)
    return Cost(cpu_sec, rows[-1].recorder_rss_bytes, rows[-1].journal_bytes)
