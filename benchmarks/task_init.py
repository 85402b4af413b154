"""How long does ``Task.init`` take to return, recorder and all? Budget: 50 ms in a local home.

Each start is in a fresh interpreter, in a fresh home on the disk of the temporary folder; the recorder is started and
left to end by itself. The ratio is to writing and syncing one small file, which says how busy the machine is.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from report import row

ROUNDS = 11
CODE = """
import os, sys, time
began = time.perf_counter()
with open(os.path.join(os.environ["STRIPCHART_HOME"], "probe"), "wb") as file:
    file.write(b"x")
    os.fsync(file.fileno())
probed = time.perf_counter()
from stripchart import Task
imported = time.perf_counter()
task = Task.init("benchmark", "start")
done = time.perf_counter()
sys.stderr = None
print(probed - began, done - imported)
"""


def main() -> None:
    """Print the median, the worst and the ratio."""
    probes, starts = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            shown = subprocess.run(
                [sys.executable, "-c", CODE],
                env={**os.environ, "STRIPCHART_HOME": home, "STRIPCHART_RECORDER": "1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                check=True,
            )
        probe, start = shown.stdout.split()
        probes.append(float(probe))
        starts.append(float(start))
    probe_ms = statistics.median(probes) * 1e3
    for what, taken in (("median", statistics.median(starts)), ("slowest", max(starts))):
        name = f"`Task.init` to return, {what} of {ROUNDS}"
        row(name, taken * 1e3, "ms", baseline=probe_ms, beside="a synced file", budget=50)


if __name__ == "__main__":
    main()
