"""How long does a plot hold up the caller? Budget: one second for a cloud of a million points.

Beside it ``numpy.save`` of the same numbers into a file of the same folder, which is binary; a plot is text with all
digits, and framed, checked and on disk when the call returns.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from report import row

ROUNDS = 3


def fastest_sec(call: Callable[[], Any]) -> float:
    """Return the seconds of the fastest of a few calls: what the machine does beside them is not ours."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Print what each report takes, beside saving its numbers."""
    home = tempfile.mkdtemp(prefix="stripchart-bench-")
    os.environ |= {"STRIPCHART_HOME": home, "STRIPCHART_RECORDER": "0"}
    from stripchart import Task

    task = Task.init("benchmarks", "report_plot", auto_connect_streams=False)
    logger = task.get_logger()
    random = np.random.default_rng(0)
    million = random.normal(size=(1_000_000, 2))
    curve, square = random.normal(size=(1000, 2)), random.integers(0, 1000, (100, 100))
    reports: list[tuple[str, Any, Callable[[], None], float | None]] = [
        (
            "`report_scatter2d`, 1,000 points",
            curve,
            lambda: logger.report_scatter2d("a", "b", curve),
            None,
        ),
        (
            "`report_scatter2d`, 1,000,000 points",
            million,
            lambda: logger.report_scatter2d("a", "c", million, mode="markers"),
            1000,
        ),
        (
            "`report_confusion_matrix`, 100x100",
            square,
            lambda: logger.report_confusion_matrix("a", "d", square),
            None,
        ),
    ]
    for what, numbers, report, budget in reports:
        report()  # the first one imports NumPy's parts and opens the journal
        saved = fastest_sec(lambda numbers=numbers: np.save(Path(home) / "numbers.npy", numbers))
        row(
            what,
            fastest_sec(report) * 1e3,
            "ms",
            baseline=saved * 1e3,
            beside="`numpy.save` of the numbers",
            budget=budget,
        )
    task.close()
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
