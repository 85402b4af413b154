"""A watch: what it sets up is switched on and off as a whole, in every order, for one task after another."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from stripchart import Task
from stripchart.capture import registry
from stripchart.capture.registry import Library
from stripchart.capture.watch import Watch

LIBRARY = """
class Model:
    def save(self, path):
        return path
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a library on the path, and a capture of it into the registry."""
    (tmp_path / "their_library.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)
    capture = ModuleType("stripchart.capture.of_theirs")
    capture.begin = _begin  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "stripchart.capture.of_theirs", capture)
    row = Library(("theirs",), "their_library", "of_theirs")
    monkeypatch.setattr(registry, "LIBRARIES", (row,))
    yield
    sys.modules.pop("their_library", None)


def _begin(watch: Watch, module: ModuleType) -> None:
    def saved(_result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        watch.logger.report_single_value(args[1], 1.0)

    watch.observe(module.Model, "save", saved)
    watch.observe(module.Model, "of_another_version", saved)
    watch.finish_with(lambda: watch.logger.report_single_value("finished", 1.0))


def _save(name: str) -> None:
    import their_library  # type: ignore[import-not-found]

    assert their_library.Model().save(name) == name


def _init(name: str = "task", **options: Any) -> Task:
    return Task.init("p", name, **options)


def test_imported_before_and_after_and_again(library: None) -> None:
    task = _init("first")
    _save("a")  # imported while the task is open
    task.close()
    _save("between")
    second = _init("second")
    _save("b")  # imported before the task was opened
    second.close()
    _save("after")
    assert task.get_reported_single_values() == {"a": 1.0, "finished": 1.0}
    assert second.get_reported_single_values() == {"b": 1.0, "finished": 1.0}
    import their_library

    assert type(their_library.Model.save).__name__ == "function"
    assert their_library.Model.save.__code__.co_filename.endswith("their_library.py")


@pytest.mark.parametrize("choice", [False, {}, {"theirs": False}])
def test_switched_off_nothing_is_set_up(library: None, choice: Any) -> None:
    task = _init(auto_connect_frameworks=choice)
    _save("a")
    import their_library

    assert their_library.Model.save.__code__.co_filename.endswith("their_library.py")
    task.close()
    assert task.get_reported_single_values() == {}


@pytest.mark.parametrize("choice", [True, {"theirs": True}, {"matplotlib": False}])
def test_what_is_not_named_is_on(library: None, choice: Any) -> None:
    task = _init(auto_connect_frameworks=choice)
    _save("a")
    task.close()
    assert task.get_reported_single_values() == {"a": 1.0, "finished": 1.0}


def test_the_setting_switches_off_where_the_script_is_silent(
    library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPCHART_CAPTURE_FRAMEWORKS", "false")
    task = _init()
    _save("a")
    task.close()
    assert task.get_reported_single_values() == {}


@pytest.mark.parametrize(
    ("choice", "path", "kept"),
    [
        (True, "/a/model.pt", True),
        ("*.pt", "/a/model.pt", True),
        ("*.pt", "/a/model.bin", False),
        (["*.h5", "/a/*"], Path("/a/model.bin"), True),
        ([], "/a/model.pt", False),
        ({"report_hparams": False}, "/a/model.pt", True),
    ],
)
def test_patterns_choose_model_files(choice: Any, path: Any, kept: bool) -> None:
    task = _init(auto_connect_frameworks=False)
    watch = Watch("theirs", task, choice, lambda *_: None)
    assert watch.keeps(path) is kept
    task.close()
