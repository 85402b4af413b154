"""How long does reading back 100,000 points of a finished task take? Budget: 3 times ``numpy.load`` of the columns.

The task has ended and its journal is compressed. The call answers with lists, as the contract wants them; the
second baseline therefore turns the loaded columns into lists too.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from report import row

POINTS = 100_000
ROUNDS = 15


def timed_ms(call: Callable[[], object]) -> float:
    """Return the median of some calls, in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


def finished_task(home: str, values: np.ndarray) -> str:
    """Report the values in a task of its own, and wait until its journal is compressed."""
    os.environ["STRIPCHART_HOME"] = home
    from stripchart import Task

    task = Task.init("benchmark", "read back", auto_connect_streams=False)
    report = task.get_logger().report_scalar
    for i, value in enumerate(values.tolist()):
        report("loss", "train", value, i)
    task.close()
    journals = Path(home, "tasks", task.id, "journal")
    until = time.monotonic() + 60
    while time.monotonic() < until and any(journals.rglob("scalars-*.seg")):
        time.sleep(0.2)
    return str(task.id)


def main() -> None:
    """Print the ratio to loading the columns, and to loading them as lists."""
    values = np.random.default_rng(3).normal(1, 0.1, POINTS).astype(np.float32).astype(np.float64)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        from stripchart import Task

        task = Task.get_task(finished_task(home, values))
        line = task.get_all_reported_scalars()["loss"]["train"]
        assert line["y"] == values.tolist()
        files = [Path(home, name) for name in ("x.npy", "y.npy")]
        for file, column in zip(files, (np.arange(POINTS), values), strict=True):
            np.save(file, column)
        load_ms = timed_ms(lambda: [np.load(file) for file in files])
        lists_ms = timed_ms(lambda: [np.load(file).tolist() for file in files])
        read_ms = timed_ms(task.get_all_reported_scalars)
    what = "reading back 100,000 points of a finished task"
    beside = "`numpy.load` of the columns"
    row(what, read_ms, "ms", baseline=load_ms, beside=beside, budget=3, budget_is_ratio=True)
    row(what, read_ms, "ms", baseline=lists_ms, beside=f"{beside}, as lists")


if __name__ == "__main__":
    main()
