"""Readings of NVIDIA GPUs through NVML, under the names and in the units that the Logger contract sets.

A machine without the driver library has no GPUs, silently. A GPU or a reading that the driver refuses
(MIG has no utilization, some boards no power) yields no series; nothing is made up in its place.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_GIB = 1 << 30


class NvidiaGpus:
    """Measure the NVIDIA GPUs, or the slices of them (MIG), that the task may use."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._nvml: Any = _load()
        self._handles: dict[str, Any] = {}
        self._samples_since: dict[str, int] = {}
        if self._nvml is not None:
            environ = os.environ if environ is None else environ
            self._handles = _visible(self._open(), _wanted(environ), self._uuid)

    def __len__(self) -> int:
        return len(self._handles)

    def read(self, pids: frozenset[int]) -> dict[str, float]:
        """Return readings by series name; ``pids`` are the task's processes, whose memory is counted."""
        readings: dict[str, float] = {}
        for index, handle in self._handles.items():
            for name, value in self._read_one(index, handle, pids).items():
                readings[f"gpu_{index}_{name}"] = value
        return readings

    def close(self) -> None:
        """Let the driver go."""
        if self._nvml is not None:
            self._ask(self._nvml.nvmlShutdown)
            self._nvml, self._handles = None, {}

    def _read_one(self, index: str, handle: Any, pids: frozenset[int]) -> dict[str, float]:
        nvml, readings = self._nvml, self._clocks(handle)
        temperature = self._ask(nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU)
        if temperature is not None:
            readings["temperature"] = float(temperature)
        rates = self._ask(nvml.nvmlDeviceGetUtilizationRates, handle)
        if rates is not None:
            readings["utilization"] = float(rates.gpu)
        ours = self._task_utilization(index, handle, pids)
        if ours is not None:
            readings["process_utilization"] = ours
        memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, handle)
        if memory is not None and memory.total:
            readings["mem_usage"] = 100 * memory.used / memory.total
            readings["mem_used_gb"] = self._task_memory(handle, pids, memory.used) / _GIB
            readings["mem_free_gb"] = (memory.total - memory.used) / _GIB
        power = self._ask(nvml.nvmlDeviceGetPowerUsage, handle)
        if power is not None:
            readings["power_draw"] = power / 1000
        return readings

    def _clocks(self, handle: Any) -> dict[str, float]:
        """Return the clocks of cores and memory in MHz."""
        nvml = self._nvml
        kinds = {"clock_mhz": nvml.NVML_CLOCK_SM, "mem_clock_mhz": nvml.NVML_CLOCK_MEM}
        told = {n: self._ask(nvml.nvmlDeviceGetClockInfo, handle, k) for n, k in kinds.items()}
        return {name: float(mhz) for name, mhz in told.items() if mhz is not None}

    def _task_utilization(self, index: str, handle: Any, pids: frozenset[int]) -> float | None:
        """Return the share of the GPU's cores that the task's processes used, the mean of the driver's last samples.

        ``None`` where the driver does not tell (MIG, some boards) or names processes by numbers of another namespace.
        """
        since = self._samples_since.get(index, 0)
        samples = self._ask(self._nvml.nvmlDeviceGetProcessUtilization, handle, since)
        if not samples:
            return None
        self._samples_since[index] = max(int(sample.timeStamp) for sample in samples)
        ours = [sample for sample in samples if sample.pid in pids]
        if not ours and any(not Path(f"/proc/{sample.pid}").exists() for sample in samples):
            return None
        moments = len({sample.timeStamp for sample in samples})
        return min(sum(float(sample.smUtil) for sample in ours) / moments, 100.0)

    def _task_memory(self, handle: Any, pids: frozenset[int], whole: int) -> int:
        """Return the bytes of the task's processes, or of the whole GPU where they cannot be told.

        In a container the driver names processes by the host's pids: none of them is ours, and some
        are nobody's here. Then only the whole GPU is known.
        """
        users = self._ask(self._nvml.nvmlDeviceGetComputeRunningProcesses, handle)
        if users is None or any(user.usedGpuMemory is None for user in users):
            return whole
        ours = [user.usedGpuMemory for user in users if user.pid in pids]
        if not ours and any(not Path(f"/proc/{user.pid}").exists() for user in users):
            return whole
        # An empty list beside memory in use is the same blindness.
        return sum(ours) if users else whole

    def _open(self) -> dict[str, Any]:
        """Return the handles of what can be measured by the name of each: ``0``, or ``0_mig_1`` for a slice."""
        count = self._ask(self._nvml.nvmlDeviceGetCount) or 0
        found: dict[str, Any] = {}
        for number in range(count):
            handle = self._ask(self._nvml.nvmlDeviceGetHandleByIndex, number)
            if handle is not None:
                found[str(number)] = handle
                found |= {f"{number}_mig_{n}": slice_ for n, slice_ in self._slices(handle)}
        return found

    def _slices(self, handle: Any) -> list[tuple[int, Any]]:
        nvml = self._nvml
        mode = self._ask(nvml.nvmlDeviceGetMigMode, handle)
        if not mode or not mode[0]:
            return []
        most = self._ask(nvml.nvmlDeviceGetMaxMigDeviceCount, handle) or 0
        slices = [
            (n, self._ask(nvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, n)) for n in range(most)
        ]
        return [(n, found) for n, found in slices if found is not None]

    def _uuid(self, handle: Any) -> str:
        uuid = self._ask(self._nvml.nvmlDeviceGetUUID, handle) or ""
        return uuid.decode() if isinstance(uuid, bytes) else str(uuid)

    def _ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except self._nvml.NVMLError:
            return None


def _load() -> Any:
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return None
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:  # no driver, or one that does not answer
        return None
    return nvml


def _wanted(environ: Mapping[str, str]) -> list[list[str]]:
    """Return the lists of indices and UUIDs that the environment grants."""
    lists = []
    for name in ("NVIDIA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"):
        text = environ.get(name, "").strip()
        if text not in ("", "all", "void") and not text.startswith("/"):
            lists.append([part.strip() for part in text.split(",") if part.strip()])
    return lists


def _visible(
    handles: dict[str, Any], wanted: list[list[str]], uuid: Callable[[Any], str]
) -> dict[str, Any]:
    """Keep the GPUs that are wanted; all of them when a list matches none, as the contract says.

    A list as long as what the driver shows has been applied already, by the container's runtime: its
    numbers are then the host's and mean nothing here. A slice is wanted by itself or with its GPU.
    """
    for names in wanted:
        if len(names) < len({index.partition("_")[0] for index in handles}) or _names_slices(names):
            kept = {
                index: handle
                for index, handle in handles.items()
                if index.partition("_")[0] in names
                or any(uuid(handle).startswith(name) for name in names)
            }
            handles = kept or handles
    return handles


def _names_slices(names: list[str]) -> bool:
    return any(name.startswith("MIG-") for name in names)
