"""``Watch``: what the capture of one library holds for one task, made on and off as a whole."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from stripchart.capture.imports import when_imported
from stripchart.capture.parsing import Parsed, Parses, nearest_package
from stripchart.capture.patch import Observer, Patch, Prepare

log = logging.getLogger("stripchart")

Trouble = Callable[[str, Exception], None]


class Captured(NamedTuple):
    """Say, for the guide, what becomes of one call of a library; a capture module has a tuple ``CAPTURED`` of them."""

    call: str
    becomes: str
    named: str


class Watch:
    """Hold the patches and the waiting imports of one library for one task.

    ``task`` is the ``Task``; the sdk hands it in, as this room lies below that one. ``choice`` is what the user chose
    for the library: ``True``, patterns for names of model files, or a dict of options. ``package`` is the installed
    package that has opened the task, empty where that is a script.
    """

    def __init__(self, framework: str, task: Any, choice: Any, trouble: Trouble) -> None:
        self.framework = framework
        self.task = task
        self.logger = task.get_logger()
        self.choice = choice
        self._trouble = trouble
        self._patches: dict[tuple[int, str], Patch] = {}
        self._undo: list[Callable[[], None]] = []
        self._finish: list[Callable[[], None]] = []
        self._last_parsed: Parsed | None = None
        self.package = nearest_package()
        self.active = True

    def observe(
        self, owner: Any, name: str, observer: Observer, *, prepare: Prepare | None = None
    ) -> None:
        """Have ``observer(result, args, kwargs)`` see each successful call of ``owner.name``; see ``Patch``.

        An owner without that name, or one that lets none be set, is passed over: another version of the library.
        """
        key = (id(owner), name)
        patch = self._patches.get(key) or Patch(
            owner, name, observer, on_error=self.on_error, prepare=prepare
        )
        try:
            patch.apply()
        except (AttributeError, TypeError) as error:
            log.debug("%s: %s.%s cannot be observed: %s", self.framework, owner, name, error)
            return
        self._patches[key] = patch

    def when_imported(self, module: str, callback: Callable[[ModuleType], None]) -> None:
        """Call ``callback(module)`` when a module has been imported, as long as the watch is on."""
        self._undo.append(when_imported(module, callback, on_error=self.on_error))

    def undo_with(self, undo: Callable[[], None]) -> None:
        """Have ``undo`` called when the watch ends: for hooks that are neither patch nor import."""
        self._undo.append(undo)

    def finish_with(self, finish: Callable[[], None]) -> None:
        """Have ``finish`` called before the task closes, while it can still report: for what was held back."""
        self._finish.append(finish)

    def on_error(self, error: Exception) -> None:
        """Note an error of ours; raise it in strict mode."""
        self._trouble(self.framework, error)

    def scalar_at(
        self, title: str, series: str, value: Any, iteration: int, time_s: float | None = None
    ) -> None:
        """Report a point at an iteration of the task's own axis and a wall time in seconds.

        Unlike ``logger.report_scalar`` no initial iteration is added: for libraries whose steps go on after a resume.
        """
        self.logger._report_scalar_at(title, series, value, iteration, time_s)

    def watch_figures(self) -> None:
        """Have the logger remember which figures the script reports by itself: they are not captured again."""
        self.logger._watch_figures()

    def figure_shown(self, figure: Any, title: str, *, is_picture: bool) -> None:
        """Keep a figure of Matplotlib that was shown or saved, as a debug sample where it is a picture.

        Not if it is kept already and has not changed. Its title may be empty; iterations count per title.
        """
        self.logger._figure_shown(figure, title, is_picture=is_picture)

    def plotly_shown(self, content: Any, title: str) -> None:
        """Keep a plotly figure, given as its dict, as ``figure_shown`` does."""
        self.logger._plotly_shown(content, title)

    def follow(self, parses: Parses) -> None:
        """Report what a library that parses command lines parsed last, and what it will."""
        self.undo_with(parses.follow(self))

    def parsed(self, parsed: Parsed) -> None:
        """Report what was parsed, as far as it is the script's own and the user's choice lets it through.

        A process that has joined the task does not: the arguments of the first one are the task's.
        """
        is_own = not parsed.owners.isdisjoint(("", self.package))
        if not is_own or not self.task._leads or parsed == self._last_parsed:
            return
        self._last_parsed = parsed
        self.task._parameters_parsed(*parsed.named(parsed.section, partial(is_chosen, self.choice)))
        if parsed.configuration is not None:
            name, text = parsed.configuration
            self.task.set_configuration_object(name, text, config_type="yaml")

    def model_saved(
        self, path: Any, *, name: str | None = None, iteration: int | None = None
    ) -> None:
        """Record that the library has saved a model, where the user's choice lets its file through.

        What is not the path of something that is there (a buffer, a file that is gone again) is passed over.
        """
        if _is_there(path) and self.keeps(path):
            self.task._model_saved(path, self.framework, name=name, iteration=iteration)

    def model_loaded(self, path: Any, *, name: str | None = None) -> None:
        """Record that the library has loaded a model, as ``model_saved`` does."""
        if _is_there(path) and self.keeps(path):
            self.task._model_loaded(path, self.framework, name=name)

    def keeps(self, path: Any) -> bool:
        """Tell whether the user's choice lets a model file through: no patterns, or one that fits name or path."""
        patterns = [self.choice] if isinstance(self.choice, str) else self.choice
        if isinstance(patterns, bool | Mapping) or patterns is None:
            return True
        names = (Path(path).name, str(path))
        return any(fnmatch(name, str(pattern)) for pattern in patterns for name in names)

    def end(self) -> None:
        """Finish and switch everything off; each part whatever becomes of the others."""
        for action in (*self._finish, *self._undo, *(p.remove for p in self._patches.values())):
            try:
                action()
            except Exception as error:  # noqa: BLE001 - handed to the guard
                self.on_error(error)
        self._finish, self._undo, self._patches = [], [], {}
        self.active = False


def is_chosen(choice: Any, name: str) -> bool:
    """Tell whether a choice lets an argument through: named by all of its name, or by the last part of it.

    What a dict does not name is on, unless its ``*`` says otherwise.
    """
    if not isinstance(choice, Mapping):
        return bool(choice)
    names = (name, re.split(r"[./]", name)[-1], "*")
    return bool(next((choice[n] for n in names if n in choice), True))


def _is_there(path: Any) -> bool:
    if not isinstance(path, str | os.PathLike):
        return False
    return "://" in os.fspath(path) or os.path.exists(path)  # noqa: PTH110 - of bytes too
