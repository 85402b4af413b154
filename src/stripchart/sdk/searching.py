"""Search the tasks of a home: from the index where it is as new as the journals, else from the journals.

A journal that was closed never changes. So a task is taken from the index, without opening a journal, where the
index knows every writer that is on disk and all of them are closed. The index is asked with the standard library's
SQLite, read-only; without an index, or with one of another version, every journal is read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.records import MODEL_PREFIX, TaskDescribed
from stripchart.sdk import chronicle, lookup
from stripchart.settings import Settings

if TYPE_CHECKING:
    import sqlite3

MOST_FOUND = 500
_FIRST_BYTES = 64 << 10  # what a task is called stands at the head of its first journal
_COLUMNS = (
    "id", "project", "name", "type", "tags", "comment", "parent", "status",
    "started_us", "updated_us", "ended_us", "described",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Hold what a search looks at."""

    id: str
    project: str
    name: str
    type: str
    tags: Sequence[str]
    comment: str
    parent: str
    status: str
    archived: bool
    system_tags: Sequence[str]
    started_us: int
    updated_us: int
    ended_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Say which tasks are wanted; what is empty does not choose.

    ``projects`` and ``names`` are patterns that must be found in the path or name, or equal it where ``exact``.
    """

    ids: Sequence[str] = ()
    projects: Sequence[str] = ()
    names: Sequence[str] = ()
    exact: bool = False
    tags: Sequence[str] = ()
    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    parents: Sequence[str] = ()
    archived: bool | None = None
    texts: Sequence[str] = ()
    order_by: Sequence[str] = field(default=("-updated_us",))
    offset: int = 0
    limit: int = MOST_FOUND


def search(settings: Settings, wanted: Wanted) -> list[Row]:
    """Return the tasks that are wanted, in the order that is wanted.

    Raises:
        ValueError: a pattern is no regular expression.
    """
    fits = _fitting(wanted)
    found = [row for row in rows(settings, wanted.ids) if fits(row)]
    for name in reversed(wanted.order_by):
        found.sort(key=lambda row: getattr(row, name.lstrip("-")), reverse=name.startswith("-"))
    return found[wanted.offset : wanted.offset + wanted.limit]


def rows(settings: Settings, ids: Sequence[str] = ()) -> Iterator[Row]:
    """Yield what is to be searched: every task of the home, or those of ``ids`` that are in it."""
    wanted = set(ids)
    indexed, writers = _index(settings)
    for task in _on_disk(settings.tasks):
        if wanted and task not in wanted:
            continue
        on_disk = _names(settings.task_dir(task) / "journal")
        if not on_disk:
            continue
        if task in indexed and writers.get(task) == dict.fromkeys(on_disk, True):
            yield indexed[task]
        else:
            yield _row(task, chronicle.describe(settings.task_dir(task)))


def with_models(settings: Settings) -> list[str]:
    """Return the tasks that have models, and those of which the index cannot tell."""
    indexed, writers = _index(settings)
    found = _indexed_with_models(settings)
    return [
        task
        for task in _on_disk(settings.tasks)
        if (on_disk := _names(settings.task_dir(task) / "journal"))
        and (
            task in found
            or task not in indexed
            or writers.get(task) != dict.fromkeys(on_disk, True)
        )
    ]


def last_of(settings: Settings, project: str, name: str, task_type: str | None) -> str | None:
    """Return the task that was started last under this name, judged by the head of its first journals."""
    for task_id in lookup.task_ids(settings):
        told = _head(settings.task_dir(task_id))
        if (told.project, told.name) == (project, name) and task_type in (None, told.type):
            return task_id
    return None


def _head(task_dir: Path) -> chronicle.Described:
    journals = lookup.readers(task_dir)[:8]
    heads = [record for each in journals for _, record in each.records(0, _FIRST_BYTES).items]
    return chronicle.fold([r for r in heads if isinstance(r, TaskDescribed)])


def _on_disk(tasks: Path) -> list[str]:
    return _names(tasks)


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - thousands of times, and names are all that is needed
    except OSError:
        return []


def _row(task: str, told: chronicle.Described) -> Row:
    return Row(
        id=task,
        project=told.project,
        name=told.name,
        type=told.type,
        tags=told.tags,
        comment=told.comment,
        parent=told.parent or "",
        status=told.status,
        archived=told.archived,
        system_tags=told.system_tags,
        started_us=told.started_us or 0,
        updated_us=told.updated_us,
        ended_us=told.ended_us or 0,
    )


# -- the index ---------------------------------------------------------------------------------------------------


def _index(settings: Settings) -> tuple[dict[str, Row], dict[str, dict[str, bool]]]:
    """Return the index's rows by task, and of each task its writers and whether they are closed."""
    if not _path(settings).exists():
        return {}, {}
    import sqlite3

    try:
        with closing(_opened(settings)) as index:
            told = index.execute(f"SELECT {', '.join(_COLUMNS)} FROM tasks").fetchall()
            known: dict[str, dict[str, bool]] = {}
            for task, writer, closed in index.execute(
                "SELECT task_id, writer, closed FROM writers"
            ):
                known.setdefault(task, {})[writer] = bool(closed)
            return {values[0]: _indexed(values) for values in told}, known
    except (sqlite3.Error, ValueError, KeyError, TypeError):
        return {}, {}  # being made, of another version, or damaged: the journals know as well


