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


class Gpus:
    """Measure the GPUs that the task may use."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._nvml: Any = _load()
        self._handles: dict[int, Any] = {}
        if self._nvml is not None:
            environ = os.environ if environ is None else environ
            handles = self._open()
            self._handles = _visible(handles, _wanted(environ), self._uuid)

    def __len__(self) -> int:
        return len(self._handles)

    def read(self, pids: frozenset[int]) -> dict[str, float]:
        """Return readings by series name; ``pids`` are the task's processes, whose memory is counted."""
        readings: dict[str, float] = {}
        for index, handle in self._handles.items():
            for name, value in self._read_one(handle, pids).items():
                readings[f"gpu_{index}_{name}"] = value
        return readings

    def close(self) -> None:
        """Let the driver go."""
        if self._nvml is not None:
            self._ask(self._nvml.nvmlShutdown)
            self._nvml, self._handles = None, {}

    def _read_one(self, handle: Any, pids: frozenset[int]) -> dict[str, float]:
        nvml, readings = self._nvml, {}
        temperature = self._ask(nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU)
        if temperature is not None:
            readings["temperature"] = float(temperature)
        rates = self._ask(nvml.nvmlDeviceGetUtilizationRates, handle)
        if rates is not None:
            readings["utilization"] = float(rates.gpu)
        memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, handle)
        if memory is not None and memory.total:
            readings["mem_usage"] = 100 * memory.used / memory.total
            readings["mem_used_gb"] = self._task_memory(handle, pids, memory.used) / _GIB
            readings["mem_free_gb"] = (memory.total - memory.used) / _GIB
        power = self._ask(nvml.nvmlDeviceGetPowerUsage, handle)
        if power is not None:
            readings["power_draw"] = power / 1000
        return readings

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

    def _open(self) -> dict[int, Any]:
        count = self._ask(self._nvml.nvmlDeviceGetCount) or 0
        handles = {i: self._ask(self._nvml.nvmlDeviceGetHandleByIndex, i) for i in range(count)}
        return {index: handle for index, handle in handles.items() if handle is not None}

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
    handles: dict[int, Any], wanted: list[list[str]], uuid: Callable[[Any], str]
) -> dict[int, Any]:
    """Keep the GPUs that are wanted; all of them when a list matches none, as the contract says.

    A list as long as what the driver shows has been applied already, by the container's runtime: its
    numbers are then the host's and mean nothing here.
    """
    for names in wanted:
        if len(names) < len(handles):
            kept = {
                index: handle
                for index, handle in handles.items()
                if str(index) in names or any(uuid(handle).startswith(name) for name in names)
            }
            handles = kept or handles
    return handles
