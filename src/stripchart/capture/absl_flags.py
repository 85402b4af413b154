"""Capture absl's flags, which are one object of the process: read when it has parsed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from stripchart.capture import parsing
from stripchart.capture.parsing import Parses
from stripchart.capture.watch import Captured, Watch

TITLE = "absl flags"
CAPTURED = (
    Captured("`FLAGS(argv)`, `app.run`", "parameters, with type and help", "`TF_DEFINE/<flag>`"),
)
NOTES = """
Flags that installed packages define (absl's own logging flags, for one) are recorded only where the command line gives
them.
"""
SECTION = "TF_DEFINE"

PARSES = Parses()


def begin(watch: Watch, module: ModuleType) -> None:
    """Report the flags if they have been parsed, and when they are."""
    flags = module.FLAGS

    def called(_result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        if args[0] is flags:
            _keep(flags)

    PARSES.observe(type(flags), "__call__", called)
    if flags.is_parsed():
        _keep(flags)
    watch.follow(PARSES)


def _keep(flags: Any) -> None:
    own = {flag.name: flag for flag in _own(flags)}
    values = {name: _value(flag.value) for name, flag in own.items()}
    about = {n: parsing.described(flag.help, _default(flag)) for n, flag in own.items()}
    PARSES.keep(parsing.parsed(SECTION, SECTION, values, frozenset({""}), descriptions=about))


def _own(flags: Any) -> Iterator[Any]:
    """Return the flags that the script defines, and those that were given."""
    for module, defined in flags.flags_by_module_dict().items():
        filename = getattr(sys.modules.get(module), "__file__", None) or ""
        is_own = module not in sys.modules or not parsing.package_of(module, filename)
        yield from (flag for flag in defined if is_own or flag.present)


def _value(value: Any) -> Any:
    """Return a configuration object, such as a ``ConfigDict``, as a dict."""
    to_dict = getattr(value, "to_dict", None)
    return to_dict() if callable(to_dict) else value


def _default(flag: Any) -> Any:
    return flag.default if isinstance(flag.default, str | int | float) else None
