"""Turn task states into rows of the catalog and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import sqlite

from stripchart.query.filters import number_of
from stripchart.records import MONITOR_PREFIX
from stripchart.store import catalog_tables as tables
from stripchart.store.catalog_filtering import among
from stripchart.store.catalog_state import (
    ENDED,
    ArtifactState,
    AttemptState,
    Conclusion,
    ConfigurationState,
    CostState,
    MetricState,
    NoteState,
    ParameterState,
    TaskState,
    WriterState,
    tags_of,
    verdict,
)

Rows = list[dict[str, Any]]
Named = tuple[str, str]  # kind and key of a row of names
_NAMING = frozenset({"key", "name", "number", "clock_us", "writer"})


def save(connection: Connection, states: Sequence[TaskState], named: Set[Named]) -> set[Named]:
    """Write the changed parts of the states; ``named`` are keys of names that stand there, those added come back."""
    rows: dict[str, Rows] = {table.name: [] for table in tables.DERIVED}
    for state in states:
        _gather(state, rows)
    fresh = {(r["kind"], r["key"]): r for r in rows["names"] if (r["kind"], r["key"]) not in named}
    rows["names"] = list(fresh.values())
    for table in tables.DERIVED:
        if table is tables.tags:
            _replace_tags(connection, states)
        elif table is not tables.tasks:
            _upsert(connection, table, rows[table.name])
    # Last, because a task's iteration is read from its metrics.
    iterations = _iterations(connection, states)
    _upsert(connection, tables.tasks, [_task_row(state, iterations) for state in states])
    return set(fresh)


def load(connection: Connection, tasks: Sequence[str]) -> dict[str, TaskState]:
    """Read the states of tasks; an empty one of each that is unknown."""
    states = {task: TaskState(task) for task in tasks}
    columns = tables.tasks.c
    found = select(columns.id, columns.described).where(among(connection, columns.id, tasks))
    for task, described in connection.execute(found):
        for field, (value, *clock) in (described or {}).items():
            states[task].described[field] = (value, (clock[0], clock[1]))
    for task, row in _rows_of(connection, tables.attempts, tasks):
        states[task].attempts[row["number"]] = _attempt(row)
    for task, row in _rows_of(connection, tables.writers, tasks):
        states[task].writers[row["writer"]] = WriterState(**row)
    for task, row in _rows_of(connection, tables.parameters, tasks):
        name, fields = _clocked(row)
        states[task].parameters[name] = ParameterState(**fields)
    for task, row in _rows_of(connection, tables.properties, tasks):
        name, fields = _clocked(row)
        states[task].properties[name] = ParameterState(**fields)
    for task, row in _rows_of(connection, tables.configurations, tasks):
        name, fields = _clocked(row)
        states[task].configurations[name] = ConfigurationState(**fields)
    for task, row in _rows_of(connection, tables.artifacts, tasks):
        settled = row.pop("settled")
        name, fields = _clocked(row)
        states[task].artifacts[name, settled] = ArtifactState(**fields)
    for task, row in _rows_of(connection, tables.notes, tasks):
        place = (row.pop("writer"), row.pop("code"))
        states[task].notes[place] = NoteState(**row)
    for task, row in _rows_of(connection, tables.costs, tasks):
        writer = row.pop("writer")
        states[task].costs[writer] = CostState(**row)
    return states


def _rows_of(
    connection: Connection, table: Table, tasks: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the task and the rest of each row of these tasks."""
    found = connection.execute(select(table).where(among(connection, table.c.task_id, tasks)))
    names = list(found.keys())
    for values in found:
        row = dict(zip(names, values, strict=True))  # a third of what a mapping of a row costs
        yield row.pop("task_id"), row


