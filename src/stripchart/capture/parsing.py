"""What command lines were parsed in this process, from the import of this package on, for the tasks that come.

A script parses its arguments before it opens a task as often as after. So the libraries that parse are observed as
soon as both they and this package are imported; what each parsed last is kept as texts, because the values may change
or hold files open, and each task that follows is told it.

Libraries parse too: a test runner, a launcher, a helper that is given a list. Only what is the script's own is told.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any, NamedTuple, Protocol

from stripchart.capture.patch import Observer, Patch, Prepare

ARGUMENTS_SECTION = "Args"

# An interpreter that holds its library within itself has no such file; its modules are ``<frozen``.
_STANDARD_LIBRARY = getattr(os, "__file__", f"<none>{os.sep}").rpartition(os.sep)[0] + os.sep
_PROGRAMS = (sys.executable or os.sep).rpartition(os.sep)[0]
_INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
_PACKAGE = __name__.partition(".")[0]
_MOST_KEPT = 64

Encode = Callable[[Mapping[Any, Any]], tuple[dict[str, str], dict[str, str]]]


class Parsed(NamedTuple):
    """Hold what was parsed at once: texts, type names and descriptions by name, and whose it is.

    What is parsed later under the same ``key`` replaces it. ``owners`` are the installed packages that it may belong
    to, the empty name meaning code that is not installed. ``configuration`` is a name and a text in YAML.
    """

    key: Any
    section: str
    texts: Mapping[str, str]
    types: Mapping[str, str]
    descriptions: Mapping[str, str]
    owners: frozenset[str]
    configuration: tuple[str, str] | None = None

    def named(
        self, section: str, wanted: Callable[[str], bool] = lambda _: True
    ) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Return texts, types and descriptions by full name, of the names that are wanted."""
        texts, types, descriptions = (
            {f"{section}/{name}": text for name, text in told.items() if wanted(name)}
            for told in (self.texts, self.types, self.descriptions)
        )
        return texts, types, descriptions


class Follower(Protocol):
    """Be told what was parsed, and what went wrong with it; a ``Watch`` is one."""

    def parsed(self, parsed: Parsed) -> None:
        """Take what was parsed."""

    def on_error(self, error: Exception) -> None:
        """Take an error of an observer's."""


@dataclass(slots=True)
class _Encoding:
    """Hold how values become texts; the sdk, which lies above this room, hands it in."""

    encode: Encode | None = None


_encoding = _Encoding()


def encode_with(encode: Encode) -> None:
    """Say how values become texts: ``encode(values)`` returns texts and type names by full name."""
    _encoding.encode = encode


def parsed(
    key: Any,
    section: str,
    values: Mapping[str, Any],
    owners: frozenset[str],
    *,
    descriptions: Mapping[str, str] | None = None,
    configuration: tuple[str, str] | None = None,
) -> Parsed:
    """Return values as they are now; nested dicts, namespaces and dataclasses become names joined with ``/``."""
    assert _encoding.encode is not None
    texts, types = _encoding.encode({name: plain(value) for name, value in values.items()})
    return Parsed(key, section, texts, types, descriptions or {}, owners, configuration)


def plain(value: Any) -> Any:
    """Return namespaces and instances of dataclasses as dicts, and files by their names."""
    kind = type(value)
    if kind.__name__ == "Namespace" or hasattr(kind, "__dataclass_fields__"):
        names = getattr(kind, "__dataclass_fields__", None) or vars(value)
        return {name: plain(getattr(value, name, None)) for name in names}
    if kind is dict:
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, io.IOBase):
        return str(getattr(value, "name", value))
    return [plain(inner) for inner in value] if kind is list else value


