"""What does ``import stripchart`` cost beside ``import numpy``? Budget: less, in the same run.

Fresh interpreters, in turns, with byte code cached; the median and the ratio are over what an empty one takes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from report import row

ROUNDS = 15
STATEMENTS = ("pass", "import numpy", "import stripchart")


def measure(statement: str, environment: dict[str, str]) -> float:
    """Return the seconds that an interpreter takes for a statement."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], env=environment, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        taken: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
        for statement in STATEMENTS:
            measure(statement, environment)  # fills the cache
        for _ in range(ROUNDS):
            for statement in STATEMENTS:
                taken[statement].append(measure(statement, environment))
    empty = statistics.median(taken["pass"])
    ours, numpy = (
        statistics.median(taken[f"import {name}"]) - empty for name in ("stripchart", "numpy")
    )
    row(
        "`import stripchart`",
        ours * 1e3,
        "ms",
        baseline=numpy * 1e3,
        beside="`import numpy`",
        budget=1,
        budget_is_ratio=True,
    )


if __name__ == "__main__":
    main()
