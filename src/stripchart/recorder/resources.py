"""Readings of the machine, under the series names and in the units that the Logger contract sets.

Rates (CPU, network, disk) are means over the time since the last reading. A source that this machine
lacks yields no series rather than a zero. Sizes are GiB, rates MiB/s, shares percent.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import psutil

_GIB = 1 << 30
_MIB = 1 << 20
_CPU_SENSORS = {"coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal"}
_UNLIMITED_BYTES = 1 << 60  # what cgroup v1 calls no limit is a number near 2^63


class Machine:
    """Measure the whole machine; ``disk`` names the file system whose free space matters."""

    def __init__(self, disk: Path) -> None:
        self._disk = disk
        self._sensors = _cpu_sensors()
        self._group = MemoryGroup()
        self._read_at = time.monotonic()
        self._cpu = _cpu_seconds()
        self._counters = _counters()

    def read(self) -> dict[str, float]:
        """Return readings by series name, as means since the last call where they are rates."""
        return {**self._cpu_usage(), **self.levels(), **self._rates()}

    def levels(self) -> dict[str, float]:
        """Return the readings that need no time between two looks."""
        readings = self._memory()
        with contextlib.suppress(OSError):
            readings["disk_free_percent"] = 100 - psutil.disk_usage(str(self._disk)).percent
        temperatures = [t for path in self._sensors if (t := _temperature(path)) is not None]
        if temperatures:
            readings["cpu_temperature"] = max(temperatures)
        return readings

    def _cpu_usage(self) -> dict[str, float]:
        before, self._cpu = self._cpu, _cpu_seconds()
        busy, total = self._cpu[0] - before[0], self._cpu[1] - before[1]
        return {"cpu_usage": min(max(100 * busy / total, 0.0), 100.0)} if total > 0 else {}

    def _memory(self) -> dict[str, float]:
        memory = psutil.virtual_memory()
        total, free = memory.total, memory.available
        group = self._group.read()
        if group is not None and group[1] < total:
            # What the container may still take, not what its host has.
            used, total = group
            free = min(free, max(total - used, 0))
        return {
            "memory_free_gb": free / _GIB,
            "memory_used_percent": 100 * (total - free) / total,
            "memory_used_gb": (total - free) / _GIB,
        }

    def _rates(self) -> dict[str, float]:
        now = time.monotonic()
        elapsed, self._read_at = max(now - self._read_at, 1e-3), now
        before, self._counters = self._counters, _counters()
        return {
            name: (value - before[name]) / _MIB / elapsed
            for name, value in self._counters.items()
            if value >= before.get(name, value + 1)  # a counter that went back was reset
        }


class MemoryGroup:
    """Read the memory limit of the control group that this process is in (cgroup v2 or v1).

    The recorder is in the group of the training that started it. Inside a container the group is
    usually mounted as the root itself, so that is looked at too.
    """

    def __init__(
        self, proc: Path = Path("/proc/self"), root: Path = Path("/sys/fs/cgroup")
    ) -> None:
        self._files = _limit_files(proc, root)

    def read(self) -> tuple[int, int] | None:
        """Return bytes used (without the reclaimable page cache) and the limit, or None for no limit."""
        tightest: tuple[int, int] | None = None
        for limit_path, usage_path, stat_path in self._files:
            try:
                limit = int(limit_path.read_text())  # "max" is no number
                used = int(usage_path.read_text()) - _inactive_file_bytes(stat_path)
            except (OSError, ValueError):
                continue
            if limit < _UNLIMITED_BYTES and (tightest is None or limit < tightest[1]):
                tightest = max(used, 0), limit
        return tightest


def _limit_files(proc: Path, root: Path) -> list[tuple[Path, Path, Path]]:
    try:
        lines = (proc / "cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            names = ("memory.max", "memory.current", "memory.stat")
            base = root
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat")
            base = root / "memory"
        else:
            continue
        folder = base / group.lstrip("/")
        found += [(d / names[0], d / names[1], d / names[2]) for d in _up_to(folder, base)]
    return [files for files in found if files[0].is_file()]


def _up_to(folder: Path, base: Path) -> list[Path]:
    # A limit may be set on any group above.
    folders = [folder]
    while folder not in (base, folder.parent):
        folder = folder.parent
        folders.append(folder)
    return folders


def _inactive_file_bytes(path: Path) -> int:
    for line in path.read_text().splitlines():
        name, _, value = line.partition(" ")
        if name in ("inactive_file", "total_inactive_file"):
            return int(value)
    return 0


def _cpu_seconds() -> tuple[float, float]:
    """Return CPU seconds busy and in all, over all cores since boot."""
    times = psutil.cpu_times()
    # Guest time is already part of user time.
    total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return total - times.idle - getattr(times, "iowait", 0.0), total


def _counters() -> dict[str, int]:
    counters: dict[str, int] = {}
    try:
        # Loopback traffic between the ranks of one machine is no network traffic.
        nics = [c for n, c in psutil.net_io_counters(pernic=True).items() if not n.startswith("lo")]
        if nics:
            counters["network_tx_mbs"] = sum(c.bytes_sent for c in nics)
            counters["network_rx_mbs"] = sum(c.bytes_recv for c in nics)
    except (OSError, RuntimeError, psutil.Error):
        pass
    try:
        disks = psutil.disk_io_counters()
        if disks is not None:
            counters["io_read_mbs"] = disks.read_bytes
            counters["io_write_mbs"] = disks.write_bytes
    except (OSError, RuntimeError, NotImplementedError, psutil.Error):
        pass
    return counters


def _cpu_sensors(root: Path = Path("/sys/class/hwmon")) -> list[Path]:
    # Only the CPU's: asking every sensor, as psutil does, may wake disks and wait for them.
    found: list[Path] = []
    for folder in root.glob("hwmon*"):
        try:
            if (folder / "name").read_text().strip() in _CPU_SENSORS:
                found += folder.glob("temp*_input")
        except OSError:
            continue
    return found


def _temperature(path: Path) -> float | None:
    try:
        return int(path.read_text()) / 1000
    except (OSError, ValueError):
        return None
