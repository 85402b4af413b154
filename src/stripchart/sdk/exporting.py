"""A task as one dict of plain data, and a task made of such a dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from stripchart.query.models import Told, is_of_a_model, models_of
from stripchart.records import (
    ArtifactStored,
    ConfigurationSet,
    ParametersSet,
    PropertiesSet,
    Record,
    StatusChanged,
    TaskDescribed,
)
from stripchart.sdk import chronicle, lookup, parameters
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.settings import Settings

VERSION = 1
_REPORTED = ("user", "last_worker", "last_iteration", "last_metrics")  # known, and not exported


def exported(task_id: str, told: chronicle.Described) -> dict[str, Any]:
    """Return what is known of a task, but for what it reported, as plain data that ``records`` takes back."""
    return {
        "version": VERSION,
        "id": task_id,
        "name": told.name,
        "project": told.project,
        "project_name": told.project,
        "type": told.type,
        "tags": list(told.tags),
        "system_tags": [*told.system_tags, *(["archived"] if told.archived else [])],
        "comment": told.comment,
        "parent": told.parent or None,
        "status": told.status,
        "status_reason": told.status_reason,
        "status_message": told.status_message,
        "progress": told.progress,
        "created": _moment(told.started_us),
        "started": _moment(told.started_us),
        "completed": _moment(told.ended_us),
        "last_update": _moment(told.updated_us),
        "initial_iteration": told.initial_iteration,
        "hyperparams": _sections(told),
        "configuration": {n: _plain(c) for n, c in told.configurations.items()},
        "user_properties": {n: dict(p) for n, p in told.properties.items()},
        "artifacts": {
            n: msgspec.to_builtins(a) for n, a in told.artifacts.items() if not is_of_a_model(n)
        },
        "models": [_model(model) for model in models_of(told.artifacts.values())],
    }


def records(task_data: Mapping[str, Any]) -> list[Record]:
    """Return the records that say what an exported dict says; what a task reported is not among it.

    Raises:
        ValueError: the dict is none of a task.
    """
    time_us = now_us()
    tags = task_data.get("system_tags")
    made: list[Record] = [
        TaskDescribed(
            time_us=time_us,
            project=task_data.get("project_name") or task_data.get("project"),
            name=task_data.get("name"),
            type=task_data.get("type"),
            tags=task_data.get("tags"),
            comment=task_data.get("comment"),
            parent=task_data.get("parent"),
            archived=None if tags is None else "archived" in tags,
            system_tags=None if tags is None else [t for t in tags if t != "archived"],
            progress=task_data.get("progress"),
        )
    ]
    values: dict[str, str] = {}
    types: dict[str, str] = {}
    for section, named in (task_data.get("hyperparams") or {}).items():
        for name, told in named.items():
            full = f"{section}/{name}" if section else name
            is_told = isinstance(told, Mapping) and "value" in told
            values[full] = parameters.to_text(told["value"] if is_told else told)
            types[full] = str(told.get("type", "")) if is_told else type(told).__name__
    made.append(ParametersSet(time_us=time_us, values=values, types=types))
    for name, kept in (task_data.get("configuration") or {}).items():
        made.append(ConfigurationSet(time_us=time_us, name=name, **kept))
    properties = task_data.get("user_properties") or {}
    made.append(PropertiesSet(time_us=time_us, values=properties))
    try:
        return [msgspec.convert(msgspec.to_builtins(each), type(each)) for each in made]
    except (msgspec.ValidationError, TypeError) as error:
        raise ValueError(f"this is no exported task: {error}") from None


def status_record(task_data: Mapping[str, Any]) -> StatusChanged:
    """Return the record that gives an imported task the status that was exported; one in progress has stopped.

    Raises:
        ValueError: there is no such status.
    """
    status = task_data.get("status") or "created"
    told = {
        "kind": "status",
        "time_us": now_us(),
        "attempt": 0,
        "status": "stopped" if status == "in_progress" else status,
        "reason": task_data.get("status_reason") or "",
        "message": task_data.get("status_message") or "",
    }
    try:
        return msgspec.convert(told, StatusChanged)
    except msgspec.ValidationError as error:
        raise ValueError(f"this is no exported task: {error}") from None


def fields(settings: Settings, task_id: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Return chosen fields of an exported task and of what it reported, dots leading inside.

    What is not there inside a field is ``None``; see ``check_fields`` for the fields there are.
    """
    task_dir = settings.task_dir(task_id)
    described = chronicle.describe(task_dir)
    told = exported(task_id, described) | {
        "user": described.user,
        "last_worker": described.host,
        "project.name": described.project,
        "user.name": described.user,
    }
    heads = {name.partition(".")[0] for name in wanted}
    if "last_iteration" in heads:
        told["last_iteration"] = lookup.last_iteration(task_dir) or 0
    if "last_metrics" in heads:
        from stripchart.sdk import reading

        told["last_metrics"] = reading.last_metrics(task_dir)
    return {"id": task_id} | {
        name: told[name] if name in told else _inside(told, name) for name in wanted
    }


def check_fields(wanted: Sequence[str]) -> None:
    """Check that there are fields of these names.

    Raises:
        ValueError: there is none of one of them.
    """
    known = {*exported("", chronicle.Described()), *_REPORTED}
    for name in wanted:
        if str(name).partition(".")[0] not in known:
            raise ValueError(f"a task has no field {name!r}; it has {', '.join(sorted(known))}")


def _inside(value: Any, name: str) -> Any:
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    if isinstance(value, Mapping) and set(value) == {"value", "type", "description"}:
        return value["value"]
    return value


def _sections(told: chronicle.Described) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for full, value in told.parameters.items():
        section, _, name = full.partition("/") if "/" in full else ("", "", full)
        found.setdefault(section, {})[name] = {
            "value": value,
            "type": told.parameter_types.get(full, ""),
            "description": told.parameter_descriptions.get(full, ""),
        }
    return found


def _model(told: Told[ArtifactStored]) -> dict[str, Any]:
    known = {"id": told.id, "role": told.role, "name": told.name}
    weights = None if told.weights is None else msgspec.to_builtins(told.weights)
    return known | {"facts": dict(told.facts), "weights": weights}


def _plain(kept: ConfigurationSet) -> dict[str, str]:
    return {"text": kept.text or "", "type": kept.type, "description": kept.description}


def _moment(time_us: int | None) -> str | None:
    return None if not time_us else datetime.fromtimestamp(time_us / 1e6, UTC).isoformat()
