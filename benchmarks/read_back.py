"""How long does reading back 100,000 points of a finished task take? Budget: 3 times ``numpy.load`` of the columns.

The task has ended and its journal is compressed. ``read_scalars`` answers with columns, ``get_all_reported_scalars``
with lists, as the contract wants them, whose baseline turns the loaded columns into lists too. The first read of a
task decodes the journal; what it found is kept for the next ones, and both are measured.
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

from stripchart.sdk.reading import ScalarColumns

POINTS = 100_000
ROUNDS = 15


def timed_ms(call: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Return the median of some calls, in milliseconds; each comes after a call of ``before``."""
    taken = []
    for _ in range(ROUNDS):
        before()
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


def saved_ms(folder: str, told: ScalarColumns) -> tuple[float, float, float]:
    """Return how long loading the same columns takes: as they are, compressed, and x and y as lists."""
    x, y, time_file = (Path(folder, f"{name}.npy") for name in ("iteration", "value", "time"))
    for file, column in ((x, told.iteration), (y, told.value), (time_file, told.time)):
        np.save(file, column)
    packed = Path(folder, "columns.npz")
    np.savez_compressed(packed, iteration=told.iteration, time=told.time, value=told.value)
    return (
        timed_ms(lambda: [np.load(file) for file in (x, y, time_file)]),
        timed_ms(lambda: dict(np.load(packed))),
        timed_ms(lambda: [np.load(file).tolist() for file in (x, y)]),
    )


def main() -> None:
    """Print the ratio to loading the columns, and to loading them as lists."""
    values = np.random.default_rng(3).normal(1, 0.1, POINTS).astype(np.float32).astype(np.float64)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        from stripchart import Task

        task = Task.get_task(finished_task(home, values))
        journal = next(Path(home).rglob("scalars-*.zst"))

        def columns() -> ScalarColumns:
            return task.read_scalars("loss", "train")

        def forget() -> None:
            journal.touch()  # what is kept of a task counts only as long as its files are the same

        assert columns().value.tolist() == values.tolist()
        assert task.get_all_reported_scalars()["loss"]["train"]["y"] == values.tolist()
        load_ms, packed_ms, lists_ms = saved_ms(home, columns())
        lists = task.get_all_reported_scalars
        again_ms, first_ms = timed_ms(columns), timed_ms(columns, forget)
        again_lists_ms, first_lists_ms = timed_ms(lists), timed_ms(lists, forget)
    loaded, as_lists = "`numpy.load` of the columns", "`numpy.load` of x and y, as lists"
    told("as columns", again_ms, load_ms, loaded)
    told("as columns, the first time", first_ms, load_ms, loaded)
    told("as columns, the first time", first_ms, packed_ms, f"{loaded}, compressed (`.npz`)")
    told("as lists", again_lists_ms, lists_ms, as_lists)
    told("as lists, the first time", first_lists_ms, lists_ms, as_lists)


def told(how: str, took_ms: float, baseline_ms: float, beside: str) -> None:
    """Print one row."""
    what = f"reading back {POINTS:,} points of a finished task, {how}"
    row(what, took_ms, "ms", baseline=baseline_ms, beside=beside, budget=3, budget_is_ratio=True)


if __name__ == "__main__":
    main()
