"""What the recorder costs beside a training at rest: share of one core and resident memory, against the budget.

A process that reports 20 points a second is recorded for 20 seconds with the default settings, and the
recorder is measured from its fifth second on, when it has started and described the environment.
Prints both beside the budget.

    python benchmarks/recorder_cost.py [seconds]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from report import row

CPU_BUDGET_PERCENT = 1.0
RSS_BUDGET_MB = 60.0
_SETTLED_SEC = 5.0

_TRAINING = """
import sys, time
from stripchart import Task
logger = Task.init(project_name="benchmarks", task_name="recorder_cost").get_logger()
for i in range(int(float(sys.argv[1]) * 20)):
    logger.report_scalar("loss", "train", 1 / (i + 1), i)
    time.sleep(0.05)
"""


def main(seconds: float) -> None:
    """Run a training and print what its recorder cost."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environ = os.environ | {"STRIPCHART_HOME": home}
        command = [sys.executable, "-c", _TRAINING, str(seconds + _SETTLED_SEC + 2)]
        training = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            recorder = _recorder_of(training.pid)
            time.sleep(_SETTLED_SEC)
            cpu_percent, rss_mb = _measure(recorder, seconds)
        finally:
            training.kill()
            training.wait()
        psutil.wait_procs([recorder], timeout=60)
    empty_mb = _empty_interpreter_mb()
    name = "recorder at rest"
    core = f"{name}, of a core"
    row(core, cpu_percent, "%", baseline=100, beside="a core", budget=CPU_BUDGET_PERCENT)
    row(name, rss_mb, "MB", baseline=empty_mb, beside="an empty interpreter", budget=RSS_BUDGET_MB)


def _empty_interpreter_mb() -> float:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    time.sleep(1.0)
    rss: int = psutil.Process(process.pid).memory_info().rss
    process.communicate(b"\n")
    return rss / 1e6


def _measure(recorder: psutil.Process, seconds: float) -> tuple[float, float]:
    before, began, rss = sum(recorder.cpu_times()[:2]), time.monotonic(), 0
    while time.monotonic() - began < seconds:
        time.sleep(0.5)
        rss = max(rss, recorder.memory_info().rss)
    cpu = sum(recorder.cpu_times()[:2]) - before
    return 100 * cpu / (time.monotonic() - began), rss / 1e6


def _recorder_of(pid: int) -> psutil.Process:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if "stripchart.recorder" in command and str(pid) in command:
                return process
        time.sleep(0.1)
    raise SystemExit(f"no recorder of process {pid} has appeared in {Path(sys.argv[0]).name}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
