"""Classes that are not here can be imported, and say so when they are used."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

import stripchart
from stripchart import UsageError
from stripchart.sdk.absent import INSTEAD

PAGES = ("docs/non-features.md", "docs/reference/compatibility.md")


def test_a_script_that_imports_them_starts() -> None:
    code = f"from stripchart import Task, {', '.join(INSTEAD)}"
    found: dict[str, object] = {}
    exec(code, found)
    assert all(inspect.isclass(found[name]) for name in INSTEAD)
    assert not isinstance(1, found["Dataset"])  # type: ignore[arg-type]
    assert not set(INSTEAD) & set(stripchart.__all__)


@pytest.mark.parametrize("name", INSTEAD)
def test_whatever_is_done_with_one_says_what_to_do_instead(name: str) -> None:
    stand_in = getattr(importlib.import_module("stripchart"), name)
    told = f"^{name} is not part of Stripchart: {INSTEAD[name][:20]}"
    with pytest.raises(UsageError, match=told):
        stand_in(task=None)
    with pytest.raises(UsageError, match=told):
        stand_in.get("x")
    with pytest.raises(UsageError, match=told):
        type("Mine", (stand_in,), {})()


def test_other_names_are_not_there() -> None:
    with pytest.raises(ImportError, match="Modell"):
        exec("from stripchart import Modell")


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_name_them(page: str) -> None:
    text = (Path(__file__).parents[3] / page).read_text()
    assert all(f"`{name}`" in text for name in INSTEAD)
