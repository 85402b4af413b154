"""Whether the process behind a writer still runs, as far as it can be told from here."""

from __future__ import annotations

import os
from pathlib import Path

from stripchart.records import WriterIdentity


def is_alive(identity: WriterIdentity) -> bool:
    """Say whether the writer's process runs; true wherever it cannot be told (another host, Windows)."""
    if not hasattr(os, "uname") or identity.host != os.uname().nodename:
        return True
    fields = _fields_of(identity.pid)
    if fields is None:
        return False
    try:
        return not fields or not _started_after(identity, int(fields[19]))
    except (ValueError, IndexError):
        return True


def is_running(pid: int) -> bool:
    """Say whether a process of this host runs; true wherever it cannot be told."""
    return _fields_of(pid) is not None


def _fields_of(pid: int) -> list[str] | None:
    """Return what Linux tells of a process, from its state on; nothing elsewhere, None of one that has ended."""
    if os.name != "posix":
        return []  # Windows would send it a signal
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except (OSError, OverflowError):
        return []
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()
        return None if _is_zombie(fields) else fields
    except (OSError, ValueError, IndexError):
        return []


def _is_zombie(fields: list[str]) -> bool:
    """Say whether a process has ended and only waits for its parent, which in a container may never ask."""
    state, threads = fields[0], int(fields[17])
    # One whose first thread alone has ended looks the same, but for the others.
    return state in ("Z", "X") and threads <= 1


def _started_after(identity: WriterIdentity, ticks: int) -> bool:
    """Say whether the process with this pid is a later one: pids are used again."""
    try:
        boot = next(
            line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime")
        )
        started_sec = int(boot.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return False
    # Ten seconds, as boot time and wall clock are not kept to the second.
    return started_sec > identity.started_us / 1e6 + 10
