"""Stand back behind the training: lower CPU and disk priority, no terminal, no inherited descriptors."""

from __future__ import annotations

import contextlib
import os
import sys

import psutil

_NICENESS = 10


def detach(keep: int | None = None) -> None:
    """Let go of everything but one descriptor that could keep the starter's terminal or pipe from ending.

    The SDK starts the recorder in a session of its own with closed descriptors; this holds also for a
    recorder that was started another way.
    """
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):  # the leader of its session already
            os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    if null > 2:
        os.close(null)
    for fd in _open_descriptors():
        if fd != keep:
            with contextlib.suppress(OSError):  # the listing's own
                os.close(fd)


def stand_back() -> None:
    """Lower the priority.

    Not to the lowest: on a machine whose every core is busy, niceness 19 would get a three-hundredth
    of a core, and a death would wait for a minute to be noticed. And disk priority is the lowest of the
    ordinary class, not "idle": under a disk that is never idle the journal would never be synced.
    """
    process = psutil.Process()
    try:
        if sys.platform == "win32":
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            os.nice(max(_NICENESS - os.nice(0), 0))
    except (OSError, psutil.Error):
        pass
    try:
        if hasattr(psutil, "IOPRIO_CLASS_BE"):
            process.ionice(psutil.IOPRIO_CLASS_BE, value=7)
    except (OSError, psutil.Error, AttributeError):
        pass


def _open_descriptors() -> list[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return [fd for name in os.listdir(folder) if (fd := int(name)) > 2]  # noqa: PTH208
        except (OSError, ValueError):
            continue
    return []
