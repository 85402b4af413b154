"""Patch: the original runs once and untouched, the observer sees it after success, and removal is honest."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import types
from collections.abc import Mapping
from typing import Any

import pytest

from stripchart.capture.patch import Patch, unobserved


class Library:
    """Stand for somebody else's class."""

    def save(self, path: str, *, times: int = 1) -> str:
        """Save."""
        return path * times

    @staticmethod
    def fixed(value: int) -> int:
        return value

    @classmethod
    def made(cls, value: int) -> tuple[type, int]:
        return cls, value

    async def later(self, value: int) -> int:
        await asyncio.sleep(0)
        return value

    def bad(self) -> None:
        raise KeyError("theirs")


class Seen:
    """Keep what an observer is shown, and its errors."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = []
        self.errors: list[Exception] = []

    def __call__(self, result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.calls.append((result, args, dict(kwargs)))


def on(owner: Any, name: str, observe: Any, errors: list[Exception]) -> Patch:
    patch = Patch(owner, name, observe, on_error=errors.append)
    patch.apply()
    return patch


@pytest.fixture
def library() -> type[Library]:
    return type("Fresh", (Library,), dict(vars(Library)))


@pytest.fixture
def seen() -> Seen:
    return Seen()


def test_a_method_is_observed_and_looks_the_same(library: type[Library], seen: Seen) -> None:
    before = library.__dict__["save"]
    patch = on(library, "save", seen, seen.errors)
    thing = library()
    assert thing.save("a", times=2) == "aa"
    assert seen.calls == [("aa", (thing, "a"), {"times": 2})]
    assert inspect.signature(library.save) == inspect.signature(before)
    assert library.save.__doc__ == "Save."
    patch.remove()
    assert library.__dict__["save"] is before


def test_kinds_of_methods_are_kept(library: type[Library], seen: Seen) -> None:
    patches = [on(library, n, seen, seen.errors) for n in ("fixed", "made", "later")]
    assert library.fixed(1) == library().fixed(1) == 1
    assert library.made(2) == (library, 2)
    assert inspect.iscoroutinefunction(library.later)
    assert asyncio.run(library().later(3)) == 3
    assert [call[0] for call in seen.calls] == [1, 1, (library, 2), 3]
    for patch in patches:
        patch.remove()
    assert isinstance(library.__dict__["fixed"], staticmethod)


def test_the_originals_error_is_untouched_and_not_observed(
    library: type[Library], seen: Seen
) -> None:
    on(library, "bad", seen, seen.errors)
    with pytest.raises(KeyError, match="theirs") as caught:
        library().bad()
    assert caught.value.__context__ is None
    assert (seen.calls, seen.errors) == ([], [])


def test_an_observers_error_is_told_and_does_not_switch_it_off(library: type[Library]) -> None:
    errors: list[Exception] = []

    def observe(*_: Any) -> None:
        raise RuntimeError("ours")

    on(library, "save", observe, errors)
    assert [library().save("a"), library().save("b")] == ["a", "b"]
    assert [str(error) for error in errors] == ["ours", "ours"]


def test_what_an_observer_does_is_not_observed(library: type[Library], seen: Seen) -> None:
    def observe(*shown: Any) -> None:
        seen(*shown)
        library().fixed(1)

    on(library, "fixed", seen, seen.errors)
    on(library, "save", observe, seen.errors)
    library().save("a")
    with unobserved():
        library().save("b")
    assert [call[0] for call in seen.calls] == ["a"]


def test_a_call_inside_an_original_is_observed(library: type[Library], seen: Seen) -> None:
    def outer(self: Library) -> str:
        return self.save("inner")

    library.outer = outer  # type: ignore[attr-defined]
    on(library, "outer", seen, seen.errors)
    on(library, "save", seen, seen.errors)
    library().outer()  # type: ignore[attr-defined]
    assert len(seen.calls) == 2


def test_an_inherited_name_is_given_back_by_deleting(seen: Seen) -> None:
    class Heir(Library):
        pass

    patch = on(Heir, "save", seen, seen.errors)
    assert Heir().save("a") == Library().save("a")
    assert len(seen.calls) == 1
    patch.remove()
    assert "save" not in vars(Heir)


def test_a_name_wrapped_again_is_left_and_inert(library: type[Library], seen: Seen) -> None:
    patch = on(library, "save", seen, seen.errors)
    ours = library.save

    def theirs(self: Library, path: str) -> str:
        return ours(self, path)

    library.save = theirs  # type: ignore[method-assign, assignment]
    patch.remove()
    assert library.__dict__["save"] is theirs
    assert library().save("a") == "a"
    assert seen.calls == []


def test_on_off_on_wraps_once(library: type[Library], seen: Seen) -> None:
    patch = on(library, "save", seen, seen.errors)
    patch.apply()
    patch.remove()
    patch.apply()
    library().save("a")
    assert len(seen.calls) == 1


def test_attributes_of_the_original_do_not_leak(seen: Seen) -> None:
    module = types.ModuleType("module")

    def function() -> int:
        return 1

    function.marker = True  # type: ignore[attr-defined]
    module.function = function  # type: ignore[attr-defined]
    on(module, "function", seen, seen.errors)
    assert module.function() == 1
    assert not hasattr(module.function, "marker")


def test_a_patched_method_pickles(seen: Seen) -> None:
    patch = on(Library, "save", seen, seen.errors)
    try:
        assert pickle.loads(pickle.dumps(Library.save)) is Library.save
    finally:
        patch.remove()


def test_a_missing_name_is_refused(library: type[Library], seen: Seen) -> None:
    with pytest.raises(AttributeError):
        on(library, "missing", seen, seen.errors)
