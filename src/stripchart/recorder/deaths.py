"""Conclude from the traces of an ended process what became of the task.

The order of the evidence is that of ``docs/adr/0003-how-a-death-is-explained.md``. Nothing here does
I/O but reading the kernel's counters of processes killed for memory.
"""

from __future__ import annotations

import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from stripchart.recorder.watching import ExitStatus
from stripchart.records import Status

WITHOUT_A_WORD = "ended without a word (SIGKILL, power or os._exit)"
OUT_OF_MEMORY = "killed by the kernel: out of memory"

_SIGKILL = 9
_STOPPING = {"SIGINT", "SIGTERM", "SIGHUP"}
_SHELL_SIGNAL_BASE = 128  # an exit code above it is how a shell or a handler tells of a signal
_FATAL = re.compile(r"^Fatal Python error: (.+)$", re.MULTILINE)
_FATAL_SIGNALS = {
    "Segmentation fault": "SIGSEGV",
    "Bus error": "SIGBUS",
    "Aborted": "SIGABRT",
    "Floating point exception": "SIGFPE",
    "Floating-point exception": "SIGFPE",
    "Illegal instruction": "SIGILL",
}
# Between the kill and our look may lie a turn of the loop, and the freeing of a large memory.
_JUST_NOW_SEC = 10.0
_SEVERITY: dict[Status, int] = {"completed": 0, "stopped": 1, "failed": 2}


@dataclass(frozen=True, slots=True)
class Ending:
    """Say what the end of one process means for its task; fields as in ``StatusChanged``."""

    status: Status
    reason: str = ""
    exit_code: int | None = None
    signal: int | None = None

    @property
    def severity(self) -> int:
        """Order endings from completed to failed."""
        return _SEVERITY[self.status]

    @property
    def is_kill(self) -> bool:
        """Say whether somebody else ended the process, which no failure of another process brings about by itself."""
        return self.signal == _SIGKILL or self.reason in (WITHOUT_A_WORD, OUT_OF_MEMORY)


def conclude(
    exit_status: ExitStatus | None, *, closed: bool, last_words: str, out_of_memory: bool
) -> Ending:
    """Explain an end that the process itself said nothing about.

    ``closed``: its journal was closed in order. ``out_of_memory``: the kernel has killed for memory
    between the last look and now.
    """
    if exit_status is None:
        return _guess(closed=closed, last_words=last_words, out_of_memory=out_of_memory)
    if exit_status.signal is not None:
        return _by_signal(exit_status.signal, out_of_memory=out_of_memory)
    code = exit_status.code or 0
    if code == 0:
        return Ending("completed", exit_code=0)
    name = signal_name(code - _SHELL_SIGNAL_BASE)
    if name in _STOPPING:
        return Ending("stopped", f"{name} (exit code {code})", exit_code=code)
    return Ending("failed", f"exit code {code}", exit_code=code)


def signal_name(number: int) -> str:
    """Return ``SIGKILL`` for 9, and a plain text for a number without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _by_signal(number: int, *, out_of_memory: bool) -> Ending:
    name = signal_name(number)
    if name in _STOPPING:
        return Ending("stopped", name, signal=number)
    if name == "SIGKILL" and out_of_memory:
        return Ending("failed", f"SIGKILL, {OUT_OF_MEMORY}", signal=number)
    return Ending("failed", name, signal=number)


def _guess(*, closed: bool, last_words: str, out_of_memory: bool) -> Ending:
    fatal = _FATAL.search(last_words)
    if fatal is not None:
        name = _FATAL_SIGNALS.get(fatal[1].strip())
        number = getattr(signal, name, None) if name else None
        return Ending(
            "failed", name or fatal[1].strip(), signal=None if number is None else int(number)
        )
    if closed:
        return Ending("completed")
    if last_words.strip():
        # Without an error, the stacks are what was written at SIGTERM (see ``sdk.endings``).
        return Ending("stopped", "SIGTERM", signal=int(signal.SIGTERM))
    return Ending("failed", OUT_OF_MEMORY if out_of_memory else WITHOUT_A_WORD)


class MemoryKills:
    """Count the processes that the kernel killed for memory in a process's group, or machine-wide.

    The group's own counter is preferred: ``oom_kill`` of cgroup v2 ``memory.events`` or of v1
    ``memory.oom_control``. A machine that runs out as a whole counts in ``/proc/vmstat``.
    """

    def __init__(self, pid: int, *, proc: Path = Path("/proc"), cgroup: Path | None = None) -> None:
        self._files = [*_cgroup_files(pid, proc, cgroup or Path("/sys/fs/cgroup"))]
        self._files.append(proc / "vmstat")
        self._seen = self._read()
        self._grown_at = float("-inf")

    def look(self) -> None:
        """Take note of counters that have grown since the last look."""
        before, self._seen = self._seen, self._read()
        if any(new > old for old, new in zip(before, self._seen, strict=True)):
            self._grown_at = time.monotonic()

    def just_now(self) -> bool:
        """Look, and say whether a process was killed for memory within the last seconds."""
        self.look()
        return time.monotonic() - self._grown_at < _JUST_NOW_SEC

    def _read(self) -> list[int]:
        return [_counter(path) for path in self._files]


def _cgroup_files(pid: int, proc: Path, root: Path) -> list[Path]:
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return []
    candidates = []
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            candidates.append(root / group.lstrip("/") / "memory.events")
        elif "memory" in controllers.split(","):
            candidates.append(root / "memory" / group.lstrip("/") / "memory.oom_control")
    return [path for path in candidates if path.is_file()]


def _counter(path: Path) -> int:
    try:
        for line in path.read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    except (OSError, ValueError):
        pass
    return 0
