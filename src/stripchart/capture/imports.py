"""``when_imported``: be called once a module has been imported, whenever that is, and import nothing for it.

A finder in front of ``sys.meta_path`` lets the others find the module and puts a loader around theirs. That loader
gives the module its own back before it executes (the module never sees ours), and calls back after it has executed.
A module that is half-way through its import when somebody asks is called back for when it is complete.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

Callback = Callable[[ModuleType], None]

_waiting: dict[str, tuple[_Waiter, ...]] = {}
_executing: set[str] = (
    set()
)  # modules that our loader executes: who waits for one is told after that
_lock = threading.RLock()
_searching = threading.local()


class _Waiter:
    """Hold who is to be told."""

    def __init__(self, callback: Callback, on_error: Callable[[Exception], None]) -> None:
        self._callback = callback
        self._on_error = on_error
        self.cancelled = False

    def tell(self, module: ModuleType) -> None:
        """Call back; an error must not become one of the script's import."""
        if self.cancelled:
            return
        try:
            self._callback(module)
        except Exception as error:  # noqa: BLE001 - the one who waits says what an error of theirs means
            self._on_error(error)


def when_imported(
    name: str, callback: Callback, *, on_error: Callable[[Exception], None]
) -> Callable[[], None]:
    """Call ``callback(module)`` once the module ``name`` (dotted) has been imported; at once if it has been.

    It is called again when the module is reloaded. Its errors go to ``on_error``. Returns what cancels it.
    """
    waiter = _Waiter(callback, on_error)
    with _lock:
        _waiting[name] = (*_waiting.get(name, ()), waiter)
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)
        module = sys.modules.get(name)
        is_told_later = module is None or name in _executing or _tell_when_complete(module, waiter)
    if module is not None and not is_told_later:
        waiter.tell(module)

    def cancel() -> None:
        waiter.cancelled = True
        with _lock:
            left = tuple(other for other in _waiting.get(name, ()) if other is not waiter)
            if left:
                _waiting[name] = left
            else:
                _waiting.pop(name, None)
            if not _waiting and _finder in sys.meta_path:
                sys.meta_path.remove(_finder)

    return cancel


class _Finder:
    """Put a loader of ours around that of a module somebody waits for."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _waiting or fullname in getattr(_searching, "names", ()):
            return None
        _searching.names = (*getattr(_searching, "names", ()), fullname)
        try:
            spec = _found_by_others(fullname, path, target)
        finally:
            _searching.names = _searching.names[:-1]
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
        return spec


def _found_by_others(
    name: str, path: Sequence[str] | None, target: ModuleType | None
) -> importlib.machinery.ModuleSpec | None:
    for finder in list(sys.meta_path):
        find = getattr(finder, "find_spec", None)
        if finder is not _finder and find is not None:
            spec: importlib.machinery.ModuleSpec | None = find(name, path, target)
            if spec is not None:
                return spec
    return None


class _Loader:
    """Load as another loader does, then call back."""

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs

    # Who asks for a module's spec without importing it is given this loader, and may ask what kind it is.
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._theirs)

    def __repr__(self) -> str:
        return repr(self._theirs)

    def __getattr__(self, name: str) -> Any:  # get_code, get_resource_reader, path …
        return getattr(self._theirs, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._theirs.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._theirs
        module.__loader__ = self._theirs
        name = module.__name__
        with _lock:
            _executing.add(name)
        try:
            self._theirs.exec_module(module)
        except BaseException:
            _executing.discard(name)
            raise
        with _lock:
            _executing.discard(name)
            waiters = _waiting.get(name, ())
        for waiter in waiters:
            waiter.tell(sys.modules.get(name, module))  # a module may replace itself


# -- modules that are half-way through their import when somebody begins to wait ------------------------------


class _WatchedSpec(importlib.machinery.ModuleSpec):
    """Stand for the spec of such a module, and notice the end of its import.

    The import system then sets ``_initializing`` to False, in the thread that imports.
    """

    @property
    def _initializing(self) -> bool:
        return bool(self.__dict__["_initializing"])

    @_initializing.setter
    def _initializing(self, value: bool) -> None:
        self.__dict__["_initializing"] = value
        if value:
            return
        waiters = self.__dict__.pop("_waiters")
        self.__class__ = importlib.machinery.ModuleSpec  # type: ignore[assignment]
        module = sys.modules.get(self.name)
        if module is not None:  # else its import has failed
            for waiter in waiters:
                waiter.tell(module)


def _tell_when_complete(module: ModuleType, waiter: _Waiter) -> bool:
    """See that a module that is half-way is told of later; False if it is complete."""
    spec = getattr(module, "__spec__", None)
    if not getattr(spec, "_initializing", False):
        return False
    if type(spec) is importlib.machinery.ModuleSpec:
        spec.__dict__["_waiters"] = []
        spec.__class__ = _WatchedSpec
    if not isinstance(spec, _WatchedSpec):
        return False
    spec.__dict__["_waiters"].append(waiter)
    return True


_finder = _Finder()


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - another thread of the parent may have held it
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
