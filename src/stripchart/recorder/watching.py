"""Notice that a process has ended, and learn how, without being its parent.

Linux: a pidfd becomes readable when the process ends, and cannot come to mean another process. How it
ended is then asked of the kernel, in this order:

1. ``PIDFD_GET_INFO`` on the pidfd, which knows the exit status after the parent has collected it
   (Linux 6.15 and later);
2. field 52 of ``/proc/<pid>/stat`` while the process is a zombie, which its owner may read.

Elsewhere, and where pidfds are missing or forbidden: ``psutil``, asked by pid and creation time, which
notices the end but not its manner.
"""

from __future__ import annotations

import os
import select
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

# _IOWR(0xFF, 11, struct pidfd_info), whose first version has 64 bytes: mask, cgroupid, twelve 32-bit
# fields of which exit_code is the last (include/uapi/linux/pidfd.h).
_PIDFD_GET_INFO = 0xC040FF0B
_PIDFD_INFO = struct.Struct("=QQ11Ii")
_PIDFD_INFO_EXIT = 1 << 3
_STATUS_PATIENCE_SEC = 0.5
# The creation time of one process, computed from boot time and ticks, differs by this much at most
# between two processes that compute it while the clock is being adjusted.
_SAME_START_SEC = 2.0


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """Say how a process ended: by ``code``, or by ``signal`` with ``code`` None."""

    code: int | None
    signal: int | None = None

    @property
    def returncode(self) -> int:
        """Return it as one number: the code, or the signal below zero."""
        return self.code or 0 if self.signal is None else -self.signal


def from_wait_status(status: int) -> ExitStatus:
    """Read the status as ``waitpid`` and the kernel encode it."""
    number = status & 0x7F
    return ExitStatus(None, number) if number else ExitStatus((status >> 8) & 0xFF)


def of_returncode(returncode: int) -> ExitStatus:
    """Read what ``ExitStatus.returncode`` wrote."""
    return ExitStatus(returncode) if returncode >= 0 else ExitStatus(None, -returncode)


class Watch:
    """Watch one process until it ends.

    ``started`` is its creation time, ``None`` if unknown; ``existed_at`` a moment at which it was known
    to exist (seconds since the epoch): a process of this pid that was created later is another one.
    ``pidfd`` is a descriptor that the process opened of itself, and is owned from here on: it means that
    process even where it has ended before we came.
    """

    def __init__(
        self,
        pid: int,
        *,
        started: float | None = None,
        existed_at: float | None = None,
        pidfd: int | None = None,
    ) -> None:
        self.pid = pid
        self._pidfd = pidfd
        self._process: psutil.Process | None = None
        self._ended = False
        if pidfd is None:
            self._open(started, existed_at)

    def fileno(self) -> int | None:
        """Return a descriptor that becomes readable at the end, or None where there is none."""
        return self._pidfd

    def ended(self) -> bool:
        """Say whether the process has ended; a zombie has."""
        if not self._ended:
            self._ended = self._look()
        return self._ended

    def exit_status(self) -> ExitStatus | None:
        """Return how it ended, or None where nobody can tell; ask once, after ``ended``.

        The kernel publishes the status a moment after the end, so this may take half a second.
        """
        if self._pidfd is None:
            return _status_of_zombie(self.pid) if self._process is not None else None
        deadline = time.monotonic() + _STATUS_PATIENCE_SEC
        while True:
            status = _status_of_pidfd(self._pidfd) or _status_of_zombie(self.pid)
            if status is not None or time.monotonic() > deadline:
                return status
            time.sleep(0.02)

    def close(self) -> None:
        """Give the descriptor back; idempotent."""
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def _open(self, started: float | None, existed_at: float | None) -> None:
        # The pidfd first: from then on the pid cannot be taken over between look and watch.
        self._pidfd = _pidfd_open(self.pid)
        try:
            process = psutil.Process(self.pid)
            created = process.create_time()
        except psutil.Error:
            # Gone. A pidfd that we got all the same belongs to a process that ended just now.
            self._ended = self._pidfd is None
            return
        reused = started is not None and abs(created - started) > _SAME_START_SEC
        reused |= existed_at is not None and created > existed_at + _SAME_START_SEC
        if reused:
            self.close()
            self._ended = True
            return
        self._process = process

    def _look(self) -> bool:
        if self._pidfd is not None:
            return bool(_readable(self._pidfd))
        assert self._process is not None
        try:
            return not self._process.is_running() or self._process.status() == psutil.STATUS_ZOMBIE
        except psutil.Error:
            return True


def is_pidfd(fd: int, pid: int) -> bool:
    """Say whether an inherited descriptor is a pidfd of a process, which may have ended."""
    try:
        info = Path(f"/proc/self/fdinfo/{fd}").read_text()
        fields = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
        return int(fields["Pid"]) in (pid, -1)  # -1: it has ended, and its parent knows
    except (OSError, KeyError, ValueError):
        return False


def _readable(fd: int) -> bool:
    # poll, not select: descriptor numbers above 1023 are no error here.
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    return bool(poller.poll(0))


def _pidfd_open(pid: int) -> int | None:
    opener = getattr(os, "pidfd_open", None)
    if opener is None:
        return None
    try:
        fd: int = opener(pid)
    except OSError:  # no such process, an old kernel, a sandbox that forbids it
        return None
    return fd


def _status_of_pidfd(pidfd: int) -> ExitStatus | None:
    if sys.platform == "win32":
        return None
    import fcntl

    request = _PIDFD_INFO.pack(_PIDFD_INFO_EXIT, *([0] * 13))
    try:
        answer = fcntl.ioctl(pidfd, _PIDFD_GET_INFO, request)
    except OSError:  # kernels before 6.13, or the process was collected before info was kept
        return None
    fields = _PIDFD_INFO.unpack(answer)
    return from_wait_status(fields[-1]) if fields[0] & _PIDFD_INFO_EXIT else None


def _status_of_zombie(pid: int) -> ExitStatus | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text("latin-1")
    except OSError:
        return None
    fields = text[text.rfind(")") + 2 :].split()
    if len(fields) < 50 or fields[0] != "Z":
        return None
    return from_wait_status(int(fields[49]))
