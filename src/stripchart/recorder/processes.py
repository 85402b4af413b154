"""What the processes of a task use together: CPU, memory, disk.

The tree is the watched processes and their descendants, less the recorder itself. Looking for
descendants reads the parent of every process of the machine, so it is done as rarely as keeps it under
a five-hundredth of one core; the readings of known processes are cheap.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

_SEARCH_SHARE = 1 / 500
_SEARCH_INTERVAL_SEC = 2.0
# Of a process that has run for longer than a training takes to import and begin, what it did before says nothing.
_YOUNG_SEC = 60.0
_TICK_SEC = 0.01  # what creation times are rounded to
_GIB = 1 << 30
_MIB = 1 << 20


@dataclass(slots=True)
class _Member:
    process: psutil.Process
    cpu_sec: float
    read_bytes: int
    write_bytes: int
    memory_base_bytes: int


class ProcessTree:
    """Measure the processes of a task; ``roots`` may grow while it runs."""

    def __init__(self) -> None:
        self.roots: set[int] = set()
        self._members: dict[int, _Member] = {}
        self._search_due = 0.0
        self._read_at = time.monotonic()

    @property
    def pids(self) -> frozenset[int]:
        """Return the processes known at the last reading."""
        return frozenset(self._members)

    def begin(self) -> dict[str, float]:
        """Take the first reading; rates are means since a young process was created, else missing."""
        memory = {n: v for n, v in self.read().items() if n == "memory_used_gb"}
        age_sec = self._age_sec()
        if age_sec is None or age_sec > _YOUNG_SEC:
            return memory
        members = self._members.values()
        return memory | {
            "process_cpu_usage": 100 * sum(m.cpu_sec for m in members) / age_sec,
            "process_io_read_mbs": sum(m.read_bytes for m in members) / _MIB / age_sec,
            "process_io_write_mbs": sum(m.write_bytes for m in members) / _MIB / age_sec,
        }

    def _age_sec(self) -> float | None:
        """Return how long the oldest of the processes has run."""
        try:
            created = min((m.process.create_time() for m in self._members.values()), default=None)
        except psutil.Error:
            return None
        return None if created is None else max(time.time() - created, _TICK_SEC)

    def read(self) -> dict[str, float]:
        """Return readings by series name, rates as means since the last call; empty with nobody left.

        ``process_cpu_usage`` is in percent of one core, as ``top`` counts; ``memory_used_gb`` in GiB.
        """
        self._search()
        now = time.monotonic()
        elapsed, self._read_at = max(now - self._read_at, 1e-3), now
        cpu_sec, read, written, memory = 0.0, 0, 0, 0
        for pid, member in list(self._members.items()):
            before = (member.cpu_sec, member.read_bytes, member.write_bytes)
            try:
                memory += max(_measure(member) - member.memory_base_bytes, 0)
            except psutil.Error:
                del self._members[pid]
                continue
            cpu_sec += max(member.cpu_sec - before[0], 0.0)
            read += max(member.read_bytes - before[1], 0)
            written += max(member.write_bytes - before[2], 0)
        if not self._members:
            return {}
        return {
            "process_cpu_usage": 100 * cpu_sec / elapsed,
            "memory_used_gb": memory / _GIB,
            "process_io_read_mbs": read / _MIB / elapsed,
            "process_io_write_mbs": written / _MIB / elapsed,
        }

    def _search(self) -> None:
        for pid in self.roots - self._members.keys():
            self._add(pid, forked_from=None)
        began = time.monotonic()
        if began < self._search_due:
            return
        for pid, parent in _descendants(self.roots):
            if pid not in self._members:
                self._add(pid, forked_from=parent)
        cost = time.monotonic() - began
        self._search_due = began + max(_SEARCH_INTERVAL_SEC, cost / _SEARCH_SHARE)

    def _add(self, pid: int, forked_from: int | None) -> None:
        try:
            member = _Member(psutil.Process(pid), 0.0, 0, 0, 0)
            used = _measure(member)
            if forked_from is not None:
                member.memory_base_bytes = _inherited(member.process, forked_from, used)
        except psutil.Error:
            return
        self._members[pid] = member


def _measure(member: _Member) -> int:
    """Refresh a member's counters and return its memory in bytes."""
    with member.process.oneshot():
        cpu = member.process.cpu_times()
        member.cpu_sec = cpu.user + cpu.system
        memory = member.process.memory_info()
        try:
            counters = member.process.io_counters()
            member.read_bytes, member.write_bytes = counters.read_bytes, counters.write_bytes
        except (psutil.AccessDenied, AttributeError, NotImplementedError, OSError):
            pass  # not told on this platform, or not to us
    return int(memory.rss)


def _inherited(process: psutil.Process, parent: int, used_bytes: int) -> int:
    """Return how much of a child's memory is its parent's, seen a second time.

    A forked data-loader worker shows the parent's whole memory as its own, so only its growth counts;
    it is known by having the parent's command line. Another program's memory is all its own, but for
    the libraries and shared memory that it maps.
    """
    try:
        if process.cmdline() == psutil.Process(parent).cmdline():
            return used_bytes
    except psutil.Error:
        return 0
    return min(int(getattr(process.memory_info(), "shared", 0)), used_bytes)


def _descendants(roots: Iterable[int]) -> list[tuple[int, int]]:
    """Return (pid, parent) of everything below ``roots``, parents first, without this process's own."""
    children = _children_by_parent()
    found, queue = [], list(roots)
    own = os.getpid()
    seen = {own, *queue}
    while queue:
        parent = queue.pop()
        for pid in children.get(parent, ()):
            if pid not in seen:
                seen.add(pid)
                found.append((pid, parent))
                queue.append(pid)
    return found


def _children_by_parent() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for pid in psutil.pids():
        parent = _parent(pid)
        if parent is not None:
            children.setdefault(parent, []).append(pid)
    return children


def _parent(pid: int) -> int | None:
    # The file itself where there is one: several times as fast as a psutil.Process each.
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
        return int(text[text.rfind(b")") + 4 :].split(b" ", 1)[0])
    except (OSError, ValueError):
        pass
    try:
        return psutil.Process(pid).ppid()
    except psutil.Error:
        return None
