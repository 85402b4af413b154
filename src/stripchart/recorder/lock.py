"""One recorder per task per host, and no gap between one that ends and the next.

The lock is held on ``recorder-<host>.lock``; the host is in the name because on a shared file system
the same folder is seen, and locked, from every node of a job.

A later recorder (another rank, another attempt) that finds the lock held first leaves its process in
``recorder-<host>.watch``, then looks at the phase that the holder has written. The holder writes
"ending" *before* its last look at the watch file. So whoever reads "watching" has been seen, and may
leave at once; whoever reads "ending" waits for the lock. No interleaving loses a process. The ranks of a
launch leave themselves in the watch file before they start a recorder (``sdk.launch.ask_to_watch``).

A holder that ends in order writes how much of the watch file is done with: the next one reads on from
there, and explains no death a second time. One that is killed leaves it all to the next.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

# Followed by a blank and the pid, which the SDK reads, and how many bytes of the watch file are done with.
WATCHING, ENDING = b"watching", b"ending  "
_POLL_SEC = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """Ask that a process be watched as one that the task lives in.

    ``started`` is its creation time in seconds since the epoch, where known: pids are used again.
    ``joined``: another process owns the attempt, and this one's end decides nothing about it.
    ``rank`` is the process's own, which it may end without having written anywhere else.
    ``asked_at`` (seconds since the epoch, where known): a process created later is another one.
    ``returncode``: how it has ended meanwhile, the code or the signal below zero; only who holds a descriptor
    of it may know that.
    """

    pid: int
    attempt: int
    started: float | None = None
    joined: bool = False
    rank: int = 0
    asked_at: float | None = None
    returncode: int | None = None


class RecorderLock:
    """Hold the right to be this host's recorder of a task."""

    def __init__(self, task_dir: Path, host: str) -> None:
        name = re.sub(r"[^\w.-]", "_", host) or "host"
        self._path = task_dir / f"recorder-{name}.lock"
        self._requests_path = task_dir / f"recorder-{name}.watch"
        self._requests_read = 0
        self._requests_done = 0
        self._done: set[tuple[int, int]] = set()
        self._fd: int | None = None

    def acquire(self, request: Request, *, patience_sec: float) -> bool:
        """Take the lock, or hand the process over to the recorder that holds it.

        Returns False when the holder will watch the process, or when an ending holder did not
        release the lock within ``patience_sec``, or when the process is done with and no other waits.
        Raises OSError when the folder cannot be written.
        """
        if self._try():
            return self._is_needed(request)
        with open(self._requests_path, "ab") as file:
            file.write(json.dumps(asdict(request)).encode() + b"\n")
        deadline = time.monotonic() + patience_sec
        while self._phase() == ENDING and time.monotonic() < deadline:
            if self._try():
                return self._is_needed(request)
            time.sleep(_POLL_SEC)
        return False

    def _is_needed(self, request: Request) -> bool:
        """Let go of the lock again if recorders before us have done with the process, and nobody else waits."""
        before, _ = self._whole_lines(0, self._requests_done)
        self._done = {(r.pid, r.attempt) for r in before}
        if not self.is_done(request):
            return True
        self.mark(ENDING)  # who comes now waits for the lock
        waiting, end = self._whole_lines(self._requests_done)
        if not all(map(self.is_done, waiting)):
            self.mark(WATCHING)
            return True
        self._requests_read = end
        self.release(done=True)
        return False

    def is_done(self, request: Request) -> bool:
        """Say whether a recorder before us has seen the process end, and has said all that there is to say."""
        return (request.pid, request.attempt) in self._done

    def acquire_alone(self) -> bool:
        """Take the lock if nobody holds it, to watch no process."""
        taken = self._try()
        if taken:
            self.mark(ENDING)  # who comes now waits for the lock
        return taken

    def requests(self) -> list[Request]:
        """Return what other recorders left to be watched since the last call."""
        found, self._requests_read = self._whole_lines(self._requests_read)
        return [request for request in found if not self.is_done(request)]

    def _whole_lines(self, begin: int, end: int | None = None) -> tuple[list[Request], int]:
        """Return the requests between two places of the watch file, and where they end."""
        try:
            with open(self._requests_path, "rb") as file:
                file.seek(begin)
                data = file.read(1 << 20 if end is None else end - begin)
        except OSError:
            return [], begin
        whole = data[: data.rfind(b"\n") + 1]
        found = [r for line in whole.splitlines() if (r := _parse(line)) is not None]
        return found, begin + len(whole)

    def mark(self, phase: bytes) -> None:
        """Publish the phase; no-op when the disk refuses, as the lock itself still holds."""
        if self._fd is None:
            return
        try:
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, b"%s %-20d %-20d" % (phase, os.getpid(), self._requests_done))
        except OSError:
            pass

    def release(self, *, done: bool = False) -> None:
        """Let the next recorder in; ``done``: every process that was left to be watched has ended and is explained."""
        if self._fd is not None:
            if done:
                self._requests_done = self._requests_read
                self.mark(ENDING)
            os.close(self._fd)
            self._fd = None

    def _try(self) -> bool:
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        if not _lock(fd):
            os.close(fd)
            return False
        self._fd = fd
        self._requests_done = self._requests_read = _done(fd)
        self.mark(WATCHING)
        return True

    def _phase(self) -> bytes:
        try:
            with open(self._path, "rb") as file:
                return file.read(len(ENDING))
        except OSError:
            return b""


def _done(fd: int) -> int:
    """Return how much of the watch file the holders before have done with."""
    fields = os.read(fd, 64).split()
    return int(fields[2]) if len(fields) > 2 and fields[2].isdigit() else 0


def _parse(line: bytes) -> Request | None:
    try:
        value = json.loads(line)
        started, asked_at = value.get("started"), value.get("asked_at")
        returncode = value.get("returncode")
        return Request(
            pid=int(value["pid"]),
            attempt=int(value["attempt"]),
            started=None if started is None else float(started),
            joined=value.get("joined") is True,
            rank=int(value.get("rank", 0)),
            asked_at=None if asked_at is None else float(asked_at),
            returncode=None if returncode is None else int(returncode),
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
