"""The GPUs of a task, whoever made them: NVIDIA's first, then AMD's, then Apple's, numbered through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from stripchart.recorder.gpus_amd import AmdGpus
from stripchart.recorder.gpus_apple import AppleGpus
from stripchart.recorder.gpus_nvidia import NvidiaGpus


class _Maker(Protocol):
    def __len__(self) -> int: ...
    def read(self, pids: frozenset[int], /) -> dict[str, float]: ...
    def close(self) -> None: ...


class Gpus:
    """Measure the GPUs that the task may use."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        nvidia = NvidiaGpus(environ)
        amd = AmdGpus(len(nvidia), environ)
        self._makers: list[_Maker] = [nvidia, amd, AppleGpus(len(nvidia) + len(amd))]

    def __len__(self) -> int:
        return sum(map(len, self._makers))

    def read(self, pids: frozenset[int]) -> dict[str, float]:
        """Return readings by series name; ``pids`` are the task's processes, whose memory is counted."""
        readings: dict[str, float] = {}
        for maker in self._makers:
            readings |= maker.read(pids)
        return readings

    def close(self) -> None:
        """Let the drivers go."""
        for maker in self._makers:
            maker.close()
