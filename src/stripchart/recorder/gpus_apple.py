"""Readings of Apple's GPUs, as far as macOS tells them without privileges: utilization and memory.

``ioreg`` prints the performance statistics of the accelerator as a property list. It costs some 20 ms, so it is asked
for at most once in ten seconds.
"""

from __future__ import annotations

import plistlib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

_COMMAND = ["/usr/sbin/ioreg", "-r", "-d", "1", "-a", "-c", "IOAccelerator"]
_INTERVAL_SEC = 10.0
_PATIENCE_SEC = 5.0
_GIB = 1 << 30


def _ask() -> bytes:
    if sys.platform != "darwin":
        return b""
    try:
        done = subprocess.run(_COMMAND, capture_output=True, timeout=_PATIENCE_SEC, check=False)
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout


class AppleGpus:
    """Measure the GPU of an Apple computer; ``ask`` returns the property list."""

    def __init__(self, first: int = 0, ask: Callable[[], bytes] = _ask) -> None:
        self._first = first
        self._ask = ask
        self._due = 0.0
        self._count = len(_statistics(ask()))

    def __len__(self) -> int:
        return self._count

    def read(self, _pids: frozenset[int]) -> dict[str, float]:
        """Return readings by series name; nothing in between two looks."""
        if not self._count or time.monotonic() < self._due:
            return {}
        self._due = time.monotonic() + _INTERVAL_SEC
        readings: dict[str, float] = {}
        for number, told in enumerate(_statistics(self._ask()), start=self._first):
            for key, name, unit in (
                ("Device Utilization %", "utilization", 1),
                ("In use system memory", "mem_used_gb", _GIB),
            ):
                if isinstance(told.get(key), int | float):
                    readings[f"gpu_{number}_{name}"] = told[key] / unit
        return readings

    def close(self) -> None:
        """Do nothing: nothing is held open."""


def _statistics(plist: bytes) -> list[dict[str, Any]]:
    try:
        found = plistlib.loads(plist) if plist else []
    except Exception:  # noqa: BLE001 - another system's tool: whatever is wrong with it, there are no readings
        return []
    told = [entry.get("PerformanceStatistics") for entry in found if isinstance(entry, dict)]
    return [statistics for statistics in told if isinstance(statistics, dict)]
