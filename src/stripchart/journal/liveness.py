"""Whether the process behind a writer still runs, as far as it can be told from here."""

from __future__ import annotations

import os
from pathlib import Path

from stripchart.records import WriterIdentity


def is_alive(identity: WriterIdentity) -> bool:
    """Say whether the writer's process runs; true wherever it cannot be told (another host, Windows)."""
    if not hasattr(os, "uname") or identity.host != os.uname().nodename:
        return True
    try:
        os.kill(identity.pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    try:
        fields = Path(f"/proc/{identity.pid}/stat").read_text("latin-1").rpartition(")")[2].split()
        return not _is_zombie(fields) and not _started_after(identity, int(fields[19]))
    except (OSError, ValueError, IndexError):
        return True


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
