"""Capture what is printed and logged, with the streams themselves untouched.

``sys.stdout`` and ``sys.stderr`` are not replaced: the ``write`` of the stream object is observed, so that whoever
holds the stream already is covered, and identity, ``isatty``, ``fileno`` and encoding stay. What goes to
``stream.buffer`` or to the descriptor is seen where the capture of descriptors is switched on (``descriptors.py``).
Text is kept raw, as written; folding of progress bars is for who reads it.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any, Literal

from stripchart.capture.patch import Patch
from stripchart.records import ConsoleWritten, clean_text
from stripchart.sdk import guard
from stripchart.sdk.cells import Cells
from stripchart.sdk.descriptors import Descriptors
from stripchart.sdk.session import Session, now_us

MOST_CHARACTERS = 1 << 20  # of one console record

_EMIT = logging.StreamHandler.emit.__code__
_WARN = "_showwarnmsg_impl"  # the function of ``warnings`` that writes
_FORMATTER = logging.Formatter("%(name)s: %(message)s")
_FRAMES_UP = 5  # from an observer to who called the patched method


class Console:
    """Observe the streams of this process for one task."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._patches: list[Patch] = []
        self._proxies: list[_Proxy] = []
        self._taken = (
            threading.local()
        )  # the log record that a captured stream took last in this thread
        self._lock = threading.RLock()
        session.on_reset.append(self._renew_lock)
        self._logging_users = 0
        self._descriptors = Descriptors(session, self._tell)
        self._cells = Cells(self._observe_again, self.append_text, self._on_error)
        # The end of Logger.callHandlers, not a handler on the root logger: with one there, basicConfig() would
        # do nothing and the handler of last resort would fall silent, which changes what the script prints.
        self._logging = Patch(logging.Logger, "callHandlers", self._logged, on_error=self._on_error)

    def _renew_lock(self) -> None:
        # In a forked child: another thread of the parent may have held it.
        self._lock = threading.RLock()

    def connect(self, streams: frozenset[str]) -> None:
        """Start capturing ``stdout``, ``stderr`` and ``logging``, as far as they are named.

        With ``descriptors`` among them, what is written to the descriptors of the named streams, by whoever writes.
        """
        covered = self._connect_descriptors(streams) if "descriptors" in streams else frozenset()
        for name in ("stdout", "stderr"):
            if name in streams and not (name in covered and _writes_to_its_descriptor(name)):
                self._connect_stream(name)
        if "logging" in streams:
            self._use_logging(1)
        if self._patches:
            self._cells.connect()

    def _observe_again(self) -> None:
        """Observe streams again whose ``write`` somebody has put back."""
        for patch in self._patches:
            patch.apply()

    def disconnect(self) -> None:
        """Stop capturing."""
        self._cells.disconnect()
        self._descriptors.disconnect()
        for patch in self._patches:
            patch.remove()
        for proxy in self._proxies:
            proxy.remove()
        self._patches.clear()
        self._proxies.clear()
        with self._lock:
            self._logging_users = 0
            self._logging.remove()

    def _connect_descriptors(self, streams: frozenset[str]) -> frozenset[str]:
        try:
            covered = self._descriptors.connect(streams)
        except (OSError, ImportError) as error:
            self._tell(f"descriptors are not captured: {error}")
            return frozenset()
        if not covered:
            self._tell("descriptors are not captured: this platform does not let them be passed on")
        return covered

    def _tell(self, message: str) -> None:
        self._session.losses.note("descriptors", message, lost=False)

    def _connect_stream(self, name: str) -> None:
        stream = getattr(sys, name)
        if stream is None or (name == "stderr" and stream is sys.stdout and self._patches):
            return

        def observe(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
            self._written(name, args, kwargs)

        patch = Patch(stream, "write", observe, on_error=self._on_error)
        try:
            patch.apply()
        except (AttributeError, TypeError):  # an object without attributes of its own
            proxy = _Proxy(name, stream)
            patch = Patch(proxy, "write", observe, on_error=self._on_error)
            patch.apply()
            setattr(sys, name, proxy)
            self._proxies.append(proxy)
        self._patches.append(patch)

    def _on_error(self, error: Exception) -> None:
        # The stream may be that of a log handler, which holds its lock while it writes.
        guard.handle(error, self._session.losses, "console", tell_later=True)

    def _written(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        text = args[0] if args else next(iter(kwargs.values()), None)
        if isinstance(text, str) and text:
            stream: Literal["stdout", "stderr"] = "stdout" if name == "stdout" else "stderr"
            self._append(stream, str.__str__(text), self._level())

    def _level(self) -> int:
        """Return the level of the log record that is being written, 0 for what is merely printed."""
        frame: FrameType | None = sys._getframe(1)
        for _ in range(_FRAMES_UP):
            if frame is None:
                return 0
            if frame.f_code is _EMIT:
                record = frame.f_locals.get("record")
                if isinstance(record, logging.LogRecord):
                    self._taken.record = record
                    return record.levelno
                return 0
            if frame.f_code.co_name == _WARN:
                return logging.WARNING
            frame = frame.f_back
        return 0

    def _append(self, stream: Literal["stdout", "stderr", "text"], text: str, level: int) -> None:
        time_us = now_us()
        for start in range(0, len(text), MOST_CHARACTERS):
            part = text if len(text) <= MOST_CHARACTERS else text[start : start + MOST_CHARACTERS]
            record = ConsoleWritten(
                time_us=time_us, stream=stream, text=clean_text(part), level=level
            )
            self._session.append(record)

    def append_text(self, text: str, level: int) -> None:
        """Keep a reported text.

        Raises:
            Closed, OSError: it cannot be kept.
        """
        self._append("text", text, level)

    # -- logging ---------------------------------------------------------------------------------------------

    def _use_logging(self, change: int) -> None:
        with self._lock:
            self._logging_users = max(0, self._logging_users + change)
            if self._logging_users:
                self._logging.apply()
            else:
                self._logging.remove()

    @contextlib.contextmanager
    def capture_logging(self) -> Iterator[None]:
        """Capture what is logged inside the ``with``, as ``connect`` does for ``logging``."""
        self._use_logging(1)
        try:
            yield
        finally:
            self._use_logging(-1)

    def _logged(self, _result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        record = args[1]
        if getattr(self._taken, "record", None) is record:
            self._taken.record = None
        else:
            self.append_text(_FORMATTER.format(record), record.levelno)


def _writes_to_its_descriptor(name: str) -> bool:
    """Tell whether a stream of Python ends in the descriptor of its name: not so in notebooks and under pytest."""
    try:
        number: int = getattr(sys, name).fileno()
    except (AttributeError, OSError, ValueError):
        return False
    return number == {"stdout": 1, "stderr": 2}[name]


class _Proxy:
    """Stand in for a stream that lets no attribute be set, and pass everything on."""

    def __init__(self, name: str, stream: Any) -> None:
        self._name = name
        self._stream = stream

    def write(self, text: str) -> Any:
        """Write to the stream."""
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        """Write each line, so that each is seen."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._stream)

    def remove(self) -> None:
        """Put the stream back if nobody has replaced this meanwhile."""
        if getattr(sys, self._name) is self:
            setattr(sys, self._name, self._stream)
