"""Learn what an argument parser makes of the command line, with nothing of the script's run but small functions.

A parser that has parsed does not say so, and its defaults are not what the script runs with. So the command line is
read once more, by a likeness of the parser: one that opens no files, prints nothing and never exits.
"""

from __future__ import annotations

import argparse
import copy
import sys
from types import FunctionType
from typing import Any, NoReturn

_PLAIN = (int, float, str, bool, complex)


class Unread(ValueError):
    """Raised where the command line is none for the parser."""


def values_of(parser: argparse.ArgumentParser) -> tuple[dict[str, Any], list[str]]:
    """Return what the command line gives a parser's arguments, and the names of those that only the script can tell.

    These are what actions of the script's own make. Of a type that is neither plain nor a function, such as
    ``FileType``, the value is the text as given.

    Raises:
        Unread: the parser would refuse the command line.
    """
    likeness = _Likeness(parser)
    try:
        values = vars(likeness.parse_known_args(sys.argv[1:])[0])
    except (Exception, SystemExit) as error:
        raise Unread(f"the command line cannot be read: {error}") from error
    untold = sorted(name for name, value in values.items() if isinstance(value, _Given))
    return {name: value for name, value in values.items() if name not in untold}, untold


class _Given:
    """Stand for what an action of the script's own made."""


class _Untold(argparse.Action):
    """Take the place of an action of the script's own."""

    def __call__(self, _parser: Any, namespace: Any, _values: Any, _option: Any = None) -> None:
        setattr(namespace, self.dest, _Given())


class _Likeness(argparse.ArgumentParser):
    """Parse as another parser does."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        super().__init__(
            prog=parser.prog,
            add_help=False,
            prefix_chars=parser.prefix_chars,
            fromfile_prefix_chars=parser.fromfile_prefix_chars,
            argument_default=parser.argument_default,
            conflict_handler="resolve",
            allow_abbrev=parser.allow_abbrev,
        )
        self._defaults = dict(parser._defaults)
        for action in parser._actions:
            if not isinstance(action, argparse._HelpAction | argparse._VersionAction):
                self._add_action(_like(action))

    def error(self, message: str) -> NoReturn:
        """Refuse without a word on stderr."""
        raise Unread(message)


def _like(action: argparse.Action) -> argparse.Action:
    if isinstance(action, argparse._SubParsersAction):
        subparsers: Any = copy.copy(action)
        made = {name: _Likeness(parser) for name, parser in action._name_parser_map.items()}
        subparsers._name_parser_map = subparsers.choices = made
        subparsers.required = False
        return subparsers  # type: ignore[no-any-return]
    if type(action).__module__ != "argparse":
        return _Untold(
            action.option_strings, action.dest, nargs=action.nargs, default=action.default
        )
    made_alike = copy.copy(action)
    made_alike.required = False
    if action.type not in (None, *_PLAIN) and not isinstance(action.type, FunctionType):
        made_alike.type = made_alike.choices = None
    return made_alike
