"""One recorder per task per host, and no gap between one that ends and the next.

The lock is held on ``recorder-<host>.lock``; the host is in the name because on a shared file system
the same folder is seen, and locked, from every node of a job.

A later recorder (another rank, another attempt) that finds the lock held first leaves its process in
``recorder-<host>.watch``, then looks at the phase that the holder has written. The holder writes
"ending" *before* its last look at the watch file. So whoever reads "watching" has been seen, and may
leave at once; whoever reads "ending" waits for the lock. No interleaving loses a process.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

WATCHING, ENDING = b"watching", b"ending  "  # followed by a blank and the pid, which the SDK reads
_POLL_SEC = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """Ask that a process be watched as one that the task lives in.

    ``started`` is its creation time in seconds since the epoch, where known: pids are used again.
    ``joined``: another process owns the attempt, and this one's end decides nothing about it.
    ``rank`` is the process's own, which it may end without having written anywhere else.
    """

    pid: int
    attempt: int
    started: float | None = None
    joined: bool = False
    rank: int = 0


class RecorderLock:
    """Hold the right to be this host's recorder of a task."""

    def __init__(self, task_dir: Path, host: str) -> None:
        name = re.sub(r"[^\w.-]", "_", host) or "host"
        self._path = task_dir / f"recorder-{name}.lock"
        self._requests_path = task_dir / f"recorder-{name}.watch"
        self._requests_read = 0
        self._fd: int | None = None

    def acquire(self, request: Request, *, patience_sec: float) -> bool:
        """Take the lock, or hand the process over to the recorder that holds it.

        Returns False when the holder will watch the process, or when an ending holder did not
        release the lock within ``patience_sec``. Raises OSError when the folder cannot be written.
        """
        if self._try():
            return True
        with open(self._requests_path, "ab") as file:
            file.write(json.dumps(asdict(request)).encode() + b"\n")
        deadline = time.monotonic() + patience_sec
        while self._phase() == ENDING and time.monotonic() < deadline:
            if self._try():
                return True
            time.sleep(_POLL_SEC)
        return False

    def acquire_alone(self) -> bool:
        """Take the lock if nobody holds it, to watch no process."""
        taken = self._try()
        if taken:
            self.mark(ENDING)  # who comes now waits for the lock
        return taken

    def requests(self) -> list[Request]:
        """Return what other recorders left to be watched since the last call."""
        try:
            with open(self._requests_path, "rb") as file:
                file.seek(self._requests_read)
                data = file.read(1 << 20)
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._requests_read += len(whole)
        return [r for line in whole.splitlines() if (r := _parse(line)) is not None]

    def mark(self, phase: bytes) -> None:
        """Publish the phase; no-op when the disk refuses, as the lock itself still holds."""
        if self._fd is None:
            return
        try:
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, b"%s %-20d" % (phase, os.getpid()))
        except OSError:
            pass

    def release(self) -> None:
        """Let the next recorder in."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _try(self) -> bool:
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        if not _lock(fd):
            os.close(fd)
            return False
        self._fd = fd
        self.mark(WATCHING)
        return True

    def _phase(self) -> bytes:
        try:
            with open(self._path, "rb") as file:
                return file.read(len(ENDING))
        except OSError:
            return b""


def _parse(line: bytes) -> Request | None:
    try:
        value = json.loads(line)
        started = value.get("started")
        return Request(
            pid=int(value["pid"]),
            attempt=int(value["attempt"]),
            started=None if started is None else float(started),
            joined=value.get("joined") is True,
            rank=int(value.get("rank", 0)),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> bool:
        # The byte lies far behind the phase: Windows locks keep others from reading what they cover.
        try:
            os.lseek(fd, 1 << 20, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