@dataclass(slots=True)
class Parses:
    """Keep what one library parsed last, by key, and tell those who follow."""

    _kept: dict[Any, Parsed] = field(default_factory=dict)
    _followers: list[Follower] = field(default_factory=list)
    _patches: dict[tuple[int, str], Patch] = field(default_factory=dict)
    _errors: list[Exception] = field(default_factory=list)

    def observe(
        self, owner: Any, name: str, observer: Observer, *, prepare: Prepare | None = None
    ) -> None:
        """Have ``observer`` see each successful call of ``owner.name``, for as long as the process lives."""
        key = (id(owner), name)
        if key in self._patches or not hasattr(owner, name):  # another version of the library
            return
        self._patches[key] = patch = Patch(
            owner, name, observer, on_error=self._on_error, prepare=prepare
        )
        patch.apply()

    def _on_error(self, error: Exception) -> None:
        if not self._followers:
            del self._errors[_MOST_KEPT:]
            self._errors.append(error)
        for follower in list(self._followers):
            follower.on_error(error)

    def keep(self, parsed: Parsed) -> None:
        """Keep what was parsed, and tell it."""
        self._kept.pop(parsed.key, None)
        self._kept[parsed.key] = parsed
        for oldest in list(self._kept)[:-_MOST_KEPT]:
            self._kept.pop(oldest, None)
        for follower in list(self._followers):
            follower.parsed(parsed)

    def get(self, key: Any) -> Parsed | None:
        """Return what was kept last under a key."""
        return self._kept.get(key)

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Tell all that is kept, and what comes; returns what ends it."""
        self._followers.append(follower)
        errors, self._errors = self._errors, []
        for error in errors:
            follower.on_error(error)
        for parsed in list(self._kept.values()):
            follower.parsed(parsed)

        def leave() -> None:
            if follower in self._followers:
                self._followers.remove(follower)

        return leave


# -- whose it is -----------------------------------------------------------------------------------------------


def owners(through: str, *, parser: Any = None, is_own_line: bool) -> frozenset[str]:
    """Return whose the parse is that goes on: packages, and the empty name for code that is not installed.

    The command line of the process belongs to all that call; another list to the nearest caller only, beyond the
    modules of the package ``through`` and the methods of ``parser``.
    """
    found = set()
    for frame in _callers():
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] == through or (
            parser is not None and frame.f_locals.get("self") is parser
        ):
            continue
        found.add(package_of(name, frame.f_code.co_filename))
        if not is_own_line:
            break
    return frozenset(found)


def owner_of(function: Any) -> frozenset[str]:
    """Return whose a function is."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    filename = code.co_filename if isinstance(code, CodeType) else ""
    return frozenset({package_of(getattr(function, "__module__", None) or "", filename)})


def nearest_package() -> str:
    """Return the package that calls this one, an empty name where it is not installed."""
    frame = next(_callers(), None)
    return "" if frame is None else package_of(nearest_module(), frame.f_code.co_filename)


def nearest_module() -> str:
    """Return the module that calls this package."""
    frame = next(_callers(), None)
    return "" if frame is None else str(frame.f_globals.get("__name__", ""))


def package_of(module: str, filename: str) -> str:
    """Return the name of the installed package that a module belongs to, an empty one where it is not installed."""
    is_installed = (
        filename.startswith(("<frozen ", _STANDARD_LIBRARY))
        or any(part in filename for part in _INSTALLED)
        or filename.rpartition(os.sep)[0] == _PROGRAMS
    )
    return module.partition(".")[0] if is_installed else ""


def is_nested(codes: Iterable[CodeType]) -> bool:
    """Tell whether the call that was observed was made by one of these functions: that one is what the user called."""
    wanted = set(codes)
    return any(frame.f_code in wanted for frame in _callers())


def codes_of(owner: type, *names: str) -> frozenset[CodeType]:
    """Return the code of methods as their library has them."""
    found = set()
    for name in names:
        method = getattr(owner, name, None)
        while hasattr(method, "__wrapped__"):
            method = method.__wrapped__  # type: ignore[union-attr]
        code = getattr(method, "__code__", None)
        if isinstance(code, CodeType):
            found.add(code)
    return frozenset(found)


def _callers() -> Iterator[FrameType]:
    """Go up the stack from the first frame outside this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] != _PACKAGE:
            yield frame
        frame = frame.f_back


def described(help_text: Any, default: Any) -> str:
    """Return a description with the default in it, in one line."""
    words = " ".join(help_text.split()) if isinstance(help_text, str) else ""
    if default is None or default == "" or "default" in words.lower():
        return words
    return f"{words} (default: {default})".strip()
