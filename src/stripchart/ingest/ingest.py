"""Bring what journals hold into catalog and event store, exactly once, and follow it as it grows.

``step`` looks at what may have changed, and for all tasks together makes one append to the event store and then one
save to the catalog. A crash between the two is made good by the next start (see ``ingest.cursor``). One bad task
never stops the others: what fails is logged once for each cause and tried again later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from stripchart.ingest.changes import Changed
from stripchart.ingest.cursor import Decoded
from stripchart.ingest.following import TaskFollower, WriterGoneError
from stripchart.ingest.roster import Roster
from stripchart.store.catalog import Catalog
from stripchart.store.contract import Batch, Store

POINTS_A_ROUND = 1_000_000
STEP_SEC = 0.25
DROP_SEC = 0.1

Reads = dict[str, tuple[TaskFollower, list[tuple[str, Decoded]]]]


class Ingest:
    """Keep the index of a home; one process at a time, one thread at a time.

    ``home`` holds ``tasks/``. The stores are the caller's to open and close.
    """

    def __init__(self, home: Path, catalog: Catalog, events: Store) -> None:
        self._catalog = catalog
        self._events = events
        self._roster = Roster(Path(home) / "tasks", catalog, events)
        self._turn = 0
        self._changes: dict[str, Changed] = {}
        self._gone: dict[str, None] = {}  # whose rows the event store still holds, in order
        self.behind = True

    def step(self) -> list[Changed]:
        """Take in what is new; return what changed, one entry a task.

        Works for about ``STEP_SEC``; ``behind`` tells then whether more is waiting.
        """
        now = time.monotonic()
        self._forget(self._roster.notice(now))
        while True:
            self._drop_some()
            self._roster.open_some(now)
            self._round(now)
            waiting = bool(self._roster.waiting or self._gone)
            self.behind = waiting or any(f.more for f in self._roster)
            if not self.behind or time.monotonic() - now > STEP_SEC:
                break
        if not self._changes and not self.behind:
            self._events.settle()
        changes, self._changes = self._changes, {}
        return list(changes.values())

    def wake(self, tasks: Iterable[str]) -> None:
        """Have the next step look at these tasks first."""
        self._roster.wake(tasks)

    def catch_up(self, told: Callable[[int], None] | None = None) -> None:
        """Step until all that is on disk is in the index and saved; ``told`` hears how many tasks are still to come."""
        self.step()
        while self.behind:
            if told is not None:
                told(self._roster.waiting)
            self.step()
        self._save([f for f in self._roster if f.dirty], time.monotonic())

    # ---- one round

    def _round(self, now: float) -> None:
        for task, (follower, found) in self._append(self._read(now), now).items():
            with self._roster.contained(task, now):
                for writer, decoded in found:
                    follower.apply(writer, decoded)
        for follower in self._roster:
            with self._roster.contained(follower.id, now):
                follower.watch(now)
        self._save([f for f in self._roster if f.due(now)], now)
        for follower in self._roster:
            if (changed := follower.tell()) is not None:
                self._tell(changed)
        self._roster.rest(now)

    def _read(self, now: float) -> Reads:
        """Read every followed task on; each round begins at another one, so that none waits for ever."""
        followers = list(self._roster)
        self._turn = (self._turn + 1) % max(len(followers), 1)
        left, reads = POINTS_A_ROUND, Reads()
        for follower in followers[self._turn :] + followers[: self._turn]:
            if left <= 0:
                follower.more = True
                continue
            with self._roster.contained(follower.id, now):
                try:
                    found = follower.read(left)
                except WriterGoneError:
                    self._roster.afresh(follower.id)
                    continue
                left -= sum(decoded.size for _, decoded in found)
                if found:
                    reads[follower.id] = (follower, found)
        return reads

    def _append(self, reads: Reads, now: float) -> Reads:
        """Append what was read to the event store, all at once; task by task if that fails, to find the bad one."""
        batches = {task: _batches(found) for task, (_, found) in reads.items()}
        every = [batch for of_task in batches.values() for batch in of_task]
        if not every:
            return reads
        try:
            self._events.append(every)
        except Exception:  # noqa: BLE001 - each task's own error is logged below
            good = [task for task in reads if self._append_one(task, batches[task], now)]
            return {task: reads[task] for task in good}
        return reads

    def _append_one(self, task: str, batches: list[Batch], now: float) -> bool:
        with self._roster.contained(task, now) as attempt:
            self._events.append(batches)
        return not attempt.failed

    def _save(self, followers: list[TaskFollower], now: float) -> None:
        """Save states to the catalog, all at once; one by one if that fails."""
        ready = []
        for follower in followers:
            with self._roster.contained(follower.id, now):
                follower.summarise(now)
                ready.append(follower)
        if not ready:
            return
        try:
            self._catalog.save([follower.state for follower in ready])
        except Exception:  # noqa: BLE001 - each task's own error is logged below
            ready = [follower for follower in ready if self._save_one(follower, now)]
        for follower in ready:
            follower.saved()

    def _save_one(self, follower: TaskFollower, now: float) -> bool:
        with self._roster.contained(follower.id, now) as attempt:
            self._catalog.save([follower.state])
        return not attempt.failed

    def _forget(self, tasks: list[str]) -> None:
        """Take tasks that are gone from disk out of the catalog, and so out of sight."""
        if not tasks:
            return
        self._catalog.forget(tasks)
        for task in tasks:
            self._roster.forget(task)
            self._gone[task] = None
            self._tell(Changed(task, deleted=True))

    def _drop_some(self) -> None:
        """Drop what the event store holds of them: for a bounded time, but at once of one that is back."""
        until = time.monotonic() + DROP_SEC
        back = [task for task in self._gone if self._roster.is_on_disk(task)]
        for task in [*back, *(task for task in list(self._gone) if task not in back)]:
            if task not in back and time.monotonic() > until:
                return
            self._events.delete_task(task)
            del self._gone[task]

    def _tell(self, changed: Changed) -> None:
        before = self._changes.get(changed.id)
        self._changes[changed.id] = changed if before is None else before.merged(changed)


def _batches(found: list[tuple[str, Decoded]]) -> list[Batch]:
    return [batch for _, decoded in found for batch in decoded.batches]
