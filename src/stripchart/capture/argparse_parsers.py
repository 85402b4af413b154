"""Capture what ``argparse`` parses, and so what is made of it: its parsers' last results, as arguments.

The methods of ``ArgumentParser`` call one another, and a sub-parser is called by its parser: the outermost call is
what the script asked for, and the only one that is kept.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from stripchart.capture import parsing
from stripchart.capture.parsing import ARGUMENTS_SECTION, Parsed, Parses
from stripchart.capture.watch import Captured, Watch

if TYPE_CHECKING:
    import argparse

TITLE = "argparse"
CAPTURED = (
    Captured(
        "`parse_args`, `parse_known_args`, `parse_intermixed_args`, `parse_known_intermixed_args`",
        "parameters, with type, help and default",
        "`Args/<dest>`",
    ),
    Captured("a sub-parser without a `dest`", "a parameter: what was chosen", "`Args//<title>`"),
)
NOTES = """
Parsing before `Task.init` counts too, as long as `stripchart` has been imported before it; each parser's last result
is kept. Parsers that libraries run for themselves (a test runner, a launcher) are left out: what counts is the command
line of the process, parsed by the script or on its behalf, or a list that the script itself hands to `parse_args`.
Processes that join a task do not repeat the arguments of its first one.
"""

_PARSING = (
    "parse_args",
    "parse_known_args",
    "parse_intermixed_args",
    "parse_known_intermixed_args",
)

PARSES = Parses()
OPTIONS: dict[str, str] = {}  # which argument an option is for, of the parsers that have parsed
_chosen = threading.local()  # of sub-parsers without a dest, what this thread's last parse chose


def remember(module: ModuleType) -> None:
    """Keep what is parsed from now on."""
    codes = parsing.codes_of(module.ArgumentParser, *_PARSING)
    sub_parsers = module._SubParsersAction

    def observe(result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        _parsed(codes, result, args, kwargs)

    for name in _PARSING:
        PARSES.observe(module.ArgumentParser, name, observe)
    PARSES.observe(sub_parsers, "__call__", _chose)


def begin(watch: Watch, module: ModuleType) -> None:
    """Report what was parsed last, and what will be."""
    remember(module)
    watch.follow(PARSES)


def last_of(parser: argparse.ArgumentParser) -> Parsed | None:
    """Return what a parser parsed last, ``None`` where it has not been seen to."""
    return PARSES.get(weakref.ref(parser))


def _chose(_result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
    action, values = args[0], args[3]
    names = _chosen.__dict__.setdefault("names", {})
    names[id(action)] = str(values[0])


def _parsed(
    codes: frozenset[CodeType], result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    parser, given = args[0], args[1] if len(args) > 1 else kwargs.get("args")
    if parsing.is_nested(codes) or _is_of(parser, "jsonargparse"):
        return
    chosen = _chosen.__dict__.pop("names", {})
    namespace = result[0] if isinstance(result, tuple) else result
    # Into an object of the script's own, which may hold other things too, only the arguments are looked for.
    is_plain = type(namespace).__name__ == "Namespace"
    values = dict(vars(namespace)) if is_plain else _of(namespace, parser._defaults)
    descriptions = {}
    for action in _actions(parser, values, chosen):
        descriptions[action.dest] = _described(parser, action)
        OPTIONS.update(dict.fromkeys(action.option_strings, action.dest))
        if action.dest not in values:
            values.update(_of(namespace, [action.dest]))
    is_own_line = given is None or (bool(given) and list(given) == sys.argv[1:])
    PARSES.keep(
        parsing.parsed(
            weakref.ref(parser),
            ARGUMENTS_SECTION,
            values,
            parsing.owners("argparse", parser=parser, is_own_line=is_own_line),
            descriptions={name: text for name, text in descriptions.items() if text},
        ),
    )


def _of(namespace: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(namespace, name) for name in names if hasattr(namespace, name)}


def _is_of(parser: Any, package: str) -> bool:
    """Tell whether a parser is of a package that captures its own."""
    return any(base.__module__.partition(".")[0] == package for base in type(parser).__mro__)


def _actions(
    parser: Any, values: dict[str, Any], chosen: Mapping[int, str]
) -> Iterator[argparse.Action]:
    """Return the actions of a parser and of the sub-parsers that were chosen; adds these to ``values``."""
    unnamed = 0
    for action in parser._actions:
        if type(action).__name__ != "_SubParsersAction":
            yield action
            continue
        name = chosen.get(id(action)) or values.get(action.dest)
        if action.dest == "==SUPPRESS==":
            unnamed += 1
            title = parser._subparsers.title if parser._subparsers is not None else None
            is_titled = title and title not in ("positional arguments", "subcommands")
            if name is not None:
                values[f"/{title if is_titled else f'subparser{unnamed}'}"] = [name]
        else:
            yield action
        if name in action.choices:
            yield from _actions(action.choices[name], values, chosen)


def _described(parser: Any, action: argparse.Action) -> str:
    default = None if action.default == "==SUPPRESS==" else action.default
    if not isinstance(action.help, str) or action.help == "==SUPPRESS==":
        return parsing.described("", default)
    try:
        text = parser._get_formatter()._expand_help(action)
    except Exception:  # noqa: BLE001 - a text that is no format, a formatter of the script's own
        text = action.help
    return parsing.described(text, default)
