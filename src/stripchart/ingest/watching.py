"""Notice which tasks to look at, at a cost that does not grow with the tasks that rest.

Tasks that rest (ended, or silent for long) cost one ``stat`` now and then: a few hundred of them a step, in turn. A
new or deleted task shows in the folder of tasks at once. So does a resumed one, because whoever opens a writer gives
that folder a new time: all that rest are then looked at, once. What does not (a writer of another version, a copy
of a journal) is found in its turn: within a second among a thousand tasks, within ten among ten thousand.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STATS_A_STEP = 250
SWEEP_SEC = 0.1
"""How much of a step a look at all may take; a file server may need several steps for it."""

RELIST_SEC = 30.0
_TICK_NS = 2_000_000_000  # a folder younger than this may have changed without showing a later time
_SLOWEST_LOOK_SEC = 600.0


class TaskListing:
    """Follow the names in the folder of tasks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mtime_ns = -1
        self._listed_at = 0.0
        self._told_ns = -1
        self._doubtful = False
        self.names: frozenset[str] = frozenset()
        self.read = False  # whether ``names`` is what is on disk

    def changed(self, now: float) -> bool:
        """List again if anything may have changed; say whether the names are others now.

        A folder of tasks that cannot be read (a file system that is away) changes nothing: forgetting everything
        because of it would be the greater harm.
        """
        try:
            mtime_ns = self._folder.stat().st_mtime_ns
            fresh = time.time_ns() - mtime_ns < _TICK_NS
            if mtime_ns == self._mtime_ns and not fresh and now - self._listed_at < RELIST_SEC:
                return False
            with os.scandir(self._folder) as entries:
                names = frozenset(e.name for e in entries if e.is_dir() and _is_task(e.name))
        except OSError:
            return False
        self._mtime_ns, self._listed_at, self.read = mtime_ns, now, True
        if names == self.names:
            return False
        self.names = names
        return True

    def touched(self) -> bool:
        """Tell whether the folder has got a new time since the last call.

        Another one may have come within the same tick of the clock without showing: so a change is told a second time
        when the tick is over.
        """
        if self._mtime_ns != self._told_ns:
            self._told_ns, self._doubtful = self._mtime_ns, True
            return True
        if self._doubtful and time.time_ns() - self._mtime_ns > _TICK_NS:
            self._doubtful = False
            return True
        return False


def _is_task(name: str) -> bool:
    return not name.startswith(".") and len(name) <= 64


@dataclass(slots=True)
class _Resting:
    journal_mtime_ns: int
    quiet_sec: float | None  # None: ended, so that only a new writer can bring news
    files: int = 0  # digest of the files' sizes and times
    look_at: float = 0.0
    doubt_until: float | None = None  # what came within the tick of the last listing does not show


class Resting:
    """Hold the tasks that are not followed, and find those that woke."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tasks: dict[str, _Resting] = {}
        self._turn: deque[str] = deque()
        self._to_sweep = 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._tasks)

    def __contains__(self, task: str) -> bool:
        return task in self._tasks

    def add(self, task: str, *, quiet_sec: float | None, now: float) -> None:
        """Let a task rest: for good (``None``), or silent for ``quiet_sec`` but perhaps not ended."""
        journal = self._folder / task / "journal"
        mtime_ns = _mtime_ns(str(journal))
        resting = _Resting(mtime_ns, quiet_sec)
        if time.time_ns() - mtime_ns < _TICK_NS:
            resting.doubt_until = now + _TICK_NS / 1e9
        if quiet_sec is not None:
            resting.files = _files(journal)
            resting.look_at = now + _interval_sec(quiet_sec)
        self._tasks[task] = resting
        self._turn.append(task)

    def remove(self, task: str) -> None:
        """Forget a task."""
        self._tasks.pop(task, None)

    def sweep(self) -> None:
        """Have all tasks looked at as soon as possible."""
        self._to_sweep = len(self._turn)

    def woken(self, now: float) -> list[str]:
        """Return tasks that changed, of those whose turn it is; they rest no more."""
        found = []
        until = time.monotonic() + SWEEP_SEC
        for count in range(min(max(STATS_A_STEP, self._to_sweep), len(self._turn))):
            if count >= STATS_A_STEP and time.monotonic() > until:
                break
            self._to_sweep = max(self._to_sweep - 1, 0)
            task = self._turn.popleft()
            resting = self._tasks.get(task)
            if resting is None:
                continue
            if self._has_news(task, resting, now):
                del self._tasks[task]
                found.append(task)
            else:
                self._turn.append(task)
        return found

    def _has_news(self, task: str, resting: _Resting, now: float) -> bool:
        if _mtime_ns(f"{self._folder}/{task}/journal") != resting.journal_mtime_ns:
            return True
        if resting.doubt_until is not None and now >= resting.doubt_until:
            return True  # look once more
        if resting.quiet_sec is None or now < resting.look_at:
            return False
        interval_sec = _interval_sec(resting.quiet_sec)
        resting.quiet_sec += interval_sec
        resting.look_at = now + interval_sec
        return _files(self._folder / task / "journal") != resting.files


def _interval_sec(quiet_sec: float) -> float:
    return min(max(quiet_sec / 100, 1.0), _SLOWEST_LOOK_SEC)


def _mtime_ns(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - called hundreds of times a step
    except OSError:
        return 0


def _files(journal: Path) -> int:
    found = []
    try:
        for writer in os.scandir(journal):
            for file in os.scandir(writer.path):
                status = file.stat()
                found.append((writer.name, file.name, status.st_size, status.st_mtime_ns))
    except OSError:
        return 0
    return hash(tuple(sorted(found)))
