"""Capture what is written to the standard descriptors by whoever writes: native code and child processes too.

On request only (``auto_connect_streams={"descriptors": True, …}``). Descriptor 1 (2) is led into a pipe, or into a
pseudo-terminal where it was a terminal, from which a side process passes every byte on to where it went before and
records it (``recorder/tee.py``). It is not done by a thread of ours: native code that holds the GIL while the pipe is
full would wait for ever. Where both descriptors mean one file, they share one way, as two would not keep the order.

When the side process dies, or the reader of its output goes, a thread of ours takes the descriptors back.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stripchart.sdk.launch import can_pass_descriptors, start_tee
from stripchart.sdk.session import Session, rank_of

if TYPE_CHECKING:
    import socket

_NUMBERS = {"stdout": 1, "stderr": 2}
_PIPE_BYTES = 1 << 20
_END = b"e"
_PATIENCE_SEC = 2.0  # for the side process to pass on what was written until the end


@dataclass(slots=True)
class _Way:
    """Hold one way out: ``numbers`` are the descriptors that lead into it."""

    name: str
    numbers: list[int]
    source: int  # where the side process reads
    before: int  # what the descriptors were
    inside: tuple[int, int] = (0, 0)  # device and inode of what they are now


class Descriptors:
    """Lead the standard descriptors of this process through a side process for one task."""

    def __init__(self, session: Session, on_trouble: Callable[[str], None]) -> None:
        self._session = session
        self._on_trouble = on_trouble
        self._ways: list[_Way] = []
        self._control: socket.socket | None = None
        self._ended = threading.Event()
        self._passing = threading.Lock()
        self._pid = os.getpid()

    def connect(self, streams: frozenset[str]) -> frozenset[str]:
        """Lead the descriptors of the named streams away, and return the names that are captured by it."""
        if self._ways or not can_pass_descriptors():
            return frozenset()
        import socket

        _flush()
        self._pid = os.getpid()
        ours, theirs = socket.socketpair()
        inner: list[int] = []
        try:
            self._make_ways(streams, inner)
            passed = {"--control": theirs.fileno()}
            for way in self._ways:
                passed |= {f"--{way.name}-source": way.source, f"--{way.name}-sink": way.before}
            session = self._session
            start_tee(
                session.task_dir,
                attempt=session.attempt,
                rank=rank_of(session.settings),
                passed=passed,
            )
        except BaseException:
            self._let_go(ours)
            raise
        else:
            for way, fd in zip(self._ways, inner, strict=True):
                way.inside = _identity(fd)
                for number in way.numbers:
                    os.dup2(fd, number)
        finally:
            theirs.close()
            for fd in inner:
                os.close(fd)
        self._control = ours
        self._ended.clear()
        threading.Thread(
            target=self._watch, args=(ours,), name="stripchart-descriptors", daemon=True
        ).start()
        covered = {number for way in self._ways for number in way.numbers}
        return frozenset(name for name, number in _NUMBERS.items() if number in covered)

    def _make_ways(self, streams: frozenset[str], inner: list[int]) -> None:
        by_file: dict[tuple[int, int], _Way] = {}
        for name, number in _NUMBERS.items():
            if name not in streams:
                continue
            try:
                file = _identity(number)
            except OSError:  # it is closed
                continue
            if file in by_file:
                by_file[file].numbers.append(number)
                continue
            source, inside = _terminal(number) if os.isatty(number) else _pipe()
            inner.append(inside)
            by_file[file] = _Way(name, [number], source, _copy(number))
            self._ways.append(by_file[file])

    def disconnect(self) -> None:
        """Give the descriptors back, once what was written has been passed on."""
        if self._pid != os.getpid():
            return
        control, self._control = self._control, None
        if control is None:
            left = {way.source: way.before for way in self._ways}  # by a side process that has died
            while left and self._pass_on(left, 0):
                pass
            return
        _flush()
        self._give_back()
        with contextlib.suppress(OSError):
            control.send(_END)
            self._ended.wait(_PATIENCE_SEC)
        self._let_go(control)

    def _give_back(self) -> None:
        for way in self._ways:
            for number in way.numbers:
                with contextlib.suppress(OSError):
                    if (
                        _identity(number) == way.inside
                    ):  # else the script has led it elsewhere since
                        os.dup2(way.before, number)

    def _let_go(self, control: socket.socket) -> None:
        ways, self._ways = self._ways, []
        for way in ways:
            os.close(way.source)
            os.close(way.before)
        control.close()

    def _watch(self, control: socket.socket) -> None:
        """Wait for the answer to our last word, or for the end of the side process."""
        try:
            said = control.recv(1)
        except OSError:
            said = b""
        self._ended.set()
        if not said and self._control is control:
            self._control = None
            self._give_back()
            self._on_trouble(
                "the process that passes descriptors on has ended; what native code and child processes print "
                "is no longer recorded"
            )
            self._pump()

    def _pump(self) -> None:
        """Pass on what is still in the ways, and what child processes go on to write into them."""
        open_ways = {way.source: way.before for way in self._ways}
        while open_ways:
            self._pass_on(open_ways, None)

    def _pass_on(self, open_ways: dict[int, int], patience_ms: int | None) -> bool:
        """Pass on what can be read; False if there was nothing, ``open_ways`` without those that have ended."""
        import select

        poll = select.poll()
        for source in open_ways:
            poll.register(source, select.POLLIN)
        poll.poll(patience_ms)
        with (
            self._passing
        ):  # the pump, or the thread that ends the task: never both, nor one ahead of the other
            ready = poll.poll(0)
            for source, _ in ready:
                try:
                    data = os.read(source, 1 << 16)
                except OSError:
                    data = b""
                sink = open_ways[source] if data else open_ways.pop(source)
                with contextlib.suppress(OSError):  # nobody reads it any more
                    while data:
                        data = data[os.write(sink, data) :]
        return bool(ready)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _identity(fd: int) -> tuple[int, int]:
    told = os.fstat(fd)
    return told.st_dev, told.st_ino


def _copy(fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)


def _pipe() -> tuple[int, int]:
    import fcntl

    source, inside = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # above what this user may have
            fcntl.fcntl(inside, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return source, inside


def _terminal(like: int) -> tuple[int, int]:
    """Make a pseudo-terminal of the size and manners of a terminal, which passes bytes on unchanged."""
    import fcntl
    import termios

    source, inside = os.openpty()
    manners = termios.tcgetattr(like)
    manners[1] &= ~termios.OPOST  # the terminal behind it will do that
    termios.tcsetattr(inside, termios.TCSANOW, manners)
    with contextlib.suppress(OSError):
        fcntl.ioctl(inside, termios.TIOCSWINSZ, fcntl.ioctl(like, termios.TIOCGWINSZ, bytes(8)))
    return source, inside
