"""Readings of AMD GPUs from the kernel's own files, under the names and in the units of the Logger contract.

The ``amdgpu`` driver shows in ``/sys/class/drm/card*/device`` what AMD's libraries read there themselves
(https://docs.kernel.org/gpu/amdgpu/thermal.html, driver-misc.html), so that no library is needed. What a card does not
show has no series.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

_GIB = 1 << 30
_VENDOR = "0x1002"
_CARDS = Path("/sys/class/drm")
_CURRENT_CLOCK = re.compile(
    r":\s*(\d+)\s*Mhz\s*\*", re.IGNORECASE
)  # the line of the state in force has a star
_USED = re.compile(
    r"^drm-(?:memory-vram|total-vram|resident-vram):\s*(\d+)\s*(KiB|MiB)?", re.MULTILINE
)
_UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20}


class AmdGpus:
    """Measure the AMD GPUs that the task may use; their numbers go on after ``first``."""

    def __init__(
        self,
        first: int = 0,
        environ: Mapping[str, str] | None = None,
        cards: Path = _CARDS,
        proc: Path = Path("/proc"),
    ) -> None:
        environ = os.environ if environ is None else environ
        self._proc = proc
        found = _devices(cards)
        wanted = _wanted(environ)
        kept = [d for n, d in enumerate(found) if wanted is None or str(n) in wanted] or found
        self._devices = {first + found.index(device): device for device in kept}

    def __len__(self) -> int:
        return len(self._devices)

    def read(self, pids: frozenset[int]) -> dict[str, float]:
        """Return readings by series name; ``pids`` are the task's processes, whose memory is counted."""
        return {
            f"gpu_{index}_{name}": value
            for index, device in self._devices.items()
            for name, value in self._read_one(device, pids).items()
        }

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def _read_one(self, device: Path, pids: frozenset[int]) -> dict[str, float]:
        hwmon = next(iter(sorted(device.glob("hwmon/hwmon*"))), device)
        power = _number(hwmon / "power1_average")
        power = _number(hwmon / "power1_input") if power is None else power
        told = {
            "temperature": _scaled(_number(hwmon / "temp1_input"), 1000),
            "utilization": _number(device / "gpu_busy_percent"),
            "power_draw": _scaled(power, 1_000_000),
            "clock_mhz": _clock(device / "pp_dpm_sclk"),
            "mem_clock_mhz": _clock(device / "pp_dpm_mclk"),
        }
        total, used = (
            _number(device / "mem_info_vram_total"),
            _number(device / "mem_info_vram_used"),
        )
        if total and used is not None:
            ours = self._task_memory(device, pids)
            told["mem_usage"] = 100 * used / total
            told["mem_used_gb"] = (used if ours is None else ours) / _GIB
            told["mem_free_gb"] = (total - used) / _GIB
        return {name: value for name, value in told.items() if value is not None}

    def _task_memory(self, device: Path, pids: frozenset[int]) -> float | None:
        """Return the bytes that the task's processes hold on a card, ``None`` where the kernel does not tell.

        Each descriptor that a process has of the card tells them; copies of a descriptor have one client id.
        """
        address = device.resolve().name
        clients: dict[str, int] = {}
        for pid in pids:
            for path in (self._proc / str(pid) / "fdinfo").glob("*"):
                try:
                    text = path.read_text()
                except OSError:
                    continue
                found = _USED.search(text)
                if f"drm-pdev:\t{address}" in text and found is not None:
                    client = re.search(r"^drm-client-id:\s*(\d+)", text, re.MULTILINE)
                    key = client.group(1) if client else str(path)
                    clients[key] = int(found.group(1)) * _UNITS[found.group(2) or ""]
        return float(sum(clients.values())) if clients else None


def _devices(cards: Path) -> list[Path]:
    found = [path / "device" for path in cards.glob("card[0-9]*") if "-" not in path.name]
    found.sort(key=lambda device: int(device.parent.name.removeprefix("card")))
    return [
        device for device in found if _text(device / "vendor") == _VENDOR and _has_memory(device)
    ]


def _has_memory(device: Path) -> bool:
    return (device / "mem_info_vram_total").exists()


def _wanted(environ: Mapping[str, str]) -> set[str] | None:
    for name in ("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"):
        text = environ.get(name, "").strip()
        if text:
            return {part.strip() for part in text.split(",")}
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _number(path: Path) -> float | None:
    try:
        return float(_text(path))
    except ValueError:
        return None


def _scaled(value: float | None, by: float) -> float | None:
    return None if value is None else value / by


def _clock(path: Path) -> float | None:
    found = _CURRENT_CLOCK.search(_text(path))
    return None if found is None else float(found.group(1))
