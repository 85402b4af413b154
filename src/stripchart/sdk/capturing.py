"""Switch the automatic capture of libraries on with a task, and off before its journal closes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from stripchart.capture import registry
from stripchart.capture.registry import Captures, known_keys, unknown_keys
from stripchart.capture.watch import is_chosen
from stripchart.sdk import guard, parameters
from stripchart.settings import ENVIRONMENT_PREFIX

if TYPE_CHECKING:
    from stripchart.sdk.task import Task

_ENVIRONMENT_SECTION = "Environment"


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold what is captured: ``auto_connect_frameworks`` and ``auto_connect_arg_parser`` of ``Task.init``."""

    frameworks: Any = True
    arguments: Any = True

    def text(self) -> str:
        """Write the choice for the environment of child processes."""
        return json.dumps([_plain(self.frameworks), _plain(self.arguments)], default=str)


def choice_of(text: str) -> Choice:
    """Read what ``Choice.text`` wrote; nothing is captured where it is not that."""
    try:
        frameworks, arguments = json.loads(text)
    except (TypeError, ValueError):
        return Choice(False, False)
    return Choice(frameworks, arguments)


def begin(task: Task, choice: Choice) -> None:
    """Begin to capture for a task, until its session closes."""
    session = task._session

    def trouble(library: str, error: Exception) -> None:
        guard.handle(error, session.losses, f"capture-{library}", tell_later=True)

    if task._leads:
        # No error: the original takes any name, and scripts are to run with the import changed.
        for key in unknown_keys(choice.frameworks):
            where = guard.user_line()
            session.losses.note("capture", _told_of(key), lost=False, where=where, reason=key)
        _record_environment(task, choice)
    captures = Captures(task, choice.frameworks, choice.arguments, trouble)
    _of_open_tasks[task.id] = captures

    def end() -> None:
        _of_open_tasks.pop(task.id, None)
        captures.end()

    session.on_closing.append(end)
    captures.begin()


def _told_of(key: str) -> str:
    from difflib import get_close_matches

    known = known_keys()
    like = get_close_matches(key.lower(), known, n=1)
    hint = f"did you mean {like[0]!r}?" if like else f"there are {', '.join(known)}"
    return (
        f"auto_connect_frameworks: {key!r} is the name of no framework and switches nothing; {hint}"
    )


def switch(task: Task, name: str, *, on: bool) -> None:
    """Switch the capture of a library off for a task that is open, or on again as it was chosen for it."""
    captures = _of_open_tasks.get(task.id)
    if captures is not None:
        captures.switch(name, on=on)


def _record_environment(task: Task, choice: Choice) -> None:
    """Record the environment variables that a setting names."""
    patterns = [p.strip() for p in task._session.settings.capture_environment.split(",")]
    values = {
        name: value
        for name, value in sorted(os.environ.items())
        if any(fnmatchcase(name, pattern) for pattern in patterns if pattern)
        and not name.startswith(ENVIRONMENT_PREFIX)
        and choice.arguments != {}
        and is_chosen(choice.arguments, name)
    }
    if values:
        task._set(values, _ENVIRONMENT_SECTION)


_of_open_tasks: dict[str, Captures] = {}

registry.remember(parameters.flatten)


def _plain(choice: Any) -> Any:
    return dict(choice) if isinstance(choice, Mapping) else choice
