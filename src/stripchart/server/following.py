"""Follow the journals in a thread: ingest what is new, tell who listens, survive what goes wrong."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

import msgspec

from stripchart.ingest.changes import Changed
from stripchart.server.home import Home
from stripchart.server.live import Hub
from stripchart.server.schema import TaskChange

POLL_SEC = 0.15  # with the pace of live.py this keeps a write within 0.5 s of its event
FAILED_POLL_SEC = 2.0
TAKE_IN_SEC = 5.0

_log = logging.getLogger("stripchart.server")


class Following:
    """Run ingest until stopped."""

    def __init__(self, home: Home, hub: Hub) -> None:
        self._home = home
        self._hub = hub
        self._stop = threading.Event()
        self._lock = threading.Lock()  # ingest is for one thread at a time
        self._thread = threading.Thread(target=self._run, name="stripchart-ingest", daemon=True)
        self._failures: set[str] = set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step under way, which is short; the index is whole then."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            try:
                self._step()
                behind = self._home.ingest.behind
            except Exception as error:  # noqa: BLE001 - the server must go on answering, whatever fails here
                self._told(error)
                wait = FAILED_POLL_SEC
                continue
            wait = 0.0 if behind else POLL_SEC

    def take_in(self, tasks: Sequence[str], taken: Callable[[], bool]) -> bool:
        """Bring what was just written to, or removed from, these tasks into the index; tell whether that is ``taken``.

        It waits for a bounded time: where much else is waiting too, the rest comes in its turn.
        """
        until = time.monotonic() + TAKE_IN_SEC
        with self._lock:
            self._home.ingest.wake(tasks)
        while True:
            with self._lock:
                self._step_locked()
            if taken():
                return True
            if time.monotonic() > until:
                return False

    def _step(self) -> None:
        with self._lock:
            self._step_locked()

    def _step_locked(self) -> None:
        self._tell(self._home.ingest.step())

    def _tell(self, changes: list[Changed]) -> None:
        for change in changes:
            self._home.forget(change.id)
        if changes:
            self._hub.publish(
                msgspec.convert(change, TaskChange, from_attributes=True) for change in changes
            )

    def _told(self, error: Exception) -> None:
        """Log a failure once per cause, so that a full disk does not fill the log as well."""
        cause = f"{type(error).__name__}: {error}"
        if cause not in self._failures:
            self._failures.add(cause)
            _log.error("ingest failed, will try again: %s", cause, exc_info=error)
