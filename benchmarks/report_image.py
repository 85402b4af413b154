"""What does ``report_image`` cost the caller beside one copy of the array? Budget: at most 10x, in the same run.

256 x 256 x 3 bytes; calls and copies in turns, each the median. The recorder is off for the budget, so that its
encoding on a shared core is not measured as the caller's.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time

import numpy as np
from report import row

from stripchart import Task

CALLS = 400


def measure(recorder: str) -> tuple[float, float]:
    """Return the median seconds of a call and of a copy."""
    home = tempfile.mkdtemp(prefix="stripchart-bench-")
    os.environ |= {"STRIPCHART_HOME": home, "STRIPCHART_RECORDER": recorder}
    image = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    task = Task.init("benchmarks", "report_image", auto_connect_streams=False)
    logger = task.get_logger()
    calls, copies = [], []
    for step in range(CALLS):
        image[0, 0] = step % 256
        began = time.perf_counter()
        image.copy()
        copied = time.perf_counter()
        logger.report_image("image", "one", step, image=image)
        calls.append(time.perf_counter() - copied)
        copies.append(copied - began)
    task.close()
    shutil.rmtree(home, ignore_errors=True)
    return statistics.median(calls), statistics.median(copies)


def main() -> None:
    """Print the medians and their ratio."""
    for recorder, name in (("0", "recorder off"), ("1", "recorder on")):
        call, copy = measure(recorder)
        row(
            f"`report_image`, 256x256x3, {name}",
            call * 1e6,
            "us",
            baseline=copy * 1e6,
            beside="copy of the array",
            budget=10 if recorder == "0" else None,
            budget_is_ratio=True,
        )


if __name__ == "__main__":
    main()
