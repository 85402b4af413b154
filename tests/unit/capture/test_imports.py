"""``when_imported``: called after a real import, in every order, with the import itself untouched."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from stripchart.capture import imports
from stripchart.capture.imports import when_imported


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    before, waiting = set(sys.modules), dict(imports._waiting)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]
    assert imports._waiting == waiting, "a test left somebody waiting"


class Told:
    """Keep who was called back with what."""

    def __init__(self) -> None:
        self.modules: list[ModuleType] = []
        self.errors: list[Exception] = []
        self.value: Any = None

    def __call__(self, module: ModuleType) -> None:
        self.modules.append(module)
        self.value = getattr(module, "value", None)


def test_a_later_import_is_told_after_it_has_executed(home: Path) -> None:
    (home / "later_a.py").write_text("loader = __loader__\nvalue = 1\n")
    told = Told()
    cancel = when_imported("later_a", told, on_error=told.errors.append)
    assert told.modules == []
    module = importlib.import_module("later_a")
    assert told.modules == [module]
    assert told.value == 1
    # The module sees the loader that it would have without us, while it executes and after.
    assert type(module.loader) is importlib.machinery.SourceFileLoader
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__ is module.loader
    cancel()


def test_what_has_been_imported_is_told_at_once(home: Path) -> None:
    (home / "early.py").write_text("value = 2\n")
    module = importlib.import_module("early")
    told = Told()
    when_imported("early", told, on_error=told.errors.append)()
    assert told.modules == [module]


@pytest.mark.parametrize(
    "statement", ["from pack import sub", "import pack.sub", "import pack.sub as s"]
)
def test_a_submodule_is_told_whatever_the_statement(home: Path, statement: str) -> None:
    (home / "pack").mkdir()
    (home / "pack" / "__init__.py").touch()
    (home / "pack" / "sub.py").write_text("value = 3\n")
    told = Told()
    cancel = when_imported("pack.sub", told, on_error=told.errors.append)
    exec(statement, {})
    assert [m.__name__ for m in told.modules] == ["pack.sub"]
    cancel()


def test_half_way_modules_are_told_when_they_are_complete(home: Path) -> None:
    (home / "half.py").write_text("import half_inner\nvalue = 4\n")
    (home / "half_inner.py").write_text(
        "import builtins\nbuiltins._stripchart_begin()\nleft = None\n"
    )
    told = Told()
    cancels: list[Any] = []

    def begin() -> None:
        cancels.append(when_imported("half", told, on_error=told.errors.append))
        assert told.modules == [], "it was told in the midst of the import"

    import builtins

    builtins._stripchart_begin = begin  # type: ignore[attr-defined]
    try:
        module = importlib.import_module("half")
    finally:
        del builtins._stripchart_begin  # type: ignore[attr-defined]
    assert told.modules == [module]
    assert told.value == 4
    assert type(module.__spec__) is importlib.machinery.ModuleSpec
    for cancel in cancels:
        cancel()


def test_who_asks_twice_in_the_midst_is_told_once_each(home: Path) -> None:
    (home / "twice.py").write_text("import builtins\nbuiltins._stripchart_begin()\nvalue = 5\n")
    first, second = Told(), Told()
    cancels = [when_imported("twice", first, on_error=first.errors.append)]
    import builtins

    builtins._stripchart_begin = lambda: cancels.append(  # type: ignore[attr-defined]
        when_imported("twice", second, on_error=second.errors.append)
    )
    try:
        importlib.import_module("twice")
    finally:
        del builtins._stripchart_begin  # type: ignore[attr-defined]
    assert (len(first.modules), len(second.modules)) == (1, 1)
    assert first.value == second.value == 5
    for cancel in cancels:
        cancel()


def test_an_import_that_fails_fails_as_ever_and_may_be_tried_again(home: Path) -> None:
    (home / "broken.py").write_text("raise KeyError('theirs')\n")
    told = Told()
    cancel = when_imported("broken", told, on_error=told.errors.append)
    with pytest.raises(KeyError, match="theirs"):
        importlib.import_module("broken")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("broken_too")
    (home / "broken.py").write_text("value = 6666\n")
    importlib.invalidate_caches()
    importlib.import_module("broken")
    assert told.value == 6666
    cancel()


def test_an_error_of_ours_does_not_reach_the_import(home: Path) -> None:
    (home / "fine.py").write_text("value = 7\n")
    errors: list[Exception] = []

    def fail(_: ModuleType) -> None:
        raise RuntimeError("ours")

    cancel = when_imported("fine", fail, on_error=errors.append)
    assert importlib.import_module("fine").value == 7
    assert [str(error) for error in errors] == ["ours"]
    cancel()


def test_a_reload_is_told_again_and_a_cancelled_wait_is_not(home: Path) -> None:
    (home / "again.py").write_text("value = 8\n")
    told, cancelled = Told(), Told()
    cancel = when_imported("again", told, on_error=told.errors.append)
    when_imported("again", cancelled, on_error=told.errors.append)()
    module = importlib.import_module("again")
    importlib.reload(module)
    assert told.modules == [module, module]
    assert cancelled.modules == []
    cancel()


def test_looking_for_a_module_imports_nothing_and_shows_a_loader_that_works(home: Path) -> None:
    (home / "looked.py").write_text("value = 9\n")
    told = Told()
    cancel = when_imported("looked", told, on_error=told.errors.append)
    spec = importlib.util.find_spec("looked")
    assert spec is not None
    loader: Any = spec.loader
    assert loader.get_source("looked") == "value = 9\n"
    assert "looked" not in sys.modules
    assert told.modules == []
    cancel()


def test_many_threads_import_one_module_and_it_is_told_once(home: Path) -> None:
    (home / "slow.py").write_text("import time\ntime.sleep(0.05)\nvalue = 10\n")
    told = Told()
    cancel = when_imported("slow", told, on_error=told.errors.append)
    threads = [threading.Thread(target=importlib.import_module, args=("slow",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told.modules) == 1
    cancel()
