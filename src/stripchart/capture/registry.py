"""Which libraries are captured: a table of names, so that nothing is imported on anybody's behalf.

A row says under which key of ``auto_connect_frameworks`` a library is switched (or that ``auto_connect_arg_parser``
switches it), with whose import its capture begins, and which module of this package captures it. That module has a
function ``begin(watch, module)``, called with the library's module after its import, and, for the guide, ``TITLE``, a
tuple ``CAPTURED`` and perhaps ``NOTES``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from stripchart.capture.watch import Trouble, Watch

ARGUMENTS = "arguments"  # switched by auto_connect_arg_parser


@dataclass(frozen=True, slots=True)
class Library:
    """Name a library's switches, the module to wait for, and the module of ``stripchart.capture`` for it.

    All ``switches`` must be on; the first one's value is the user's choice.
    """

    switches: tuple[str, ...]
    trigger: str
    capture: str


LIBRARIES: tuple[Library, ...] = ()

# Keys of auto_connect_frameworks that scripts give and that are no rows of the table.
OTHER_KEYS = ("detect_repository", "gradio", "megengine", "tfdefines")


class Captures:
    """Hold the automatic capture of one task."""

    def __init__(self, task: Any, frameworks: Any, arguments: Any, trouble: Trouble) -> None:
        self._task = task
        self._frameworks = frameworks
        self._arguments = arguments
        self._trouble = trouble
        self._watches: list[Watch] = []

    def begin(self) -> None:
        """Begin with each library that is switched on and imported, and with the others when they are."""
        for library in LIBRARIES:
            choices = [self._choice(switch) for switch in library.switches]
            if False not in choices:
                self._watch(library, choices[0])

    def _choice(self, switch: str) -> Any:
        """Return what the user chose for a switch: what is not named is on, but nothing is in an empty dict."""
        if switch == ARGUMENTS:
            return self._arguments if self._arguments != {} else False
        if isinstance(self._frameworks, Mapping):
            return self._frameworks.get(switch, True) if self._frameworks else False
        return bool(self._frameworks)

    def _watch(self, library: Library, choice: Any) -> None:
        watch = Watch(library.switches[0], self._task, choice, self._trouble)
        self._watches.append(watch)

        def begin(module: ModuleType) -> None:
            import_module(f"stripchart.capture.{library.capture}").begin(watch, module)

        watch.when_imported(library.trigger, begin)

    def end(self) -> None:
        """Finish what was held back, and switch all capture of the task off."""
        watches, self._watches = self._watches, []
        for watch in watches:
            watch.end()


def unknown_keys(frameworks: Any) -> list[str]:
    """Return the keys of ``auto_connect_frameworks`` that name nothing."""
    if not isinstance(frameworks, Mapping):
        return []
    known = {switch for library in LIBRARIES for switch in library.switches} | set(OTHER_KEYS)
    return sorted(str(key) for key in frameworks if key not in known)
