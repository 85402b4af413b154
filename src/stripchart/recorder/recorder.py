"""The recorder's life: take the lock, look around in a steady rhythm, explain the end, clean up, go.

One thread does everything in turn, each job guarded and none of them long, so that a death is noticed
while a segment is compressed or a disk is full. Only git and the list of packages, which may take
seconds, are gathered on a thread beside it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from stripchart.recorder.keeping import Kept
from stripchart.recorder.lock import ENDING, WATCHING, RecorderLock, Request
from stripchart.recorder.own_journal import OwnJournal
from stripchart.recorder.readings import Readings, Titled
from stripchart.recorder.roster import Participant, Roster
from stripchart.recorder.troubles import Troubles
from stripchart.recorder.uploads import Uploads
from stripchart.recorder.verdicts import verdict
from stripchart.recorder.waiting import Waiting
from stripchart.records import (
    CostMeasured,
    EnvironmentDescribed,
    Noted,
    StatusChanged,
)
from stripchart.settings import Settings

_FIRST_READING_SEC = 0.4
_COST_INTERVAL_SEC = 30.0
_WATCH_INTERVAL_SEC = 1.0  # where no descriptor tells of an end
_ENVIRONMENT_PATIENCE_SEC = 5.0
_LAST_GATHERING_SEC = 10.0
_LAST_WORDS_PATIENCE_SEC = 5.0
_LAST_SECONDS = 60.0
_GRACE_AFTER_SIGTERM_SEC = 2.0


@dataclass(slots=True)
class _Job:
    run: Callable[[], None]
    interval_sec: float
    due: float


class Recorder:
    """Record one task on one host; ``run`` returns when there is nothing left to record."""

    def __init__(
        self,
        task_dir: Path,
        settings: Settings,
        lock: RecorderLock,
        *,
        host: str,
        readings: Readings | None,
    ) -> None:
        self._task_dir = task_dir
        self._settings = settings
        self._lock = lock
        self._readings = readings
        self._troubles = Troubles(task_dir)
        self._roster = Roster(task_dir, host)
        self._kept: dict[Path, Kept] = {}
        self._judged: set[int] = set()
        self._environment: list[dict[str, Any]] = []
        self._environment_asked: set[int] = set()
        self._gatherer: threading.Thread | None = None
        self._waiting = Waiting()
        self._began = time.monotonic()

    def run(
        self, request: Request, on_ready: Callable[[], None], *, pidfd: int | None = None
    ) -> None:
        """Record from ``request`` on, whose process ``pidfd`` means, if it is known.

        ``on_ready`` is called once the first readings over a time are taken.
        """
        self._journal = OwnJournal(
            self._task_dir, attempt=request.attempt, rank=request.rank, troubles=self._troubles
        )
        self._uploads = Uploads(
            self._task_dir, self._settings, self._journal.append_now, self._troubles
        )
        if not self._lock.is_done(request):
            self._roster.request(request, pidfd)
        self._on_ready: Callable[[], None] | None = on_ready
        self._guarded(self._look_round)
        self._guarded(self._read_at_once)
        jobs = self._jobs()
        while not self._over():
            now = time.monotonic()
            for job in jobs:
                if job.due <= now:
                    self._guarded(job.run)
                    job.due = max(job.due + job.interval_sec, time.monotonic())
            wake = min(job.due for job in jobs) - time.monotonic()
            if self._waiting.wait(self._roster.descriptors(), wake):
                self._guarded(self._look_round)
        self._guarded(self._finish)

    def _jobs(self) -> list[_Job]:
        settings, now = self._settings, time.monotonic()
        return [
            _Job(self._look_round, min(settings.seal_interval_sec, _WATCH_INTERVAL_SEC), now),
            _Job(self._seal, settings.seal_interval_sec, now),
            _Job(self._read_machine, settings.monitor_interval_sec, now + _FIRST_READING_SEC),
            _Job(self._sync, settings.sync_interval_sec, now + settings.sync_interval_sec),
            _Job(self._describe, _WATCH_INTERVAL_SEC, now + _WATCH_INTERVAL_SEC / 2),
            _Job(self._measure_cost, _COST_INTERVAL_SEC, now + _COST_INTERVAL_SEC),
        ]

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - one job's error must not stop the others
            self._troubles.caught(f"recorder_{job.__name__.strip('_')}", error)

    # -- the rhythm ------------------------------------------------------------------------------------------

    def _look_round(self) -> None:
        for request in self._lock.requests():
            self._welcome(request)
        self._look_for_journals()
        self._attend()
        self._uploads.look()
        self._journal.settle()
        self._troubles.tell(self._journal.append)

    def _look_for_journals(self) -> None:
        found = [follower.directory for follower in self._roster.discover()]
        for directory in (*found, *self._journal.directories):
            if directory not in self._kept:
                self._kept[directory] = Kept(directory, self._troubles)

    def _welcome(self, request: Request) -> None:
        self._roster.request(request)
        self._judged.discard(request.attempt)
        if request.attempt > self._journal.attempt:
            self._journal.next_attempt(request.attempt, request.rank)

    def _attend(self) -> None:
        self._roster.attend(self._report_end)
        for attempt in {p.attempt for p in self._roster.participants if p.principal}:
            if attempt not in self._judged and self._roster.attempt_over(attempt):
                self._judged.add(attempt)
                self._judge(attempt)

    def _report_end(self, participant: Participant) -> None:
        """Note the death of one process among several; that of the only one is the task's own end."""
        ending = participant.ending
        # That a helper is told to stop is how worker pools end.
        least = 1 if participant.principal else 2
        if ending is None or ending.severity < least:
            return
        # Of several ranks that of the last too: where the first has ended well, nothing else would tell of it.
        if participant.principal and participant.rank == 0 and self._roster.is_alone(participant):
            return
        message = f"process {participant.pid} (rank {participant.rank}) ended: {ending.reason}"
        self._journal.append(Noted(time_us=_now_us(), code="process_ended", message=message))

    def _judge(self, attempt: int) -> None:
        found = verdict(self._roster.principals(attempt), self._roster.heard(attempt))
        if found is None:
            return
        ending = found.ending
        self._journal.append(
            StatusChanged(
                time_us=_now_us(),
                attempt=attempt,
                status=ending.status,
                reason=ending.reason,
                message=found.words,
                exit_code=ending.exit_code,
                signal=ending.signal,
                observed=not found.is_sure,
            )
        )

    def _seal(self) -> None:
        finished = self._roster.finished_directories()
        for directory, kept in self._kept.items():
            if directory in finished:
                kept.end(process_gone=finished[directory])
            kept.seal()
        # One segment a turn: compressing takes as long as the turn may.
        any(kept.compress_one() for kept in self._kept.values())

    def _sync(self) -> None:
        for kept in self._kept.values():
            kept.sync()

    def _read_machine(self) -> None:
        living = [p for p in self._roster.participants if not p.finished]
        if not any(p.principal or p.joined for p in living):
            return  # a helper that was left behind is no reason to go on measuring
        for participant in living:
            participant.kills.look()
        if self._readings is not None:
            self._keep(self._readings.read({p.pid for p in living if not p.is_ours}))
        if self._on_ready is not None:
            self._on_ready()
            self._on_ready = None

    def _read_at_once(self) -> None:
        # Also of a run that ended before we came: the machine is much the same a tenth of a second later.
        if self._readings is not None:
            self._keep(self._readings.begin({p.pid for p in self._roster.participants}))

    def _read_at_last(self) -> None:
        if self._readings is not None:
            self._keep(self._readings.end())

    def _keep(self, readings: Titled) -> None:
        iteration = self._roster.iteration(self._journal.attempt)
        for title, values in readings.items():
            self._journal.readings(title, values, iteration)

    def _measure_cost(self) -> None:
        process = psutil.Process()
        times = process.cpu_times()
        self._journal.append(
            CostMeasured(
                time_us=_now_us(),
                recorder_cpu_sec=round(sum(times[:4]), 3),  # with git, which it started
                recorder_rss_bytes=process.memory_info().rss,
                journal_bytes=sum(kept.size_bytes() for kept in self._kept.values()),
            )
        )

    # -- the environment ---------------------------------------------------------------------------------------

    def _describe(self) -> None:
        """Have git and packages of an attempt gathered once, and keep what has been gathered."""
        attempt = self._journal.attempt
        if attempt not in self._environment_asked and self._roster.has_owner(attempt):
            folder = self._roster.script_folder(attempt)
            if folder is None and time.monotonic() - self._began < _ENVIRONMENT_PATIENCE_SEC:
                return  # the task has not said yet where it runs
            self._environment_asked.add(attempt)
            self._gatherer = threading.Thread(target=self._gather, args=(folder,), daemon=True)
            self._gatherer.start()
        while self._environment:
            values = self._environment.pop(0)
            self._journal.append(
                EnvironmentDescribed(time_us=_now_us(), attempt=attempt, values=values)
            )

    def _describe_at_last(self) -> None:
        """Describe the attempt even if its process ended before there was time to."""
        self._describe()
        if self._gatherer is not None and self._waiting.asked_to_stop_at is None:
            self._gatherer.join(_LAST_GATHERING_SEC)
        self._describe()

    def _gather(self, folder: Path | None) -> None:
        from stripchart.recorder.environment import describe_git, installed_packages

        try:
            git = describe_git(folder) if folder is not None else None
            if git is not None:
                self._environment.append({"git": git})
            self._environment.append({"packages": installed_packages()})
        except Exception as error:  # noqa: BLE001 - a broken installation is no reason to stop
            self._troubles.caught("recorder_environment", error)

    # -- the end -----------------------------------------------------------------------------------------------

    def _over(self) -> bool:
        if self._waiting.asked_to_stop_at is not None:
            return self._over_after_signal(self._waiting.asked_to_stop_at)
        if not self._task_dir.is_dir():
            return True
        if not self._roster.all_finished():
            self._uploads.go_on()
            return False
        if not self._uploads.all_done():
            return False
        # From here on a newcomer waits for the lock; whoever came before is found by this look.
        self._lock.mark(ENDING)
        self._guarded(self._look_round)
        if self._roster.all_finished():
            return True
        self._lock.mark(WATCHING)
        return False

    def _over_after_signal(self, asked_at: float) -> bool:
        """Stay for a moment: who stops a job signals all of it, and the training's end is to be told."""
        if self._roster.all_finished():
            return True
        return time.monotonic() - asked_at > _GRACE_AFTER_SIGTERM_SEC

    def _finish(self) -> None:
        """Seal, compress, sync and close; a disk that hangs does not keep us past the deadline."""
        deadline = threading.Timer(_LAST_SECONDS, os._exit, (1,))
        deadline.daemon = True
        deadline.start()
        if self._task_dir.is_dir():
            self._guarded(self._read_at_last)
            self._guarded(self._describe_at_last)
            self._guarded(self._measure_cost)
            self._guarded(self._uploads.stop)
            self._guarded(self._put_in_order)
        if self._readings is not None:
            self._readings.close()
        self._lock.release(done=self._roster.all_finished())
        # Whoever comes next must not wait for a process that is slow to go.
        self._guarded(self._tidy)
        deadline.cancel()

    def _put_in_order(self) -> None:
        self._troubles.tell(self._journal.append)
        self._journal.close()
        self._look_for_journals()
        self._seal()
        for directory in self._journal.directories:
            self._kept[directory].end(process_gone=True)
        self._sync()
        if self._waiting.asked_to_stop_at is None:
            self._compress_all()

    def _tidy(self) -> None:
        began = time.monotonic()
        while self._roster.remove_empty_last_words():
            patience_sec = _LAST_WORDS_PATIENCE_SEC if self._waiting.asked_to_stop_at is None else 0
            if time.monotonic() - began > patience_sec:
                return
            time.sleep(0.05)

    def _compress_all(self) -> None:
        began = time.monotonic()
        over = [kept for kept in self._kept.values() if kept.over]
        while over and time.monotonic() - began < _LAST_SECONDS / 2:
            over = [kept for kept in over if not kept.done()]
            if not any(kept.compress_one() for kept in over):
                time.sleep(0.1)


def _now_us() -> int:
    return time.time_ns() // 1000
