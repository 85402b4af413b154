"""This process's hold on one attempt of one task: its writer, opened at first use, and its losses.

Made for forks: in a child everything of the parent is forgotten, and the child's first report opens a writer of
its own in the same task and attempt.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import Noted, Record, WriterIdentity
from stripchart.sdk.errors import Closed
from stripchart.sdk.losses import Losses
from stripchart.settings import Settings

_sessions: weakref.WeakSet[Session] = weakref.WeakSet()


def new_task_id() -> str:
    """Make a task id: 32 hexadecimal digits."""
    return os.urandom(16).hex()


def now_us() -> int:
    """Return the wall time in microseconds."""
    return time.time_ns() // 1000


class Session:
    """Hold a task's folder, an attempt, and this process's writer in it."""

    def __init__(self, settings: Settings, task_id: str, attempt: int) -> None:
        self.settings = settings
        self.task_id = task_id
        self.attempt = attempt
        self.task_dir: Path = settings.task_dir(task_id)
        self.on_reset: list[
            Callable[[], None]
        ] = []  # called when the writer is gone: closed or forked
        self.on_closing: list[Callable[[], None]] = []  # called while it can still report
        self.closed = False
        self.is_fork = False  # this process is a fork of the one that made the session
        self._renew()
        _sessions.add(self)

    def _renew(self) -> None:
        self.pid = os.getpid()
        self._lock = threading.RLock()
        self._writer: JournalWriter | None = None
        self.losses = Losses(self._append_note, strict=self.settings.strict)

    def writer(self) -> JournalWriter:
        """Return this process's writer, opened now if there is none yet.

        Raises:
            Closed: the session has ended.
            OSError: the journal cannot be opened.
        """
        writer = self._writer
        if writer is not None and not self.closed:
            return writer
        with self._lock:
            if self.closed:
                raise Closed("the task is closed")
            if self._writer is None:
                self._writer = self._open()
            return self._writer

    def _open(self) -> JournalWriter:
        name = new_writer_name()
        identity = WriterIdentity(
            task_id=self.task_id,
            writer=name,
            host=host_name(),
            pid=os.getpid(),
            started_us=now_us(),
            attempt=self.attempt,
            rank=rank_of(self.settings),
            stripchart=version(),
        )
        directory = self.task_dir / "journal" / name
        writer = JournalWriter(directory, identity, on_loss=self._on_loss)
        # A server looks at thousands of tasks that rest only now and then; this tells it to look at all of them now.
        with contextlib.suppress(OSError):
            os.utime(self.settings.tasks)
        if is_child_of_multiprocessing():
            close_with_multiprocessing(self.close)
        return writer

    def _on_loss(self, code: str, message: str) -> None:
        self.losses.note(code, message, lost=False)  # degraded: what is lost is raised

    def append(self, record: Record) -> None:
        """Append a record to this process's journal.

        Raises:
            Closed, OSError: as ``writer``.
        """
        self.writer().append(record)

    def _append_note(self, record: Noted) -> None:
        writer = self._writer
        if writer is None or self.closed:
            raise Closed("no writer")
        writer.append(record)

    def last_iteration(self) -> int | None:
        """Return the highest iteration that this process reported."""
        return self._writer.last_iteration() if self._writer is not None else None

    def close(self) -> None:
        """End this process's journal in order; idempotent."""
        if self.pid == os.getpid():
            while self.on_closing:
                self.on_closing.pop()()
        with self._lock:
            if self.closed or self.pid != os.getpid():
                return
            self.losses.settle()
            self.closed = True
            for reset in self.on_reset:
                reset()
            if self._writer is not None:
                self._writer.close()

    def forget(self) -> None:
        """In a forked child: let go of everything of the parent's, touching nothing on disk."""
        writer = self._writer
        self.is_fork = True
        self._renew()
        if writer is not None:
            writer.abandon()
        for reset in self.on_reset:
            reset()


def host_name() -> str:
    """Return the name of this machine."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "localhost")


def rank_of(settings: Settings) -> int:
    """Return the rank of this process: the setting, else what a launcher put into the environment, else 0."""
    if settings.rank is not None:
        return settings.rank
    for name in ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK"):
        text = os.environ.get(name, "")
        if text.isascii() and text.isdigit():
            return int(text)
    return 0


def version() -> str:
    """Return the version of this package."""
    from stripchart import __version__

    return __version__


def is_child_of_multiprocessing() -> bool:
    """Tell whether ``multiprocessing`` made this process, or is about to have made it."""
    process = sys.modules.get("multiprocessing.process")
    if process is None:
        return False
    is_being_set_up = getattr(process.current_process(), "_inheriting", False)
    return is_being_set_up or process.parent_process() is not None


def close_with_multiprocessing(close: Callable[[], None]) -> None:
    """Have ``close`` called at the end of a multiprocessing child, which runs no ``atexit`` functions."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, close, exitpriority=0)


def _after_fork() -> None:
    for session in list(_sessions):
        session.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
