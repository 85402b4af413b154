"""``python -m stripchart.recorder <task dir> --attempt N --pid PID [--started TIME]``: started by the SDK."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

from stripchart.recorder.lock import RecorderLock, Request
from stripchart.recorder.priority import detach, stand_back
from stripchart.recorder.readings import Readings
from stripchart.recorder.recorder import Recorder
from stripchart.recorder.troubles import Troubles
from stripchart.recorder.watching import Watch, is_pidfd
from stripchart.settings import Settings, SettingsError, load

_PATIENCE_SEC = 90.0  # for an ending recorder, whose own last deadline is shorter


def main(arguments: list[str] | None = None) -> int:
    """Record a task until its processes have ended; 0 also when another recorder does it already."""
    parsed = _parse(arguments)
    task_dir: Path = parsed.task_dir.absolute()
    pidfd = (
        parsed.pidfd if parsed.pidfd is not None and is_pidfd(parsed.pidfd, parsed.pid) else None
    )
    detach(keep=pidfd)
    # NumPy comes with compression, and would keep a thread for each core for linear algebra.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.chdir(os.sep)  # hold no folder that somebody wants to unmount or delete
    host = socket.gethostname()
    lock = RecorderLock(task_dir, host)
    request = Request(
        pid=parsed.pid,
        attempt=parsed.attempt,
        started=parsed.started,
        joined=parsed.joined,
        rank=parsed.rank,
        returncode=_returncode(parsed.pid, pidfd),
    )
    try:
        if not lock.acquire(request, patience_sec=_PATIENCE_SEC):
            return 0
    except OSError:
        return 1  # no folder, or none that we may write: there is nothing to record
    try:
        settings = _settings(task_dir)
        if parsed.monitor_interval is not None:
            settings = replace(settings, monitor_interval_sec=parsed.monitor_interval)
        readings = Readings(
            task_dir, whole_machine=parsed.whole_machine, per_core=settings.monitor_per_core
        )
        recorder = Recorder(
            task_dir,
            settings,
            lock,
            host=host,
            readings=None if parsed.no_monitor else readings,
        )
        recorder.run(request, stand_back, pidfd=pidfd)
    except Exception as error:  # noqa: BLE001 - nobody is left to raise to; the log is read
        Troubles(task_dir).caught("recorder_failed", error)
        return 1
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stripchart.recorder", description=__doc__)
    parser.add_argument("task_dir", type=Path)
    parser.add_argument("--attempt", type=int, default=0)
    parser.add_argument("--pid", type=int, required=True, help="a process that the task lives in")
    parser.add_argument("--rank", type=int, default=0, help="its number in a launch of several")
    parser.add_argument("--started", type=float, help="its creation time, seconds since the epoch")
    parser.add_argument("--pidfd", type=int, help="an inherited descriptor of it, on Linux")
    parser.add_argument("--joined", action="store_true", help="another process owns the attempt")
    parser.add_argument("--no-monitor", action="store_true", help="take no machine readings")
    parser.add_argument("--monitor-interval", type=float, help="seconds between machine readings")
    parser.add_argument(
        "--whole-machine", action="store_true", help="memory_used_gb is that of the machine"
    )
    return parser.parse_args(arguments)


def _returncode(pid: int, pidfd: int | None) -> int | None:
    """Return how the process has ended that a descriptor means, None if it lives or nobody knows."""
    if pidfd is None:
        return None
    watch = Watch(pid, pidfd=pidfd)
    status = watch.exit_status() if watch.ended() else None
    return None if status is None else status.returncode


def _settings(task_dir: Path) -> Settings:
    try:
        return load()
    except SettingsError as error:
        # The task has refused these already, or they were broken since: a default still records.
        Troubles(task_dir).caught("recorder_settings", error)
        return Settings()


if __name__ == "__main__":
    sys.exit(main())