def _indexed_with_models(settings: Settings) -> set[str]:
    if not _path(settings).exists():
        return set()
    import sqlite3

    of_models = f"{MODEL_PREFIX}%"
    try:
        with closing(_opened(settings)) as index:
            query = "SELECT DISTINCT task_id FROM artifacts WHERE name LIKE ?"
            return {task for (task,) in index.execute(query, (of_models,))}
    except sqlite3.Error:
        # As above; what is asked for there fails too then, so that no task counts as known.
        return set()


def _path(settings: Settings) -> Path:
    return settings.home / "catalog.sqlite"


def _opened(settings: Settings) -> sqlite3.Connection:
    import sqlite3

    return sqlite3.connect(f"{_path(settings).as_uri()}?mode=ro", uri=True, timeout=1)


def _indexed(values: tuple[Any, ...]) -> Row:
    told = dict(zip(_COLUMNS, values, strict=True))
    described = json.loads(told.pop("described"))
    told["tags"] = json.loads(told["tags"])
    for name in ("started_us", "updated_us", "ended_us"):
        told[name] = told[name] or 0
    return Row(
        **told,
        archived=bool((described.get("archived") or [False])[0]),
        system_tags=(described.get("system_tags") or [[]])[0],
    )


# -- what fits ---------------------------------------------------------------------------------------------------


def _fitting(wanted: Wanted) -> Any:
    projects = _patterns(wanted.projects, exact=wanted.exact)
    names = _patterns(wanted.names, exact=wanted.exact)
    texts = _patterns(wanted.texts, exact=False)

    def fits(row: Row) -> bool:
        return (
            _one_of(projects, row.project)
            and _one_of(names, row.name)
            and (not wanted.statuses or row.status in wanted.statuses)
            and (not wanted.types or row.type in wanted.types)
            and (not wanted.parents or row.parent in wanted.parents)
            and wanted.archived in (None, row.archived)
            and (not texts or any(_one_of(texts, t) for t in (row.name, row.id, row.comment)))
            and tags_fit(wanted.tags, row.tags)
        )

    return fits


def _patterns(texts: Iterable[str], *, exact: bool) -> list[re.Pattern[str]]:
    try:
        return [re.compile(f"^{re.escape(text)}\\Z" if exact else text) for text in texts]
    except re.error as error:
        raise ValueError(f"{error.pattern!r} is not a regular expression: {error}") from None


def _one_of(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return not patterns or any(pattern.search(text) for pattern in patterns)


def tags_fit(wanted: Sequence[str], tags: Sequence[str]) -> bool:
    """Tell whether tags fit: one of those wanted, all after ``__$all``, none that has a ``-`` before it."""
    some: list[str] = []
    every: list[str] = []
    into, forbids_next = some, False
    for tag in wanted:
        if tag in ("__$all", "__$and"):
            into = every
        elif tag in ("__$any", "__$or"):
            into = some
        elif tag == "__$not":
            forbids_next = True
        elif forbids_next or tag.startswith("-"):
            if tag.removeprefix("-") in tags:
                return False
            forbids_next = False
        else:
            into.append(tag)
    return set(every) <= set(tags) and (not some or not set(some).isdisjoint(tags))


# -- the contract's filter ---------------------------------------------------------------------------------------

_ORDERS = {
    "last_update": "updated_us", "last_change": "updated_us", "started": "started_us",
    "created": "started_us", "completed": "ended_us", "name": "name", "status": "status",
    "project": "project", "type": "type", "id": "id",
}  # fmt: skip


def from_filter(task_filter: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the fields of ``Wanted`` that a ``task_filter`` asks for.

    Raises:
        ValueError: it asks for something that is not known of tasks here.
    """
    wanted: dict[str, Any] = {}
    page, size = 0, MOST_FOUND
    for key, value in (task_filter or {}).items():
        if key in ("status", "type", "project", "parent", "id", "tags"):
            name = {"status": "statuses", "project": "projects", "id": "ids", "tags": "tags"}.get(
                key, key + "s"
            )
            wanted[name] = texts_of(value)
        elif key == "name":
            wanted["names"] = texts_of(value)
        elif key == "search_text":
            wanted["texts"] = [re.escape(str(value))]
        elif key in ("_all_", "_any_"):
            wanted["texts"] = [str(value["pattern"])]
        elif key == "system_tags":
            wanted["archived"] = _archived(texts_of(value))
        elif key == "order_by":
            wanted["order_by"] = [_order(text) for text in texts_of(value)]
        elif key in ("page", "page_size"):
            page, size = (int(value), size) if key == "page" else (page, int(value))
        elif key not in ("search_hidden", "only_fields", "_allow_extra_fields_"):
            raise ValueError(f"task_filter does not know {key!r}")
    return wanted | {"offset": page * size, "limit": size}


def texts_of(value: Any) -> list[str]:
    """Return one text or several as a list of texts; members of an enumeration by their value."""
    several = [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
    return [str(getattr(item, "value", item)) for item in several]


def _archived(system_tags: Sequence[str]) -> bool | None:
    if "-archived" in system_tags:
        return False
    return True if "archived" in system_tags else None


def _order(text: str) -> str:
    column = _ORDERS.get(text.lstrip("-"))
    if column is None:
        raise ValueError(f"task_filter cannot order by {text!r}; it can by {', '.join(_ORDERS)}")
    return f"-{column}" if text.startswith("-") else column
