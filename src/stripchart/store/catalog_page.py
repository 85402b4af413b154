"""What people made on the page and what is of no task: saved views, layouts, and what they did and may undo.

It is born in the catalog, and neither a reindex nor the deletion of a task touches it.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, insert, or_, select, update

from stripchart.store import catalog_tables as tables


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Hold a saved view: a page's address (its query string) under a name."""

    id: str
    name: str
    project: str
    page: str
    address: str
    created_us: int
    updated_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Hold how a page is arranged; ``version`` is that of the document's form."""

    version: int
    document: Any
    updated_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Hold what was done to tasks; ``before`` is whatever undoing it needs."""

    id: str
    time_us: int
    action: str
    tasks: int
    before: Any
    undone: bool


class PageRecords:
    """Keep and give them, from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # ---- views

    def views(self, *, page: str | None = None, project: str | None = None) -> list[View]:
        """Return the saved views by name: of a page, of a project and of no project in particular."""
        table = tables.views
        found = select(table)
        if page is not None:
            found = found.where(table.c.page == page)
        if project is not None:
            found = found.where(or_(table.c.project == project, table.c.project == ""))
        with self._engine.connect() as connection:
            views = [View(**row) for row in connection.execute(found).mappings()]
        return sorted(views, key=lambda view: (view.name.casefold(), view.id))

    def add_view(self, name: str, project: str, page: str, address: str) -> View:
        """Save a new view."""
        now_us = _now_us()
        view = View(
            id=_new_id(),
            name=name,
            project=project,
            page=page,
            address=address,
            created_us=now_us,
            updated_us=now_us,
        )
        with self._engine.begin() as connection:
            connection.execute(insert(tables.views).values(_values(view)))
        return view

    def change_view(
        self, view_id: str, name: str, project: str, page: str, address: str
    ) -> View | None:
        """Replace a view; ``None`` where there is none of this id."""
        table = tables.views
        values = {"name": name, "project": project, "page": page, "address": address}
        with self._engine.begin() as connection:
            connection.execute(
                update(table).where(table.c.id == view_id).values(**values, updated_us=_now_us())
            )
            row = connection.execute(select(table).where(table.c.id == view_id)).one_or_none()
        return None if row is None else View(**row._mapping)

    def remove_view(self, view_id: str) -> bool:
        """Remove a view; false where there is none of this id."""
        with self._engine.begin() as connection:
            return _removed(connection, tables.views, view_id) > 0

    # ---- layouts

    def layout(self, key: str) -> Layout | None:
        """Return what is kept under a key."""
        table = tables.layouts
        found = select(table.c.version, table.c.document, table.c.updated_us).where(
            table.c.digest == _digest(key)
        )
        with self._engine.connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Layout(**row._mapping)

    def keep_layout(self, key: str, version: int, document: Any) -> Layout:
        """Keep a document under a key, in the place of what was there."""
        table = tables.layouts
        digest, layout = (
            _digest(key),
            Layout(version=version, document=document, updated_us=_now_us()),
        )
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.digest == digest))
            connection.execute(insert(table).values(digest=digest, key=key, **_values(layout)))
        return layout

    # ---- operations

    def add_operation(
        self, action: str, tasks: int, before: Any, *, operation_id: str | None = None
    ) -> Operation:
        """Keep what was done, so that it can be undone."""
        made = Operation(
            id=operation_id or new_operation_id(),
            time_us=_now_us(),
            action=action,
            tasks=tasks,
            before=before,
            undone=False,
        )
        with self._engine.begin() as connection:
            connection.execute(insert(tables.operations).values(_values(made)))
        return made

    def operations(self, since_us: int, limit: int = 100) -> list[Row[Any]]:
        """Return id, action, time and tasks of what can still be undone, the latest first."""
        table = tables.operations.c
        found = select(table.id, table.action, table.time_us, table.tasks).where(
            table.undone.is_(False), table.time_us >= since_us
        )
        with self._engine.connect() as connection:
            return list(connection.execute(found.order_by(table.time_us.desc()).limit(limit)))

    def take_operation(self, operation_id: str, since_us: int) -> Operation | None:
        """Return what is to be undone now, once: ``None`` where it is unknown, too old, or undone already."""
        table = tables.operations
        claimed = (
            update(table)
            .where(
                table.c.id == operation_id, table.c.undone.is_(False), table.c.time_us >= since_us
            )
            .values(undone=True)
        )
        with self._engine.begin() as connection:
            if connection.execute(claimed).rowcount != 1:
                return None
            row = connection.execute(select(table).where(table.c.id == operation_id)).one()
        return Operation(**row._mapping)

    def forget_operations(self, until_us: int) -> None:
        """Drop what can no longer be undone."""
        with self._engine.begin() as connection:
            table = tables.operations
            connection.execute(delete(table).where(table.c.time_us < until_us))


def new_operation_id() -> str:
    """Return an id for something that is about to be done."""
    return _new_id()


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _removed(connection: Connection, table: Table, row_id: str) -> int:
    return connection.execute(delete(table).where(table.c.id == row_id)).rowcount


def _new_id() -> str:
    return os.urandom(16).hex()


def _digest(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def _now_us() -> int:
    return time.time_ns() // 1000
