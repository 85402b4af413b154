"""Which tasks are followed, which wait to be, which rest, and which went wrong and are tried again."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from stripchart.ingest.following import TaskFollower, follow
from stripchart.ingest.watching import Resting, TaskListing
from stripchart.store.catalog import Catalog
from stripchart.store.contract import Store, StreamName

OPENING_SEC = 0.15
RETRY_SEC = 5.0
SILENT_SEC = 600.0
"""How long a task of another host must be silent to be looked at less and less often."""

_MOST_CAUSES = 1000
_MOST_BUSY = 100  # tasks with a backlog that are followed at a time
_STREAMS: tuple[StreamName, ...] = ("scalars", "records")

_log = logging.getLogger("stripchart.ingest")


class Contained:
    """Keep an error of one task from the others."""

    def __init__(self, roster: Roster, task: str, now: float) -> None:
        self._roster, self._task, self._now = roster, task, now
        self.failed = False

    def __enter__(self) -> Contained:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.failed = True
        self._roster.set_aside(self._task, error, self._now)
        return True


class Roster:
    """Hold every task of a home in exactly one of four places."""

    def __init__(self, folder: Path, catalog: Catalog, events: Store) -> None:
        self._folder = folder
        self._catalog = catalog
        self._events = events
        self._listing = TaskListing(folder)
        self._resting = Resting(folder)
        self._waiting: deque[str] = deque()
        self._failed: dict[str, float] = {}
        self._followed: dict[str, TaskFollower] = {}
        self._known: dict[str, bool] = (
            catalog.known()
        )  # whether all writers of a stored task are closed
        self._ends = catalog.ends()
        self._stored = dict(events.every_progress())
        self._first = True
        self._told: set[str] = set()

    def __iter__(self) -> Iterator[TaskFollower]:
        return iter(list(self._followed.values()))

    def __len__(self) -> int:
        return len(self._followed)

    @property
    def waiting(self) -> int:
        """Return how many tasks are still to be opened."""
        return len(self._waiting)

    def is_on_disk(self, task: str) -> bool:
        """Tell whether the task's folder was there when last looked."""
        return task in self._listing.names

    def notice(self, now: float) -> list[str]:
        """Find the tasks that appeared, woke or are to be tried again; return those that are gone from disk."""
        gone: list[str] = []
        if self._listing.changed(now) or (self._first and self._listing.read):
            gone = self._compare()
            self._first = False
        if self._listing.touched():
            self._resting.sweep()
        for task in self._resting.woken(now):
            self._waiting.appendleft(task)
        for task in [task for task, at in self._failed.items() if now >= at]:
            del self._failed[task]
            self._waiting.append(task)
        return gone

    def _compare(self) -> list[str]:
        names = self._listing.names
        held = {*self._followed, *self._waiting, *self._failed, *self._resting}
        new = sorted(names - held)
        # Those that may be running come before those that are known to have ended.
        self._waiting.extendleft(n for n in reversed(new) if not self._known.get(n, False))
        self._waiting.extend(n for n in new if self._known.get(n, False))
        stored = {*self._known, *self._events.tasks()} if self._first else set()
        return sorted((held | stored) - names)

    def wake(self, tasks: Iterable[str]) -> None:
        """Look at tasks that rest before all others: something was just written to them."""
        for task in tasks:
            if task in self._resting:
                self._resting.remove(task)
                self._waiting.appendleft(task)

    def open_some(self, now: float) -> None:
        """Begin to follow tasks that wait for it, for a bounded time."""
        until = time.monotonic() + OPENING_SEC
        busy = sum(follower.more for follower in self._followed.values())
        while self._waiting and busy < _MOST_BUSY and time.monotonic() < until:
            some = self._incomplete(_MOST_BUSY - busy, until, now)
            for follower in self._begun(some, now):
                follower.more = True  # until it has been read
                self._followed[follower.id] = follower
                busy += 1

    def _incomplete(self, most: int, until: float, now: float) -> list[str]:
        """Take tasks from those that wait, and lay those to rest that are in the index already."""
        found: list[str] = []
        while self._waiting and len(found) < most and time.monotonic() < until:
            task = self._waiting.popleft()
            with self.contained(task, now):
                if self._is_complete(task):
                    self._resting.add(task, quiet_sec=None, now=now)
                else:
                    found.append(task)
        return found

    def _begun(self, tasks: list[str], now: float) -> list[TaskFollower]:
        """Begin to follow tasks: all at once or, where that fails, one by one to find the bad one."""
        folders = [self._folder / task for task in tasks]
        try:
            return follow(folders, self._catalog, self._events)
        except Exception:  # noqa: BLE001 - each task's own error is logged below
            begun: list[TaskFollower] = []
            for folder in folders:
                with self.contained(folder.name, now):
                    begun += follow([folder], self._catalog, self._events)
            return begun

    def _is_complete(self, task: str) -> bool:
        """Tell whether an ended task is in both stores to its end, as they say: the usual case at a start."""
        ends, stored = self._ends.pop(task, None), self._stored.pop(task, {})
        if ends is None or not self._known.get(task, False):
            return False
        try:
            on_disk = {entry.name for entry in (self._folder / task / "journal").iterdir()}
        except OSError:
            return False
        return on_disk == {writer for writer, _ in ends} and all(
            stored.get((writer, stream), 0) == ends[writer, stream]
            for writer in on_disk
            for stream in _STREAMS
        )

    def rest(self, now: float) -> None:
        """Stop following the tasks from which nothing more is to be expected soon."""
        for task, follower in list(self._followed.items()):
            if follower.more or follower.dirty:
                continue
            if follower.ended():
                del self._followed[task]
                self._resting.add(task, quiet_sec=None, now=now)
            elif not follower.here() and (quiet_sec := follower.quiet_sec()) > SILENT_SEC:
                del self._followed[task]
                self._resting.add(task, quiet_sec=quiet_sec, now=now)

    def contained(self, task: str, now: float) -> Contained:
        """Return a guard that sets the task aside for a while if what it guards fails."""
        return Contained(self, task, now)

    def set_aside(self, task: str, error: Exception, now: float) -> None:
        """Try a task again later, from what the stores hold of it; log the cause once."""
        self._followed.pop(task, None)
        self._failed[task] = now + RETRY_SEC
        if isinstance(error, FileNotFoundError) and not (self._folder / task).exists():
            return  # deleted under our hands: the next listing says so
        cause = f"{type(error).__name__}: {error}"
        if cause not in self._told and len(self._told) < _MOST_CAUSES:
            self._told.add(cause)
            _log.error("task %s cannot be indexed now, will try again", task, exc_info=error)

    def afresh(self, task: str) -> None:
        """Forget what the stores hold of a task, and open it again."""
        self._events.delete_task(task)
        self._catalog.forget([task])
        self.forget(task)
        self._waiting.append(task)

    def forget(self, task: str) -> None:
        """Drop a task from every place."""
        self._followed.pop(task, None)
        self._failed.pop(task, None)
        self._known.pop(task, None)
        self._ends.pop(task, None)
        self._stored.pop(task, None)
        self._resting.remove(task)
        if task in self._waiting:
            self._waiting.remove(task)