def _clocked(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name in a row and the fields of its state."""
    fields = {name: value for name, value in row.items() if name not in _NAMING}
    return row["name"], fields | {"clock": (row["clock_us"], row["writer"])}


def _gather(state: TaskState, rows: Mapping[str, Rows]) -> None:
    task = {"task_id": state.id}
    for number in state.changed_attempts:
        rows["attempts"].append(task | _attempt_row(state.attempts[number]))
    for writer in state.changed_writers:
        rows["writers"].append(task | _fields(state.writers[writer], _WRITER_FIELDS))
    for name in state.changed_parameters:
        parameter = state.parameters[name]
        rows["parameters"].append(
            task | _named_row(name, parameter) | {"number": number_of(parameter.value)}
        )
        rows["names"].append(_name_row("parameter", tables.name_key(name), name))
    for name in state.changed_properties:
        rows["properties"].append(task | _named_row(name, state.properties[name]))
    for name in state.changed_configurations:
        rows["configurations"].append(task | _named_row(name, state.configurations[name]))
    for name, settled in state.changed_artifacts:
        row = _named_row(name, state.artifacts[name, settled])
        rows["artifacts"].append(task | row | {"settled": settled})
    for writer, code in state.changed_notes:
        place = {"writer": writer, "code": code}
        rows["notes"].append(task | place | asdict(state.notes[writer, code]))
    for writer in state.changed_costs:
        rows["costs"].append(task | {"writer": writer} | asdict(state.costs[writer]))
    for writer, number, title, series in state.new_series:
        declared = {"writer": writer, "title": title, "series": series}
        rows["declared"].append(task | declared | {"number": number})
    for metric in state.changed_metrics.values():
        row = _metric_row(metric)
        rows["metrics"].append(task | row)
        rows["names"].append(_name_row("metric", row["key"], metric.title, metric.series))


def _name_row(kind: str, key: str, name: str, series: str = "") -> dict[str, Any]:
    # As the filter language writes it; SQLite compares a text only up to its first NUL.
    text = f"{name}/{series}" if kind == "metric" else name
    sought = text.casefold().replace("\0", " ")
    return {"kind": kind, "key": key, "name": name, "series": series, "search_text": sought}


def _replace_tags(connection: Connection, states: Sequence[TaskState]) -> None:
    changed = [state for state in states if state.changed_task]
    if not changed:
        return
    table = tables.tags
    ids = [state.id for state in changed]
    connection.execute(table.delete().where(among(connection, table.c.task_id, ids)))
    rows = [
        {"task_id": state.id, "place": place, "tag": tag}
        for state in changed
        for place, tag in enumerate(dict.fromkeys(tags_of(state)))
    ]
    if rows:
        connection.execute(table.insert(), rows)


_METRIC_FIELDS = tuple(MetricState.__dataclass_fields__)
_WRITER_FIELDS = tuple(WriterState.__dataclass_fields__)


def _fields(state: MetricState | WriterState, names: Sequence[str]) -> dict[str, Any]:
    # Not `asdict`: its deep copies are half of the time that it takes to save very many.
    return {name: getattr(state, name) for name in names}


def _metric_row(metric: MetricState) -> dict[str, Any]:
    row = _fields(metric, _METRIC_FIELDS)
    row["key"] = tables.metric_key(metric.title, metric.series)
    row["monitor"] = metric.title.startswith(MONITOR_PREFIX)
    return row


def _named_row(
    name: str, state: ParameterState | ConfigurationState | ArtifactState
) -> dict[str, Any]:
    row = asdict(state)
    row["clock_us"], row["writer"] = row.pop("clock")
    return row | {"key": tables.name_key(name), "name": name}


_SOURCES = ("own", "observed", "vanished")


def _attempt_row(attempt: AttemptState) -> dict[str, Any]:
    found = verdict(attempt)
    said: dict[str, Any] = {
        source: asdict(conclusion)
        for source in _SOURCES
        if (conclusion := getattr(attempt, source)) is not None
    }
    said["opened"] = attempt.opened
    said["environment_clocks"] = attempt.environment_clocks
    return {
        "number": attempt.number,
        "started_us": attempt.started_us,
        "ended_us": _ended_us(found),
        "status": "in_progress" if found is None else found.status,
        "reason": "" if found is None else found.reason,
        "message": "" if found is None else found.message,
        "initial_iteration": attempt.initial_iteration,
        "environment": attempt.environment,
        "said": said,
    }


def _attempt(row: dict[str, Any]) -> AttemptState:
    said = row["said"]
    clocks = {key: (us, writer) for key, (us, writer) in said["environment_clocks"].items()}
    return AttemptState(
        number=row["number"],
        started_us=row["started_us"],
        initial_iteration=row["initial_iteration"],
        opened=said["opened"],
        environment=row["environment"],
        environment_clocks=clocks,
        **{source: msgspec.convert(said.get(source), Conclusion | None) for source in _SOURCES},
    )


def _ended_us(found: Conclusion | None) -> int | None:
    return found.time_us if found is not None and found.status in ENDED else None


def _task_row(state: TaskState, iterations: Mapping[str, int]) -> dict[str, Any]:
    latest = state.attempts[max(state.attempts)] if state.attempts else None
    found = verdict(latest) if latest is not None else None
    environment = latest.environment if latest is not None else {}
    described = {field: value for field, (value, _) in state.described.items()}
    name, project = described.get("name") or "", described.get("project") or ""
    tags = tags_of(state)
    # What people say of it on the page is no sign of life.
    heard = [writer.heard_us for writer in state.writers.values() if writer.role != "page"]
    return {
        "id": state.id,
        "project": project,
        "name": name,
        "type": described.get("type") or "",
        "tags": tags,
        "comment": described.get("comment") or "",
        "parent": described.get("parent") or "",
        "status": _status(latest, found),
        "status_reason": "" if found is None else found.reason,
        "status_message": "" if found is None else found.message,
        "user": str(environment.get("user") or ""),
        "host": str(environment.get("host") or _first_host(state)),
        "started_us": min((a.started_us for a in state.attempts.values()), default=None),
        "updated_us": max(heard, default=None),
        "ended_us": _ended_us(found),
        "iteration": iterations.get(state.id),
        "attempts": len(state.attempts),
        "lost": sum(note.count for note in state.notes.values() if note.lost),
        "archived": bool(described.get("archived")),
        # SQLite compares a text only up to its first NUL.
        "search_text": "\n".join([name, project, *tags, state.id]).casefold().replace("\0", " "),
        "described": {field: [value, *clock] for field, (value, clock) in state.described.items()},
    }


def _status(latest: AttemptState | None, found: Conclusion | None) -> str:
    if found is not None:
        return found.status
    return "unknown" if latest is None else "in_progress"


def _first_host(state: TaskState) -> str:
    return state.writers[min(state.writers)].host if state.writers else ""


def _iterations(connection: Connection, states: Sequence[TaskState]) -> dict[str, int]:
    """Return the highest iteration of each task, of its metrics that are not of the machine.

    Of the metrics that changed where they reach what the task had before, as they do while it runs; all are asked
    only where one may have fallen back, hidden by a later attempt. A task may have a million.
    """
    tasks = tables.tasks
    these = among(connection, tasks.c.id, [state.id for state in states])
    found = connection.execute(select(tasks.c.id, tasks.c.iteration).where(these))
    before: dict[str, int | None] = {row.id: row.iteration for row in found}
    highest: dict[str, int] = {}
    unsure = []
    for state in states:
        changed = [m.high for m in state.changed_metrics.values() if _is_own(m)]
        high = max((high for high in changed if high is not None), default=None)
        known = before.get(state.id)
        if known is None or (changed and (high is None or high < known)):
            unsure.append(state.id)
        else:
            highest[state.id] = known if high is None else high
    return highest | _highest(connection, unsure)


def _is_own(metric: MetricState) -> bool:
    return not metric.title.startswith(MONITOR_PREFIX)


def _highest(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    metrics = tables.metrics
    found = (
        select(metrics.c.task_id, func.max(metrics.c.high))
        .where(among(connection, metrics.c.task_id, ids), metrics.c.monitor.is_(False))
        .group_by(metrics.c.task_id)
    )
    return {task: high for task, high in connection.execute(found) if high is not None}


def _upsert(connection: Connection, table: Table, rows: Rows) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in keys]
    # One statement in two dialects: SQLAlchemy has no common word for it.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # a tenth of a second that others do not pay

        postgres = postgresql.insert(table)
        fresh = {name: postgres.excluded[name] for name in others}
        connection.execute(postgres.on_conflict_do_update(index_elements=keys, set_=fresh), rows)
    else:
        lite = sqlite.insert(table)
        fresh = {name: lite.excluded[name] for name in others}
        connection.execute(lite.on_conflict_do_update(index_elements=keys, set_=fresh), rows)
