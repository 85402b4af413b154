"""What an edit must know of a task before it is made: what is said of it now, and how late that was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from stripchart.store import catalog_tables as tables
from stripchart.store.catalog_filtering import among
from stripchart.store.catalog_state import ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """Hold a task as people may change it.

    ``said_us`` is the latest clock of anything said of it: an edit that is to count must bear a later one, however the
    clocks of the machines differ. ``attempt`` is the latest, -1 where there is none.
    """

    id: str
    name: str
    project: str
    comment: str
    archived: bool
    tags: list[str]
    status: str
    status_reason: str
    status_message: str
    ended_us: int | None
    attempt: int
    said_us: int

    @property
    def ended(self) -> bool:
        """Tell whether the task is over."""
        return self.status in ENDED


_COLUMNS = (
    "id", "name", "project", "comment", "archived", "tags", "status", "status_reason", "status_message", "ended_us",
)  # fmt: skip


def editable(connection: Connection, ids: Sequence[str]) -> dict[str, Editable]:
    """Return the tasks that are known, by id."""
    tasks, attempts = tables.tasks, tables.attempts
    latest = (
        select(attempts.c.task_id, func.max(attempts.c.number).label("number"))
        .where(among(connection, attempts.c.task_id, ids))
        .group_by(attempts.c.task_id)
        .subquery()
    )
    wanted = (
        select(
            *(tasks.c[name] for name in _COLUMNS),
            tasks.c.described,
            attempts.c.number,
            attempts.c.said,
        )
        .select_from(tasks)
        .outerjoin(latest, latest.c.task_id == tasks.c.id)
        .outerjoin(
            attempts,
            (attempts.c.task_id == latest.c.task_id) & (attempts.c.number == latest.c.number),
        )
        .where(among(connection, tasks.c.id, ids))
    )
    found = {}
    for *values, described, number, said in connection.execute(wanted):
        fields = dict(zip(_COLUMNS, values, strict=True))
        found[fields["id"]] = Editable(
            **fields,
            attempt=-1 if number is None else number,
            said_us=max(_clocks(described, said or {}), default=0),
        )
    return found


def taken_in(connection: Connection, writers: Sequence[str]) -> set[str]:
    """Return which of these writers have been read to their end."""
    table = tables.writers.c
    found = select(table.writer).where(
        among(connection, table.writer, writers), table.closed.is_(True)
    )
    return set(connection.scalars(found))


def _clocks(described: Mapping[str, Any], said: Mapping[str, Any]) -> list[int]:
    clocks = [clock_us for _, clock_us, _ in described.values()]
    conclusions = [c for c in said.values() if isinstance(c, dict) and "clock" in c]
    return clocks + [conclusion["clock"][0] for conclusion in conclusions]
