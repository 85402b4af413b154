"""Readings of the machine, under the series names and in the units that the Logger contract sets.

Rates (CPU, network, disk) are means over the time since the last reading. A source that this machine
lacks yields no series rather than a zero. Sizes are GiB, rates MiB/s, shares percent.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Any

import psutil

_GIB = 1 << 30
_MIB = 1 << 20
_CPU_SENSORS = {"coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal"}
_UNLIMITED_BYTES = 1 << 60  # what cgroup v1 calls no limit is a number near 2^63


class Machine:
    """Measure the whole machine; ``disk`` names the file system whose free space matters.

    With ``per_core`` the usage of each core is told too.
    """

    def __init__(self, disk: Path, *, per_core: bool = False) -> None:
        self._disk = disk
        self._per_core = per_core
        self._sensors = _cpu_sensors()
        self._group = MemoryGroup()
        self._read_at = time.monotonic()
        self._cpu = _cpu_seconds(psutil.cpu_times())
        self._cores = self._core_seconds()
        self._quota = CpuGroup()
        self._counters = _counters()

    def read(self) -> dict[str, float]:
        """Return readings by series name, as means since the last call where they are rates."""
        usage = {**self._cpu_usage(), **self._core_usage(), **self._quota.read()}
        return {**usage, **self.levels(), **self._rates()}

    def levels(self) -> dict[str, float]:
        """Return the readings that need no time between two looks."""
        readings = self._memory()
        with contextlib.suppress(OSError):
            readings["disk_free_percent"] = 100 - psutil.disk_usage(str(self._disk)).percent
        if hasattr(os, "getloadavg"):
            readings["load_1min"] = os.getloadavg()[0]
        temperatures = [t for path in self._sensors if (t := _temperature(path)) is not None]
        if temperatures:
            readings["cpu_temperature"] = max(temperatures)
        return readings

    def _cpu_usage(self) -> dict[str, float]:
        before, self._cpu = self._cpu, _cpu_seconds(psutil.cpu_times())
        share = _share(before, self._cpu)
        return {} if share is None else {"cpu_usage": share}

    def _core_seconds(self) -> list[tuple[float, float]]:
        return [_cpu_seconds(t) for t in psutil.cpu_times(percpu=True)] if self._per_core else []

    def _core_usage(self) -> dict[str, float]:
        before, self._cores = self._cores, self._core_seconds()
        shares = [_share(b, now) for b, now in zip(before, self._cores, strict=False)]
        return {f"cpu_{n}_usage": share for n, share in enumerate(shares) if share is not None}

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


class CpuGroup:
    """Read how much of its processor quota the control group of this process uses (cgroup v2)."""

    def __init__(
        self, proc: Path = Path("/proc/self"), root: Path = Path("/sys/fs/cgroup")
    ) -> None:
        self._folders = _unified_folders(proc, root)
        self._read_at = time.monotonic()
        self._used = {folder: _used_sec(folder) for folder in self._folders}

    def read(self) -> dict[str, float]:
        """Return the share of the tightest quota used since the last call, in percent; nothing without a quota."""
        now = time.monotonic()
        elapsed, self._read_at = max(now - self._read_at, 1e-3), now
        shares = []
        for folder in self._folders:
            before, used = self._used[folder], _used_sec(folder)
            self._used[folder], cores = used, _quota_cores(folder)
            if cores is not None and before is not None and used is not None:
                shares.append(100 * max(used - before, 0.0) / elapsed / cores)
        return {"cpu_quota_usage": max(shares)} if shares else {}


def _unified_folders(proc: Path, root: Path) -> list[Path]:
    try:
        lines = (proc / "cgroup").read_text().splitlines()
    except OSError:
        return []
    groups = [line.split(":", 2)[2] for line in lines if line.startswith("0::")]
    folders = [f for group in groups for f in _up_to(root / group.lstrip("/"), root)]
    return [folder for folder in folders if (folder / "cpu.max").is_file()]


def _quota_cores(folder: Path) -> float | None:
    try:
        quota, period = (folder / "cpu.max").read_text().split()
        return int(quota) / int(period)  # "max" is no number
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _used_sec(folder: Path) -> float | None:
    try:
        for line in (folder / "cpu.stat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "usage_usec":
                return int(value) / 1e6
    except (OSError, ValueError):
        pass
    return None


def _share(before: tuple[float, float], now: tuple[float, float]) -> float | None:
    """Return how busy a processor was between two looks, in percent."""
    busy, total = now[0] - before[0], now[1] - before[1]
    return min(max(100 * busy / total, 0.0), 100.0) if total > 0 else None


def _cpu_seconds(times: Any) -> tuple[float, float]:
    """Return CPU seconds busy and in all since boot."""
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
