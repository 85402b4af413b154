"""Capture what jsonargparse parses, its command-line interfaces and ``LightningCLI`` included."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from types import CodeType, ModuleType
from typing import Any

from stripchart.capture import parsing
from stripchart.capture.parsing import ARGUMENTS_SECTION, Parses
from stripchart.capture.watch import Captured, Watch

TITLE = "jsonargparse and LightningCLI"
CAPTURED = (
    Captured(
        "`parse_args`, `parse_object`, `parse_env`, `parse_path`, `parse_string`, `CLI`, `LightningCLI`",
        "parameters, with type and help",
        "`Args/<dotted.key>`",
    ),
    Captured(
        "a sub-command, such as `fit`", "parameters", "`Args/subcommand`, `Args/fit.<dotted.key>`"
    ),
)

_PARSING = ("parse_args", "parse_object", "parse_env", "parse_path", "parse_string")
_INTERFACE = "jsonargparse._cli"

PARSES = Parses()


def remember(module: ModuleType) -> None:
    """Keep what is parsed from now on."""
    parser = module.ArgumentParser
    codes = parsing.codes_of(parser, *_PARSING)

    def observe(result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        _parsed(codes, args[0], result)

    for name in _PARSING:
        PARSES.observe(parser, name, observe)


def begin(watch: Watch, module: ModuleType) -> None:
    """Report what was parsed last, and what will be."""
    remember(module)
    watch.follow(PARSES)


def _parsed(codes: frozenset[CodeType], parser: Any, result: Any) -> None:
    # Parsers parse within parsers, and to check or to instantiate what has been parsed.
    if parsing.is_nested(codes) or _is_for_itself():
        return
    owners = parsing.owners("jsonargparse", parser=parser, is_own_line=True)
    about = {
        action.dest: parsing.described(action.help, None)
        for action in parser._actions
        if action.help and action.help != "==SUPPRESS=="
    }
    values = {n: v for n, v in result.items() if not n.rpartition(".")[2].startswith("__")}
    told = {name: text for name, text in about.items() if name in values and text}
    key = weakref.ref(parser)
    PARSES.keep(parsing.parsed(key, ARGUMENTS_SECTION, values, owners, descriptions=told))


def _is_for_itself() -> bool:
    caller = parsing.nearest_module()
    return caller.partition(".")[0] == "jsonargparse" and caller != _INTERFACE
