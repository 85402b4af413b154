"""Notice how the process ends, as far as it can be seen from inside, without standing in anybody's way.

* A normal end: an ``atexit`` function, registered when the package is imported, so that it runs after those of
  the script. By then the outermost frame of the main thread has ended, and the instruction at which it stopped
  tells whether it returned or an exception went through it.
* ``sys.exit``: that exception, if the hook for uncaught ones was not called, is ``SystemExit``. ``sys.exit`` is
  wrapped to learn the code; it raises as ever. What this concludes is marked ``observed``, so that the recorder,
  which can see the exit code itself, may correct it.
* An uncaught exception: ``sys.excepthook``, chained.
* A signal: nothing here. ``faulthandler`` writes the last words to a file in the task's folder, for fatal errors,
  and for SIGTERM where nobody handles it; the process dies as it would have.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn

from stripchart.records import Status


@dataclass(frozen=True, slots=True)
class Ending:
    """Say how the process ends; ``sure`` is false where it is only likely."""

    status: Status
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    sure: bool = True


_at_end: list[Callable[[Ending], None]] = []
_at_exception: list[Callable[[Ending], None]] = []


def watch(on_exception: Callable[[Ending], None], on_exit: Callable[[Ending], None]) -> None:
    """Have the callbacks called when an exception ends the main thread, and when the process exits."""
    if not _at_end:
        _exceptions.install()
        _exits.install()
    _at_exception.append(on_exception)
    _at_end.append(on_exit)


def unwatch(on_exception: Callable[[Ending], None], on_exit: Callable[[Ending], None]) -> None:
    """Undo ``watch``; hooks are taken out as far as they are still ours."""
    if on_exit in _at_end:
        _at_exception.remove(on_exception)
        _at_end.remove(on_exit)
        if not _at_end:
            _exceptions.remove()
            _exits.remove()


class _ExceptionHook:
    """Stand before ``sys.excepthook``, which is called in any case."""

    def __init__(self) -> None:
        self._previous: Callable[..., Any] = sys.__excepthook__
        self._active = False

    def install(self) -> None:
        self._active = True
        if sys.excepthook != self._hook:
            self._previous = sys.excepthook
            sys.excepthook = self._hook

    def remove(self) -> None:
        self._active = False
        if sys.excepthook == self._hook:
            sys.excepthook = self._previous

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        # At a prompt an exception ends nothing.
        if self._active and not hasattr(sys, "ps1") and not sys.flags.interactive:
            _tell(_at_exception, _from_exception(kind, error, trace))
        self._previous(kind, error, trace)


class _ExitHook:
    """Keep the code of the last ``sys.exit`` in the main thread, and the outermost frame of that thread."""

    def __init__(self) -> None:
        self._previous: Callable[..., NoReturn] = sys.exit
        self._ours: Callable[..., NoReturn] | None = None
        self._active = False
        self._code: tuple[Any] | None = None
        self._outermost: FrameType | None = None

    def install(self) -> None:
        self._active = True
        self._outermost = _outermost_frame()
        if self._ours is None or sys.exit is not self._ours:
            self._previous = sys.exit
            self._ours = self._wrap(self._previous)
            sys.exit = self._ours

    def remove(self) -> None:
        self._active = False
        self._code = self._outermost = None
        if sys.exit is self._ours:
            sys.exit = self._previous

    def _wrap(self, previous: Callable[..., NoReturn]) -> Callable[..., NoReturn]:
        def exit(status: Any = None, /) -> NoReturn:
            # Not caught: a handler would make another exception of some values, and so change the exit code.
            if self._active and threading.current_thread() is threading.main_thread():
                self._code = (status.code if isinstance(status, SystemExit) else status,)
            previous(status)

        exit.__doc__ = previous.__doc__
        return exit

    def ending(self) -> Ending:
        """Say how the process ends, given that no exception was told to the hook."""
        if self._outermost is None:
            return Ending("completed", sure=False)
        if _has_returned(self._outermost):
            return Ending("completed")
        # SystemExit, as every other exception is told to the hook. One that sys.exit did not raise has an unknown
        # code, and one that it did raise may have been caught before: the recorder, if it sees the code, is right.
        code = self._code[0] if self._code is not None else None
        if code is None or (isinstance(code, int) and code == 0):
            return Ending("completed", sure=False)
        if isinstance(code, int):
            return Ending("failed", f"exit code {code}", exit_code=code & 0xFF, sure=False)
        text = _text_of(code)
        return Ending("failed", _first_line(text), text, exit_code=1, sure=False)


def _text_of(code: object) -> str:
    """Return what Python prints of a code that is no number."""
    try:
        return str(code)
    except Exception:  # noqa: BLE001 - an object of the user whose own str() fails
        return type(code).__name__


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "exit code 1")[:500]


def _outermost_frame() -> FrameType | None:
    """Return the frame that the main thread began with."""
    is_main = threading.current_thread() is threading.main_thread()
    frame: FrameType | None = sys._getframe() if is_main else _frame_of_main_thread()
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _frame_of_main_thread() -> FrameType | None:
    """Return where the main thread is, seen from another one.

    CPython 3.11 holds a lock of the interpreter in ``_current_frames``. A garbage collection in it can wait for that
    same lock, for ever, so there must be none.
    """
    import gc

    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames().get(threading.main_thread().ident or 0)
    finally:
        if was_enabled:
            gc.enable()


def _has_returned(frame: FrameType) -> bool:
    """Tell whether a frame that has ended did so by returning, and not by an exception."""
    import opcode

    return opcode.opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")


_exceptions = _ExceptionHook()
_exits = _ExitHook()


def _from_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> Ending:
    import traceback

    try:
        message = "".join(traceback.format_exception(kind, error, trace))
        reason = "".join(traceback.format_exception_only(kind, error)).strip().splitlines()[-1]
    except Exception:  # noqa: BLE001 - an exception of the user whose own str() fails
        message, reason = "", kind.__name__
    if issubclass(kind, KeyboardInterrupt):
        return Ending("stopped", "KeyboardInterrupt", message)
    return Ending("failed", reason[:500], message)


def _tell(callbacks: list[Callable[[Ending], None]], ending: Ending) -> None:
    for callback in list(callbacks):
        callback(ending)


@atexit.register
def _at_exit() -> None:
    if _at_end:
        _tell(_at_end, _exits.ending())


class LastWords:
    """Point ``faulthandler`` at a file in the task's folder: the stacks of all threads at a fatal error or SIGTERM.

    ``faulthandler`` gets one descriptor, once; where it leads changes with the task, and is nowhere while there is
    none. So nothing has to be taken back from ``faulthandler``, whose state the script may have changed meanwhile.
    """

    def __init__(self) -> None:
        self._fd: int | None = None
        self._path: Path | None = None

    def begin(self, task_dir: Path) -> None:
        """Send the last words of this process to ``last-words-<pid>``, unless the script has its own way.

        Raises:
            OSError: the file cannot be made.
        """
        if self._fd is None and faulthandler.is_enabled():
            return
        path = task_dir / f"last-words-{os.getpid()}"
        fd = self._lead_to(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644))
        self._path = path
        if not faulthandler.is_enabled():
            faulthandler.enable(fd)
        if hasattr(faulthandler, "register") and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            # At C level, then the default action: the process still dies of SIGTERM, at once.
            faulthandler.register(signal.SIGTERM, fd, all_threads=True, chain=True)

    def end(self) -> None:
        """Send them nowhere, and remove the file if nothing was written to it."""
        self.forget()
        path, self._path = self._path, None
        if path is not None:
            with contextlib.suppress(OSError):
                if path.stat().st_size == 0:
                    path.unlink()

    def forget(self) -> None:
        """In a forked child: leave the parent's file alone."""
        if self._fd is not None:
            with contextlib.suppress(OSError):
                self._lead_to(os.open(os.devnull, os.O_WRONLY))

    def _lead_to(self, fd: int) -> int:
        if self._fd is None:
            self._fd = fd
        else:
            os.dup2(fd, self._fd, inheritable=False)
            os.close(fd)
        return self._fd


last_words = LastWords()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=last_words.forget)
