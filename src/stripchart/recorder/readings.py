"""All readings of a moment: the machine, the processes of the task, its GPUs.

The first are taken at once, so that a run of a fraction of a second has some too: what is a level is told
as it stands, rates as means over the life of the process. Later ones are means since the reading before.
"""

from __future__ import annotations

import time
from pathlib import Path

from stripchart.recorder.gpus import Gpus
from stripchart.recorder.processes import ProcessTree
from stripchart.recorder.resources import Machine
from stripchart.records import GPU_TITLE, MACHINE_TITLE

_SHORTEST_WINDOW_SEC = 0.1  # counters advance in steps of 10 ms

Titled = dict[str, dict[str, float]]  # by title, then by series


class Readings:
    """Read what ``docs/internals/recorder.md`` lists.

    ``whole_machine``: ``memory_used_gb`` is what is in use on the machine, and not by the task's processes.
    ``per_core``: the usage of each core is read too.
    """

    def __init__(self, disk: Path, *, whole_machine: bool = False, per_core: bool = False) -> None:
        self._whole_machine = whole_machine
        self._tree = ProcessTree()
        self._machine = Machine(disk, per_core=per_core)
        self._gpus = Gpus()
        self._began = time.monotonic()
        self._is_whole = False  # rates of the machine have been read

    def begin(self, pids: set[int]) -> Titled:
        """Take the first readings, for the processes with these pids and their descendants."""
        self._tree.roots = pids
        return self._titled(self._machine.levels(), self._tree.begin())

    def read(self, pids: set[int]) -> Titled:
        """Take the readings of this moment."""
        self._is_whole = True
        self._tree.roots = pids
        return self._titled(self._machine.read(), self._tree.read())

    def end(self) -> Titled:
        """Return the machine's rates of a run so short that none were read; nothing if they were."""
        if self._is_whole or time.monotonic() - self._began < _SHORTEST_WINDOW_SEC:
            return {}
        return self._titled(self._machine.read(), {})

    def close(self) -> None:
        """Let go of the GPUs."""
        self._gpus.close()

    def _titled(self, machine: dict[str, float], processes: dict[str, float]) -> Titled:
        of_machine = machine.pop("memory_used_gb", None)
        readings = {MACHINE_TITLE: machine | processes}
        if self._whole_machine and of_machine is not None:
            readings[MACHINE_TITLE]["memory_used_gb"] = of_machine
        if len(self._gpus):
            readings[GPU_TITLE] = self._gpus.read(self._tree.pids)
        return readings
