"""joblib, with which scikit-learn models are kept: what is dumped to files and loaded from them.

``from joblib import dump`` is usual, so what ``dump`` and ``load`` use inside is observed, not these names.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import PurePath
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from stripchart.capture.watch import Captured, Watch
from stripchart.capture.weights import is_model, path_of

TITLE = "scikit-learn and joblib"
CAPTURED = (
    Captured("`joblib.dump` to a path or an open file", "output model", "the file's name"),
    Captured("`joblib.load` from a path or an open file", "input model", "the file's name"),
)
NOTES = """\
Arrays and tables are data, and no models; nor is what `joblib.Memory` caches and `joblib.Parallel` hands to its
workers. What is compressed by a `dump` that was imported by name before `Task.init` is recorded at the next one, or
when the task closes. Metrics of scikit-learn are values that your script computes: report them, or draw them (its
displays are Matplotlib figures).
"""

_HANDED_TO_WORKERS = "joblib_memmapping_folder"
_CACHED = "output.pkl"


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe picklers and unpicklers of joblib."""
    _Observers(watch).observe(module)


class _Observers:
    """See what is written and read; what is compressed is on disk only when ``dump`` has returned."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._compressed: WeakKeyDictionary[Any, str] = WeakKeyDictionary()  # open file: its path
        self._unfinished: list[str] = []

    def observe(self, module: ModuleType) -> None:
        """Begin."""
        inside = module.numpy_pickle
        self._watch.observe(inside, "_write_fileobject", self._opened)
        self._watch.observe(inside.NumpyPickler, "dump", self._written)
        self._watch.observe(inside.NumpyUnpickler, "load", self._read)
        for owner in (module, inside):
            self._watch.observe(owner, "dump", self._finished)
        self._watch.finish_with(self._finish)

    def _opened(self, result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        self._compressed[result] = path_of(args[0])

    def _written(self, _result: None, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        self._finish()
        file, value = args[0].file_handle, args[1]
        is_compressed = file in self._compressed
        path = self._compressed[file] if is_compressed else path_of(file)
        if not is_model(value, path) or _is_of_joblib(path):
            return
        if is_compressed:
            self._unfinished.append(path)
        elif isinstance(file, io.BufferedWriter):
            file.flush()
            self._watch.model_saved(path)

    def _finished(self, _result: Any, _args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        self._finish()

    def _finish(self) -> None:
        while self._unfinished:
            self._watch.model_saved(self._unfinished.pop())

    def _read(self, result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        path = args[0].filename or path_of(args[0].file_handle)
        if is_model(result, path) and not _is_of_joblib(path):
            self._watch.model_loaded(path)


def _is_of_joblib(path: Any) -> bool:
    place = PurePath(path)
    is_handed_over = any(part.startswith(_HANDED_TO_WORKERS) for part in place.parts)
    return is_handed_over or place.name.startswith(_CACHED)
