"""Push what changed to whoever listens: bounded, coalesced, closed in order.

The ingest thread publishes; each listener holds what it has not yet been sent as one merged change a task, so that a
slow listener costs at most one small object a task however long it sleeps. Nothing is replayed: a client that
connects again reads afresh.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterable

import msgspec

from stripchart.server.schema import Change, TaskChange

HEARTBEAT_SEC = 15.0
PACE_SEC = 0.1  # at most ten events a second and listener: what comes closer together is merged
MOST_SERIES = 500  # above this "too many to name" is said instead


def merge(old: TaskChange | None, new: TaskChange) -> TaskChange:
    """Return one change that says what two say."""
    if old is None:
        series = new.series
    elif not (old.scalars and new.scalars):
        series = new.series if new.scalars else old.series
    elif old.series is None or new.series is None:
        series = None
    else:
        series = list(dict.fromkeys([*old.series, *new.series]))
    if series is not None and len(series) > MOST_SERIES:
        series = None
    return TaskChange(
        id=new.id,
        status=new.status or (old.status if old else ""),
        scalars=new.scalars or (old is not None and old.scalars),
        console=new.console or (old is not None and old.console),
        detail=new.detail or (old is not None and old.detail),
        plots=new.plots or (old is not None and old.plots),
        samples=new.samples or (old is not None and old.samples),
        deleted=new.deleted,
        series=series,
        points=new.points + (old.points if old else 0),
        readings=new.readings + (old.readings if old else 0),
    )


class Listener:
    """Collect changes for one client; made and read in the event loop, fed from any thread."""

    def __init__(self, task: str | None) -> None:
        self.task = task
        self.closed = False
        self._pending: dict[str, TaskChange] = {}
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()

    def offer(self, changes: Iterable[TaskChange]) -> None:
        """Take changes; merge them with what waits."""
        with self._lock:
            for change in changes:
                if self.task is None:
                    unnamed = msgspec.structs.replace(change, series=None)
                    self._pending[change.id] = merge(self._pending.get(change.id), unnamed)
                elif change.id == self.task:
                    self._pending[change.id] = merge(self._pending.get(change.id), change)
            if not self._pending:
                return
        self._wake()

    def close(self) -> None:
        """End the stream of this listener."""
        self.closed = True
        self._wake()

    async def take(self, timeout_sec: float) -> list[TaskChange]:
        """Wait for changes; empty after the timeout or the close."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_sec)
        except TimeoutError:
            return []
        with self._lock:
            self._ready.clear()
            taken, self._pending = list(self._pending.values()), {}
        return taken

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:  # the loop is gone, and the client with it
            self.closed = True


class Hub:
    """Know all listeners."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._closed = False

    def publish(self, changes: Iterable[TaskChange]) -> None:
        """Tell every listener; never blocks on a client."""
        changes = list(changes)
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener.offer(changes)

    def close(self) -> None:
        """End all streams and refuse new ones, so that the server can stop."""
        with self._lock:
            self._closed = True
            listeners = list(self._listeners)
        for listener in listeners:
            listener.close()

    async def stream(self, task: str | None) -> AsyncGenerator[bytes, None]:
        """Yield server-sent events until the hub closes or the client goes away."""
        listener = Listener(task)
        with self._lock:
            if self._closed:
                return
            self._listeners.add(listener)
        try:
            yield b"retry: 1000\n\n"
            while not listener.closed:
                changes = await listener.take(HEARTBEAT_SEC)
                if changes:
                    yield (
                        b"event: change\ndata: "
                        + msgspec.json.encode(Change(tasks=changes))
                        + b"\n\n"
                    )
                    await asyncio.sleep(PACE_SEC)
                elif not listener.closed:
                    yield b": still here\n\n"
        finally:
            with self._lock:
                self._listeners.discard(listener)
