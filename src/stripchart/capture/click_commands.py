"""Capture what click and Typer parse: the context that each command is given, made before the command runs.

Typer brings a click of its own; both are the same here. A command that was entered before this package was imported
is found through click's current context.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from stripchart.capture import parsing
from stripchart.capture.parsing import ARGUMENTS_SECTION, Parses
from stripchart.capture.watch import Captured, Watch

TITLE = "click and Typer"
CAPTURED = (
    Captured("a command alone", "parameters, with type, help and default", "`Args/<option>`"),
    Captured("the options of a group", "parameters", "`Args/<option>`"),
    Captured(
        "a group's command",
        "parameters; and which command it is: True, the others False",
        "`Args/<command>/<option>`, `Args/<command>`",
    ),
)
NOTES = """
What is asked for with `hide_input` (a password) is not recorded. Commands that are not the script's own, such as a web
server's that runs it, are left out.
"""

PARSES = Parses()


def remember(module: ModuleType) -> None:
    """Keep what is parsed from now on."""
    PARSES.observe(module.Command, "make_context", _made)


def begin(watch: Watch, module: ModuleType) -> None:
    """Report what the commands that run were given, and what others will be."""
    remember(module)
    current = sys.modules[f"{module.__name__.removesuffix('.core')}.globals"]
    context = current.get_current_context(silent=True)
    for each in reversed(list(_up(context))):
        if PARSES.get(_path(each)) is None:
            _keep(each)
    watch.follow(PARSES)


def _made(context: Any, _args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
    if not context.resilient_parsing:  # else a shell asks for completions
        _keep(context)


def _keep(context: Any) -> None:
    path = _path(context)
    prefix = "".join(f"{name}/" for name in path[1:])
    command = context.command
    hidden = {p.name for p in command.params if getattr(p, "hide_input", False)}
    values = {n: v for n, v in context.params.items() if n not in hidden}
    told: dict[str, Any] = {f"{prefix}{name}": value for name, value in values.items()}
    told |= {f"{prefix}{name}": False for name in getattr(command, "commands", ())}
    if prefix:
        told[prefix.removesuffix("/")] = True
    about = {f"{prefix}{p.name}": _described(p) for p in command.params if p.name in values}
    parsed = parsing.parsed(
        path,
        ARGUMENTS_SECTION,
        told,
        _owners(context),
        descriptions={name: text for name, text in about.items() if text},
    )
    PARSES.keep(parsed)


def _up(context: Any) -> Iterator[Any]:
    while context is not None:
        yield context
        context = context.parent


def _path(context: Any) -> tuple[str, ...]:
    """Return the names of the commands that lead to a context, the program's first."""
    return tuple(str(c.command.name or c.info_name) for c in reversed(list(_up(context))))


def _owners(context: Any) -> frozenset[str]:
    """Return whose the commands are: the ones that lead here, and those that they lead to."""
    commands = [c.command for c in _up(context)]
    commands += getattr(context.command, "commands", {}).values()
    callbacks = [c.callback for c in commands if c.callback is not None]
    return frozenset[str]().union(*(parsing.owner_of(callback) for callback in callbacks))


def _described(parameter: Any) -> str:
    default = getattr(parameter, "default", None)
    plain = default if isinstance(default, str | int | float) else None
    return parsing.described(getattr(parameter, "help", None), plain)
