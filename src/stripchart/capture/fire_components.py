"""Capture what Python Fire calls functions and classes with: known before the call, which may be the whole training.

Fire has no hook there. Its step that parses and calls is shown its arguments first, and they are parsed once more,
with the same functions of Fire's, which change nothing; only parsers of the script's own are not run again.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from stripchart.capture import parsing
from stripchart.capture.parsing import ARGUMENTS_SECTION, Parses
from stripchart.capture.watch import Captured, Watch

TITLE = "Python Fire"
CAPTURED = (
    Captured("`Fire(function)`, `Fire(Class)`", "parameters, with type", "`Args/<parameter>`"),
    Captured(
        "a command of a dict, a class, an object or a module",
        "parameters; and which command it is: True, the others False",
        "`Args/<command>/<parameter>`, `Args/<command>`",
    ),
)
NOTES = "Fire's own flags (those behind `--`) are not recorded."

_ACCESSED = "Accessed property"

PARSES = Parses()


def remember(module: ModuleType) -> None:
    """Keep what is parsed from now on."""

    def prepare(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        _about_to_call(module, *args, **kwargs)

    PARSES.observe(module, "_CallAndUpdateTrace", _ignore, prepare=prepare)


def begin(watch: Watch, module: ModuleType) -> None:
    """Report what was called last, and what will be."""
    remember(module)
    watch.follow(PARSES)


def _ignore(*_: Any) -> None:
    """Nothing is left to see after the call."""


def _about_to_call(
    module: Any,
    component: Any,
    args: list[str],
    component_trace: Any,
    treatment: str = "class",
    **_: Any,
) -> None:
    function = component.__call__ if treatment == "callable" else component
    metadata = dict(module.decorators.GetMetadata(component))
    metadata.pop(module.decorators.FIRE_PARSE_FNS, None)  # the script's own
    try:
        (given, named), *_ = module._MakeParseFn(function, metadata)(list(args))
    except module.FireError:  # Fire is about to find the same
        return
    members = list(_members(component_trace.elements[0].component))
    path = [_name(e.args[0], members) for e in component_trace.elements if e._action == _ACCESSED]
    prefix = "".join(f"{name}/" for name in path)
    values = _bound(module.inspectutils.GetFullArgSpec(function), given, named)
    told = {f"{prefix}{name}": value for name, value in values.items()}
    if path:
        told |= dict.fromkeys(members, False)
        told |= {"/".join(path[: depth + 1]): True for depth in range(len(path))}
    owners = parsing.owners("fire", is_own_line=True)
    PARSES.keep(parsing.parsed((*path, treatment), ARGUMENTS_SECTION, told, owners))


def _bound(spec: Any, given: list[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by the names that the function has for them."""
    values = dict(zip(spec.args, given, strict=False))
    if spec.varargs is not None:
        values[spec.varargs] = given[len(spec.args) :]
    return values | dict(spec.kwonlydefaults or {}) | dict(named)


def _name(given: Any, members: list[str]) -> str:
    """Return a command by its own name: Fire takes ``-`` for ``_``."""
    return str(given) if given in members else str(given).replace("-", "_")


def _members(component: Any) -> Iterable[str]:
    """Return the names of the commands that a component offers, without looking at what they are worth."""
    if isinstance(component, dict):
        return [str(name) for name in component]
    kind = component if inspect.isclass(component) else type(component)
    methods = {n for base in kind.__mro__ for n, value in vars(base).items() if callable(value)}
    return sorted(name for name in methods if not name.startswith("_"))
