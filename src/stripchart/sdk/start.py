"""Decide what ``Task.init`` starts: a new task, or another attempt of one that is in the home.

A task is never wiped to be used again, whatever ``reuse_last_task_id`` asks: its points stay, and the new attempt
is drawn over them (``docs/adr/0007-a-task-is-never-wiped.md``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from stripchart.sdk import lookup
from stripchart.sdk.capturing import Choice
from stripchart.sdk.errors import UsageError
from stripchart.sdk.monitoring import Monitoring
from stripchart.sdk.session import new_task_id
from stripchart.settings import Settings

_STREAMS = frozenset({"stdout", "stderr", "logging", "descriptors"})
_TASK_ID = re.compile(r"[0-9a-f]{32}")


class TaskTypes(Enum):
    """Name what a task is for."""

    training = "training"
    testing = "testing"
    inference = "inference"
    data_processing = "data_processing"
    application = "application"
    monitor = "monitor"
    controller = "controller"
    optimizer = "optimizer"
    service = "service"
    qc = "qc"
    custom = "custom"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Hold the checked arguments of ``Task.init``; ``None`` where none was given."""

    project: str | None
    name: str | None
    task_type: TaskTypes
    tags: list[str] | None
    reuse_last_task_id: bool | str
    continue_last_task: bool | str | int
    streams: frozenset[str]
    monitoring: Monitoring
    capture: Choice


@dataclass(frozen=True, slots=True)
class Plan:
    """Say which task and attempt to start, and what is added to its iterations."""

    task_id: str
    attempt: int = 0
    offset: int = 0
    is_new: bool = True


def under(settings: Settings, request: Request) -> Request:
    """Return the request with what settings say where the script has left the default."""
    captured = request.streams
    if not settings.capture_console and captured == streams(True):
        captured = frozenset()
    if settings.capture_descriptors and captured == streams(True):
        captured |= {"descriptors"}
    chosen = request.monitoring
    if settings.monitor_whole_machine:
        chosen = replace(chosen, whole_machine=True)
    capture = request.capture
    if not settings.capture_frameworks and capture == Choice():
        capture = Choice(False, False)
    return replace(request, streams=captured, monitoring=chosen, capture=capture)


def beside(wanted: frozenset[str], of_parent: frozenset[str]) -> frozenset[str]:
    """Return what a child captures of its streams: what it prints into captured descriptors its parent records."""
    return wanted - {"stdout", "stderr", "descriptors"} if "descriptors" in of_parent else wanted


def plan(settings: Settings, request: Request, project: str, name: str) -> Plan:
    """Find what a request asks for.

    Raises:
        UsageError: an id is none, or is not in this home.
    """
    goes_on = request.continue_last_task
    ids = [i for i in (goes_on, request.reuse_last_task_id) if isinstance(i, str)]
    if not ids and goes_on is not False:
        from stripchart.sdk import searching

        last = searching.last_of(settings, project, name, request.task_type.value)
        ids = [last] if last is not None else []
    if not ids:
        return Plan(new_task_id())
    check_exists(settings, ids[0])
    task_dir = settings.task_dir(ids[0])
    offset = 0
    if isinstance(goes_on, int) and not isinstance(goes_on, bool):
        offset = goes_on
    elif goes_on is not False:
        highest = lookup.last_iteration(task_dir)
        offset = 0 if highest is None else highest + 1
    return Plan(ids[0], lookup.last_attempt(task_dir) + 1, offset, is_new=False)


def check_exists(settings: Settings, task_id: str) -> None:
    """Check that the home has the task.

    Raises:
        UsageError: it has not, or the text is no task id.
    """
    if not _TASK_ID.fullmatch(task_id):
        raise UsageError(f"{task_id!r} is not a task id (32 hexadecimal digits)")
    if not (settings.task_dir(task_id) / "journal").is_dir():
        raise UsageError(f"there is no task {task_id} in the home {str(settings.home)!r}")


def to_type(task_type: TaskTypes | str | None) -> TaskTypes:
    """Convert what was given as task type.

    Raises:
        ValueError: there is no such type.
    """
    if isinstance(task_type, TaskTypes):
        return task_type
    try:
        return TaskTypes(task_type or "training")
    except ValueError:
        known = ", ".join(t.value for t in TaskTypes)
        raise ValueError(f"task_type {task_type!r} is none of {known}") from None


def check_switch(name: str, value: Any, *also: type) -> None:
    """Check an argument that is a bool or a mapping.

    Raises:
        TypeError: it is neither.
    """
    if not isinstance(value, (bool, Mapping, *also)):
        raise TypeError(f"{name} must be True, False or a dict, got {type(value).__name__}")


def streams(auto_connect_streams: bool | Mapping[str, bool]) -> frozenset[str]:
    """Return which of ``stdout``, ``stderr``, ``logging`` and ``descriptors`` to capture.

    Raises:
        TypeError, ValueError: it is not a bool or dict, or names another stream.
    """
    check_switch("auto_connect_streams", auto_connect_streams)
    if not isinstance(auto_connect_streams, Mapping):
        return frozenset({"stdout", "stderr"} if auto_connect_streams else ())
    unknown = set(auto_connect_streams) - _STREAMS
    if unknown:
        known = ", ".join(sorted(_STREAMS))
        raise ValueError(f"auto_connect_streams knows {known}, not {unknown}")
    return frozenset(key for key, wanted in auto_connect_streams.items() if wanted)
