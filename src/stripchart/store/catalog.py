"""The catalog: tasks with all that is said of them but points, lines and documents, in one database.

Ingest is its one writer (``load``, ``save``, ``forget``); a ``save`` is one transaction over all its tasks and
carries each writer's applied offsets with what was applied, so that nothing is applied twice or lost. The server
and the command line ask it (``tasks``, ``projects``, ``detail``, ``metrics``), from any thread.

SQLite by default, in WAL mode: readers never wait for ingest. Any other URL that SQLAlchemy knows chooses
another database.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import DatabaseError

from stripchart.store import (
    catalog_editing,
    catalog_query,
    catalog_saving,
    catalog_table,
    catalog_tables,
)
from stripchart.store.catalog_page import PageRecords
from stripchart.store.catalog_rows import (
    Artifact,
    Columns,
    Configuration,
    Grouping,
    Groups,
    Parameter,
    Project,
    TaskDetail,
    TaskFilter,
    TaskPage,
)
from stripchart.store.catalog_schema import CatalogTooNew, upgrade
from stripchart.store.catalog_state import MetricState, TaskState

__all__ = ["Catalog", "CatalogBroken", "CatalogTooNew"]

BUSY_TIMEOUT_MS = 10_000
_MOST_NAMED = 200_000


class CatalogBroken(RuntimeError):
    """Refuse a catalog file whose bytes are not those of a database."""


class Catalog:
    """Open a catalog, bringing it to this version's tables first.

    ``url`` is an SQLAlchemy URL or the path of an SQLite file.

    Raises:
        CatalogTooNew: a later version of Stripchart has written it.
        CatalogBroken: the file is damaged.
    """

    def __init__(self, url: str | Path) -> None:
        self.engine = _engine(url)
        self.page = PageRecords(self.engine)
        self._named: set[tuple[str, str]] = set()  # kinds and keys that are in ``names`` for sure
        try:
            with self.engine.begin() as connection:
                _check(connection)
                upgrade(connection)
        except DatabaseError as error:
            self.engine.dispose()
            if (
                type(error) is DatabaseError
            ):  # its subclasses tell of locks, rights, full disks: not of damage
                raise CatalogBroken(f"the catalog at {url} is damaged: {error.orig}") from error
            raise
        except CatalogTooNew:
            self.engine.dispose()
            raise

    # ---- ingest

    def known(self) -> dict[str, bool]:
        """Return the id of every task, and whether all of its writers are closed."""
        writers = catalog_tables.writers
        with self.engine.connect() as connection:
            known = dict.fromkeys(connection.scalars(select(catalog_tables.tasks.c.id)), True)
            still_open = select(writers.c.task_id).where(writers.c.closed.is_(False)).distinct()
            known.update(dict.fromkeys(connection.scalars(still_open), False))
        return known

    def ends(self) -> dict[str, dict[tuple[str, str], int]]:
        """Return for every task how far each (writer, stream) has been applied."""
        writers = catalog_tables.writers.c
        wanted = select(writers.task_id, writers.writer, writers.scalars_end, writers.records_end)
        ends: dict[str, dict[tuple[str, str], int]] = {}
        with self.engine.connect() as connection:
            for task, writer, scalars_end, records_end in connection.execute(wanted):
                of_task = ends.setdefault(task, {})
                of_task[writer, "scalars"] = scalars_end
                of_task[writer, "records"] = records_end
        return ends

    def load(self, task: str) -> TaskState:
        """Return what is stored of a task; an empty state for an unknown one."""
        return self.load_all([task])[task]

    def load_all(self, tasks: Sequence[str]) -> dict[str, TaskState]:
        """Return what is stored of each of these tasks."""
        with self.engine.connect() as connection:
            return catalog_saving.load(connection, tasks)

    def series(self, task: str, writer: str) -> dict[int, tuple[str, str]]:
        """Return the names of a writer's series by number, as far as its records have been applied."""
        declared = catalog_tables.declared
        found = select(declared.c.number, declared.c.title, declared.c.series).where(
            declared.c.task_id == task, declared.c.writer == writer
        )
        with self.engine.connect() as connection:
            return {number: (title, series) for number, title, series in connection.execute(found)}

    def save(self, states: Sequence[TaskState]) -> None:
        """Store what has changed in the states, in one transaction, and clear their marks of change."""
        with self.engine.begin() as connection:
            added = catalog_saving.save(connection, states, self._named)
        if len(self._named) > _MOST_NAMED:
            self._named.clear()
        self._named |= added
        for state in states:
            state.clear_changes()

    def forget(self, tasks: Iterable[str]) -> None:
        """Drop all derived rows of the tasks."""
        with self.engine.begin() as connection:
            for task in tasks:
                for table in catalog_tables.DERIVED:
                    if table is catalog_tables.names:
                        continue  # others may have them too
                    owner = table.c.id if table is catalog_tables.tasks else table.c.task_id
                    connection.execute(table.delete().where(owner == task))

    def clear_derived(self) -> None:
        """Drop everything that comes from journals; what people did on the page stays."""
        self._named.clear()
        with self.engine.begin() as connection:
            for table in catalog_tables.DERIVED:
                connection.execute(table.delete())

    # ---- questions

    def tasks(self, wanted: TaskFilter, *, now_us: int | None = None) -> TaskPage:
        """Return one page of the task table.

        Raises:
            PatternError: a regular expression is none; so of ``ids``, ``groups`` and ``columns``.
        """
        with self.engine.connect() as connection:
            return catalog_table.task_page(connection, wanted, now_us=_now_us(now_us))

    def ids(self, wanted: TaskFilter, *, now_us: int | None = None) -> list[str]:
        """Return the ids of the tasks of a filter, from its offset on and up to its limit, in its order."""
        with self.engine.connect() as connection:
            return catalog_table.task_ids(connection, wanted, now_us=_now_us(now_us))

    def groups(
        self, wanted: TaskFilter, grouping: Grouping, *, now_us: int | None = None
    ) -> Groups:
        """Return one page of the groups that the tasks of a filter make."""
        with self.engine.connect() as connection:
            return catalog_table.task_groups(connection, wanted, grouping, now_us=_now_us(now_us))

    def columns(
        self,
        kind: catalog_table.ColumnKind,
        wanted: TaskFilter,
        *,
        search: str = "",
        common_first: bool = False,
        now_us: int | None = None,
    ) -> Columns:
        """Return one page of what of a kind the tasks of a filter have."""
        with self.engine.connect() as connection:
            return catalog_table.columns(
                connection,
                kind,
                wanted,
                search=search,
                common_first=common_first,
                now_us=_now_us(now_us),
            )

    def starts(self, tasks: Sequence[str]) -> dict[str, int | None]:
        """Return when each of the tasks that are known started, as far as that is."""
        with self.engine.connect() as connection:
            return catalog_query.starts(connection, tasks)

    def detail(self, task: str, *, now_us: int | None = None) -> TaskDetail | None:
        """Return all about one task but its metrics; ``None`` where it is unknown."""
        with self.engine.connect() as connection:
            return catalog_query.task_detail(connection, task, now_us=_now_us(now_us))

    def editable(self, ids: Sequence[str]) -> dict[str, catalog_editing.Editable]:
        """Return what an edit must know of the tasks that are known, by id."""
        with self.engine.connect() as connection:
            return catalog_editing.editable(connection, ids)

    def taken_in(self, writers: Sequence[str]) -> set[str]:
        """Return which of these writers have been closed, and read to their end."""
        with self.engine.connect() as connection:
            return catalog_editing.taken_in(connection, writers)

    def projects(self) -> list[Project]:
        """Return every project that has tasks of its own, by name."""
        with self.engine.connect() as connection:
            return catalog_query.projects(connection)

    def metrics(self, task: str) -> list[MetricState]:
        """Return the summary of every metric of a task, by title and series."""
        with self.engine.connect() as connection:
            return catalog_query.metrics(connection, task)

    def artifacts(self, task: str) -> list[Artifact]:
        """Return the artifacts of a task, by name."""
        with self.engine.connect() as connection:
            return catalog_query.artifacts(connection, task)

    def configurations(self, task: str) -> list[Configuration]:
        """Return the configuration objects of a task, by name."""
        with self.engine.connect() as connection:
            return catalog_query.configurations(connection, task)

    def properties(self, task: str) -> list[Parameter]:
        """Return the user properties of a task, by name."""
        with self.engine.connect() as connection:
            return catalog_query.properties(connection, task)

    def close(self) -> None:
        """Release the database."""
        self._named.clear()
        self.engine.dispose()


def _now_us(given: int | None) -> int:
    return time.time_ns() // 1000 if given is None else given


def _engine(url: str | Path) -> Engine:
    text = str(url)
    if "://" not in text:
        text = make_url("sqlite://").set(database=text).render_as_string()
    engine = create_engine(text, json_serializer=_to_json, json_deserializer=msgspec.json.decode)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # NORMAL may lose the last commits in a power cut, never the order: they are applied again from the journals.
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("casefold", 1, _casefold, deterministic=True)
    connection.create_aggregate("stddev_samp", 1, _Spread)  # type: ignore[arg-type]


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


class _Spread:
    """Compute the standard deviation of a sample, by Welford's method; other databases have it."""

    def __init__(self) -> None:
        self._count, self._mean, self._total = 0, 0.0, 0.0

    def step(self, value: float | None) -> None:
        if value is not None:
            self._count += 1
            difference = value - self._mean
            self._mean += difference / self._count
            self._total += difference * (value - self._mean)

    def finalize(self) -> float | None:
        spread = (self._total / (self._count - 1)) ** 0.5 if self._count > 1 else None
        return spread if spread is not None and math.isfinite(spread) else None


def _check(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise CatalogBroken(f"the catalog is damaged: {found}")
