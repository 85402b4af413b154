"""Which libraries are captured: a table of names, so that nothing is imported on anybody's behalf.

A row says under which key of ``auto_connect_frameworks`` a library is switched (or that ``auto_connect_arg_parser``
switches it), with whose import its capture begins, and which module of this package captures it. That module has a
function ``begin(watch, module)``, called with the library's module after its import, and, for the guide, ``TITLE``, a
tuple ``CAPTURED`` and perhaps ``NOTES``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

from stripchart.capture.imports import when_imported
from stripchart.capture.parsing import Encode, encode_with
from stripchart.capture.watch import Trouble, Watch

log = logging.getLogger("stripchart")

ARGUMENTS = "arguments"  # switched by auto_connect_arg_parser


@dataclass(frozen=True, slots=True)
class Library:
    """Name a library's switches, the module to wait for, and the module of ``stripchart.capture`` for it.

    All ``switches`` must be on; the first value among them that says more than that is the user's choice. Of a library
    that ``remembers`` what happens before a task is open is kept: its capture module has a ``remember(module)`` too.
    """

    switches: tuple[str, ...]
    trigger: str
    capture: str
    remembers: bool = False


LIBRARIES: tuple[Library, ...] = (
    Library((ARGUMENTS, "tfdefines"), "absl.flags", "absl_flags"),
    Library((ARGUMENTS,), "argparse", "argparse_parsers", remembers=True),
    Library((ARGUMENTS,), "click.core", "click_commands", remembers=True),
    Library((ARGUMENTS,), "typer._click.core", "click_commands", remembers=True),
    Library((ARGUMENTS,), "fire.core", "fire_components", remembers=True),
    Library(("hydra",), "hydra._internal.hydra", "hydra_jobs", remembers=True),
    Library((ARGUMENTS,), "jsonargparse", "jsonargparse_parsers", remembers=True),
    Library(("matplotlib",), "matplotlib.figure", "matplotlib"),
    Library(("plotly",), "plotly.io._renderers", "plotly"),
    Library(("tensorboard",), "tensorboard.summary.writer.event_file_writer", "tensorboard"),
    Library(("tensorboard",), "tensorboardX.event_file_writer", "tensorboard"),
    Library(("tensorboard",), "tensorboardX.writer", "tensorboard"),
    Library(("tensorboard",), "tensorflow.python.ops.gen_summary_ops", "tensorboard"),
    Library(("tensorboard",), "tensorflow.python.summary.writer.event_file_writer", "tensorboard"),
    Library(
        ("tensorboard",), "tensorflow.python.summary.writer.event_file_writer_v2", "tensorboard"
    ),
    Library(("tensorboard",), "torch.utils.tensorboard.writer", "tensorboard"),
    Library(("catboost",), "catboost", "catboost"),
    Library(("fastai",), "fastai", "fastai"),
    Library(("ignite", "pytorch"), "ignite", "ignite"),
    Library(("joblib", "scikit"), "joblib", "joblib"),
    Library(("keras", "tensorflow"), "keras", "keras"),
    Library(("lightgbm",), "lightgbm", "lightgbm"),
    Library(("lightning", "pytorch"), "lightning.fabric", "fabric"),
    Library(("lightning", "pytorch"), "lightning_fabric", "fabric"),
    Library(("lightning", "pytorch"), "lightning.pytorch", "lightning"),
    Library(("lightning", "pytorch"), "pytorch_lightning", "lightning"),
    Library(("optuna",), "optuna", "optuna"),
    Library(("pytorch",), "torch", "pytorch"),
    Library(("safetensors", "pytorch"), "safetensors", "safetensors"),
    Library(("tensorflow",), "tensorflow", "tensorflow"),
    Library(("transformers",), "transformers", "transformers"),
    Library(("xgboost",), "xgboost", "xgboost"),
)

# Keys of auto_connect_frameworks that scripts give and that are no rows of the table.
OTHER_KEYS = ("detect_repository", "gradio", "megengine")


def remember(encode: Encode) -> None:
    """Begin to keep what command lines are parsed in this process; ``encode`` makes texts of values.

    An error of ours has nobody to be told to before there is a task, and no such library is worth a failing import.
    """
    encode_with(encode)

    def ignore(error: Exception) -> None:
        log.debug("not remembered: %s", error)

    for library in LIBRARIES:
        if library.remembers:
            when_imported(library.trigger, partial(_remember, library), on_error=ignore)


def _remember(library: Library, module: ModuleType) -> None:
    import_module(f"stripchart.capture.{library.capture}").remember(module)


class Captures:
    """Hold the automatic capture of one task."""

    def __init__(self, task: Any, frameworks: Any, arguments: Any, trouble: Trouble) -> None:
        self._task = task
        self._frameworks = frameworks
        self._arguments = arguments
        self._trouble = trouble
        self._watches: list[tuple[Library, Watch]] = []
        self._off: set[str] = set()  # switched off since

    def begin(self) -> None:
        """Begin with each library that is switched on and imported, and with the others when they are."""
        for library in LIBRARIES:
            self._begin(library)

    def switch(self, name: str, *, on: bool) -> None:
        """Switch the libraries under a key off while the task is open, or on again as far as the user chose them."""
        if on != (name in self._off):
            return
        if on:
            self._off.discard(name)
            for library in LIBRARIES:
                if name in library.switches:
                    self._begin(library)
        else:
            self._off.add(name)
            ending = [each for each in self._watches if name in each[0].switches]
            self._watches = [each for each in self._watches if each not in ending]
            for _, watch in ending:
                watch.end()

    def _begin(self, library: Library) -> None:
        choices = [self._choice(switch) for switch in library.switches]
        if False not in choices and self._off.isdisjoint(library.switches):
            self._watch(library, next((c for c in choices if c is not True), True))

    def _choice(self, switch: str) -> Any:
        """Return what the user chose for a switch: what is not named is on, but nothing is in an empty dict."""
        if switch == ARGUMENTS:
            return self._arguments if self._arguments != {} else False
        if isinstance(self._frameworks, Mapping):
            return self._frameworks.get(switch, True) if self._frameworks else False
        return bool(self._frameworks)

    def _watch(self, library: Library, choice: Any) -> None:
        watch = Watch(library.switches[0], self._task, choice, self._trouble)
        self._watches.append((library, watch))

        def begin(module: ModuleType) -> None:
            import_module(f"stripchart.capture.{library.capture}").begin(watch, module)

        watch.when_imported(library.trigger, begin)

    def end(self) -> None:
        """Finish what was held back, and switch all capture of the task off."""
        watches, self._watches = self._watches, []
        for _, watch in watches:
            watch.end()


def unknown_keys(frameworks: Any) -> list[str]:
    """Return the keys of ``auto_connect_frameworks`` that name nothing."""
    if not isinstance(frameworks, Mapping):
        return []
    known = known_keys()
    return sorted(str(key) for key in frameworks if key not in known)


def known_keys() -> list[str]:
    """Return the keys that ``auto_connect_frameworks`` may have."""
    switches = {switch for library in LIBRARIES for switch in library.switches}
    return sorted((switches - {ARGUMENTS}) | set(OTHER_KEYS))
