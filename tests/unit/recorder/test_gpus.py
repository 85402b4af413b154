"""GPU readings against a library that stands where NVML stands: this is the seam to the driver."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from stripchart.recorder.gpus import Gpus

GIB = 1 << 30


class NvmlError(Exception):
    pass


class Library:
    """Answer for some GPUs as the driver's library does; what is in ``refused`` raises."""

    NVMLError = NvmlError
    NVML_TEMPERATURE_GPU = 0
    NVML_CLOCK_SM = 1
    NVML_CLOCK_MEM = 2

    def __init__(self, count: int, refused: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self._count = count
        self._refused = refused
        self.users: list[Any] = []
        self.samples: list[Any] = []
        self.slices = 0  # of the first GPU

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("nvml") and name in self._refused:

            def refuse(*_: Any) -> None:
                raise NvmlError(name)

            return refuse
        return object.__getattribute__(self, name)

    def nvmlInit(self) -> None: ...

    def nvmlShutdown(self) -> None: ...

    def nvmlDeviceGetCount(self) -> int:
        return self._count

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetUUID(self, handle: int) -> bytes:
        return f"GPU-{handle:04d}".encode()

    def nvmlDeviceGetTemperature(self, handle: int, sensor: int) -> int:
        return 40 + handle

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        return SimpleNamespace(gpu=75, memory=10)

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return SimpleNamespace(total=80 * GIB, used=20 * GIB)

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        return 250_000

    def nvmlDeviceGetClockInfo(self, handle: int, kind: int) -> int:
        return {1: 1980, 2: 2619}[kind]

    def nvmlDeviceGetProcessUtilization(self, handle: int, since: int) -> list[Any]:
        return [sample for sample in self.samples if sample.timeStamp > since]

    def nvmlDeviceGetMigMode(self, handle: int) -> list[int]:
        if handle != 0 or not self.slices:
            raise NvmlError("not supported")
        return [1, 1]

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: int) -> int:
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle: int, index: int) -> int:
        if index >= self.slices:
            raise NvmlError("not found")
        return 1000 + index

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[Any]:
        return self.users


def user(pid: int, gib: float | None) -> Any:
    return SimpleNamespace(pid=pid, usedGpuMemory=None if gib is None else int(gib * GIB))


def gpus(monkeypatch: pytest.MonkeyPatch, library: Library, **environ: str) -> Gpus:
    monkeypatch.setitem(sys.modules, "pynvml", library)
    return Gpus(environ)


def test_names_and_units_are_those_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(1)
    library.users = [user(os.getpid(), 4.0)]
    assert gpus(monkeypatch, library).read(frozenset({os.getpid()})) == {
        "gpu_0_temperature": 40.0,
        "gpu_0_utilization": 75.0,
        "gpu_0_mem_usage": 25.0,
        "gpu_0_mem_used_gb": 4.0,
        "gpu_0_mem_free_gb": 60.0,
        "gpu_0_power_draw": 250.0,
        "gpu_0_clock_mhz": 1980.0,
        "gpu_0_mem_clock_mhz": 2619.0,
    }


def test_the_share_of_the_task_is_the_mean_of_the_samples_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library, ours, theirs = Library(1), os.getpid(), os.getppid()

    def sample(pid: int, time: int, share: int) -> Any:
        return SimpleNamespace(pid=pid, timeStamp=time, smUtil=share)

    name, pids = "gpu_0_process_utilization", frozenset({ours})
    measured = gpus(monkeypatch, library)
    library.samples = [sample(ours, 1, 60), sample(theirs, 1, 30), sample(ours, 2, 20)]
    assert measured.read(pids)[name] == 40.0
    assert name not in measured.read(pids), "the same samples were told again"
    library.samples.append(sample(theirs, 3, 50))
    assert measured.read(pids)[name] == 0.0
    library.samples.append(sample(2**22 + 1, 4, 50))  # a number of another namespace
    assert name not in measured.read(pids)


def test_slices_are_measured_beside_their_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(2)
    library.slices = 2
    readings = gpus(monkeypatch, library).read(frozenset())
    assert {n.removesuffix("_mem_usage") for n in readings if n.endswith("_mem_usage")} == {
        "gpu_0",
        "gpu_0_mig_0",
        "gpu_0_mig_1",
        "gpu_1",
    }


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [("0", {"0", "0_mig_0", "0_mig_1"}), ("1", {"1"}), ("GPU-1001", {"0_mig_1"})],
)
def test_a_slice_is_wanted_by_itself_or_with_its_gpu(
    monkeypatch: pytest.MonkeyPatch, wanted: str, kept: set[str]
) -> None:
    library = Library(2)
    library.slices = 2
    readings = gpus(monkeypatch, library, CUDA_VISIBLE_DEVICES=wanted).read(frozenset())
    names = {
        n.removeprefix("gpu_").removesuffix("_mem_usage") for n in readings if "mem_usage" in n
    }
    assert names == kept


def test_what_the_driver_refuses_has_no_series(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {"nvmlDeviceGetUtilizationRates", "nvmlDeviceGetPowerUsage"}
    readings = gpus(monkeypatch, Library(1, refused)).read(frozenset())
    assert {"gpu_0_utilization", "gpu_0_power_draw"}.isdisjoint(readings)
    assert "gpu_0_temperature" in readings


@pytest.mark.parametrize(
    ("users", "gib"),
    [
        ([], 20.0),  # nobody is listed beside memory in use: the driver does not see us
        ([user(2**30, 3.0)], 20.0),  # a pid that is nobody's here: the host's numbers
        ([user(os.getpid(), None)], 20.0),  # the driver does not say how much
        ([user(os.getppid(), 3.0)], 0.0),  # somebody else's alone
        ([user(os.getpid(), 1.0), user(os.getppid(), 3.0)], 1.0),
    ],
)
def test_memory_is_the_tasks_where_it_can_be_told(
    monkeypatch: pytest.MonkeyPatch, users: list[Any], gib: float
) -> None:
    library = Library(1)
    library.users = users
    readings = gpus(monkeypatch, library).read(frozenset({os.getpid()}))
    assert readings["gpu_0_mem_used_gb"] == gib


@pytest.mark.parametrize(
    ("environ", "kept"),
    [
        ({}, {0, 1, 2}),
        ({"CUDA_VISIBLE_DEVICES": "1"}, {1}),
        ({"CUDA_VISIBLE_DEVICES": "GPU-0002,0"}, {0, 2}),
        ({"NVIDIA_VISIBLE_DEVICES": "all", "CUDA_VISIBLE_DEVICES": "2"}, {2}),
        ({"NVIDIA_VISIBLE_DEVICES": "5,6,7"}, {0, 1, 2}),  # the runtime has chosen already
        ({"CUDA_VISIBLE_DEVICES": "9"}, {0, 1, 2}),
    ],
)
def test_the_gpus_that_the_task_may_use_are_read(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], kept: set[int]
) -> None:
    readings = gpus(monkeypatch, Library(3), **environ).read(frozenset())
    assert {int(name.split("_")[1]) for name in readings} == kept


def test_a_machine_without_a_driver_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    none = gpus(monkeypatch, Library(1, {"nvmlInit"}))
    assert len(none) == 0
    assert none.read(frozenset()) == {}
    none.close()


def test_a_machine_without_the_package_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert len(Gpus({})) == 0


def test_nothing_is_read_after_the_driver_was_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = gpus(monkeypatch, Library(2))
    assert len(opened) == 2
    opened.close()
    assert opened.read(frozenset()) == {}
