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
    return not _started_after(identity)


def _started_after(identity: WriterIdentity) -> bool:
    """Say whether the process with this pid is a later one: pids are used again."""
    try:
        stat = Path(f"/proc/{identity.pid}/stat").read_text()
        boot = next(
            line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime")
        )
        ticks = int(stat.rpartition(")")[2].split()[19])
        started_sec = int(boot.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return False
    # Ten seconds, as boot time and wall clock are not kept to the second.
    return started_sec > identity.started_us / 1e6 + 10
