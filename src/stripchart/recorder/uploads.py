"""Uploads beside the recorder's rhythm: one thread, started when there is something, that ends with nothing left.

``drain`` does the same at once and in the calling thread, for ``stripchart sync`` and for who runs no recorder.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from stripchart.blobs.keyring import Keyring
from stripchart.recorder.lock import RecorderLock
from stripchart.recorder.own_journal import OwnJournal
from stripchart.recorder.shipping import Append, Shipper
from stripchart.recorder.sources import SPOOL
from stripchart.recorder.troubles import Troubles
from stripchart.records import Record
from stripchart.settings import Settings

_LOOK_EVERY_SEC = 0.5
_GLANCE_EVERY_SEC = 0.1
_STOP_PATIENCE_SEC = 10.0
PATIENCE_SEC = 30.0


class Uploads:
    """Store what a task hands over, on a thread of its own."""

    def __init__(
        self, task_dir: Path, settings: Settings, append: Append, troubles: Troubles
    ) -> None:
        self._task_dir, self._settings = task_dir, settings
        self._append, self._troubles = append, troubles
        self._keyring = Keyring(task_dir.name, socket.gethostname(), settings)
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._stopping = False
        self._asked_at: float | None = None
        self._empty_at = float("-inf")  # when a look began that found nothing left

    def look(self) -> None:
        """Begin if something was handed over; who reports makes the spool's folder first, or a pipe for credentials."""
        is_needed = (self._task_dir / SPOOL).is_dir() or self._keyring.is_wanted()
        if self._thread is None and is_needed:
            self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)
            self._thread.start()

    def all_done(self) -> bool:
        """Say whether nothing is left of all that was reported before the first call, or the time is up."""
        self.look()
        if self._thread is None:
            return True
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self._wake.set()
        if time.monotonic() - self._asked_at > self._settings.upload_linger_sec:
            return True
        return self._empty_at > self._asked_at or not self._thread.is_alive()

    def go_on(self) -> None:
        """Take note that the task goes on, so that ``all_done`` asks anew."""
        self._asked_at = None

    def stop(self) -> None:
        """End the thread; a piece that takes too long is left to whoever comes next."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_STOP_PATIENCE_SEC)

    def _run(self) -> None:
        shipper = Shipper(self._task_dir, self._settings, self._keep, self._troubles)
        while not self._stopping:
            began, changed_ns = time.monotonic(), self._changed_ns()
            try:
                if self._keyring.look():
                    shipper.renew(self._keyring.settings)
                did_something = shipper.turn()
                if not shipper.left():
                    self._empty_at = began
            except Exception as error:  # noqa: BLE001 - the next look may do better
                self._troubles.caught("recorder_uploads", error)
                did_something = False
            if not did_something:
                self._rest(began + _LOOK_EVERY_SEC, changed_ns)
        shipper.close()
        self._keyring.close()

    def _rest(self, until: float, changed_ns: int) -> None:
        """Sleep until the next look is due; at once where a file came, or somebody who waits touched the spool."""
        while time.monotonic() < until and self._changed_ns() == changed_ns:
            if self._wake.wait(_GLANCE_EVERY_SEC):
                break
        self._wake.clear()

    def _changed_ns(self) -> int:
        try:
            return (self._task_dir / SPOOL).stat().st_mtime_ns
        except OSError:
            return 0

    def _keep(self, record: Record) -> None:
        if self._stopping:
            raise InterruptedError("the recorder is ending")
        self._append(record)


@dataclass(frozen=True, slots=True)
class Drained:
    """Tell what ``drain`` achieved: ``left`` pieces wait still, ``busy`` means that a recorder is at work."""

    left: int = 0
    busy: bool = False
    troubles: tuple[str, ...] = ()


def drain(task_dir: Path, settings: Settings, *, patience_sec: float | None = None) -> Drained:
    """Store all that waits in a task, and return when nothing is left or nothing has worked for a while (30 seconds).

    Raises:
        OSError: the task's folder cannot be written.
    """
    if not (task_dir / SPOOL).is_dir():
        return Drained()
    lock = RecorderLock(task_dir, socket.gethostname())
    if not lock.acquire_alone():
        return Drained(busy=True)
    troubles = Troubles(task_dir)
    journal = OwnJournal(task_dir, attempt=0, rank=0, troubles=troubles)
    shipper = Shipper(
        task_dir, settings, journal.append_now, troubles, of_others_after_sec=0.0
    )  # who asks for it has looked that no recorder of another host is at work
    try:
        left = _until_nothing_works(shipper, PATIENCE_SEC if patience_sec is None else patience_sec)
        told = troubles.messages()
        troubles.tell(journal.append)
        return Drained(left=left, troubles=told)
    finally:
        shipper.close()
        journal.close()
        lock.release()


def _until_nothing_works(shipper: Shipper, patience_sec: float) -> int:
    worked_at = time.monotonic()
    while True:
        if shipper.turn():
            worked_at = time.monotonic()
            continue
        left = shipper.left()
        if not left or time.monotonic() - worked_at > patience_sec:
            return left
        time.sleep(0.1)
