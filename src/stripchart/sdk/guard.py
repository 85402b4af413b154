"""The one guard: contain our errors, name the user's line, let the user's own exceptions through.

An error of ours inside a public call is counted as a loss and noted; in strict mode it is raised. An exception
that a signal handler of the user raised while we were at work (an alarm, a scheduler's time limit) is not ours,
even though it surfaced in our frames: it always goes on.
"""

from __future__ import annotations

import functools
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from stripchart.sdk.losses import Losses

_PACKAGE = str(Path(__file__).parents[1])

P = ParamSpec("P")
R = TypeVar("R")


class HasLosses(Protocol):
    """Have a place where losses are counted."""

    @property
    def _losses(self) -> Losses: ...


S = TypeVar("S", bound=HasLosses)


def user_line() -> str:
    """Return ``file:line`` of the nearest calling frame outside this package, or an empty text."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_PACKAGE) and not name.startswith("<frozen"):
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def is_users(error: BaseException) -> bool:
    """Tell whether a signal handler of the user raised this error in our frames."""
    codes: set[CodeType] = set()
    trace = error.__traceback__
    while trace is not None:
        codes.add(trace.tb_frame.f_code)
        trace = trace.tb_next
    if all(code.co_filename.startswith(_PACKAGE) for code in codes):
        return False
    return not codes.isdisjoint(_handler_codes())


def _handler_codes() -> set[CodeType]:
    found = set()
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        if not callable(handler):
            continue  # the default action is a member of an enumeration, which has code for its class
        function = getattr(handler, "__func__", handler)
        if not hasattr(function, "__code__"):  # an object that can be called
            function = getattr(type(function), "__call__", None)  # noqa: B004
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType) and not code.co_filename.startswith(_PACKAGE):
            found.add(code)
    return found


def contained(
    code: str, *, returns: Callable[[], Any] = lambda: None, lost: bool = True
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Guard a public method: an error of ours is noted under ``code`` and ``returns()`` comes back instead.

    For the methods that are not hot; ``Logger.report_scalar`` does the same by hand.
    """

    def guard(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        @functools.wraps(method)
        def guarded(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return method(self, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - this is the guard
                handle(error, self._losses, code, lost=lost)
                return cast(R, returns())

        return guarded

    return guard


def handle(
    error: Exception, losses: Losses, code: str, *, lost: bool = True, tell_later: bool = False
) -> None:
    """Note an error of ours, or raise it where it is the user's or the user asked for it."""
    if losses.strict or is_users(error):
        raise error
    reason = type(error).__name__
    losses.note(
        code,
        f"{reason}: {error}",
        lost=lost,
        where=user_line(),
        reason=reason,
        tell_later=tell_later,
    )
