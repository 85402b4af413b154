"""How many records of returned calls survive SIGKILL? Budget: all of them. The baseline is a buffered CSV file.

    python benchmarks/survival.py [kills]

A process reports as fast as it can, and stores the number of returned calls in a mapped file of its own after each.
It is killed at a random moment; its journal (its file) must then hold at least that many points, in order and whole.
"""

from __future__ import annotations

import csv
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report import row

KILLS = 30
_CHILD = """
import csv, mmap, os, struct, sys
from pathlib import Path
kind, folder = sys.argv[1], Path(sys.argv[2])
(folder / "count").write_bytes(bytes(8))
counts = mmap.mmap(os.open(folder / "count", os.O_RDWR), 8)
if kind == "stripchart":
    from stripchart import Task
    report = Task.init("benchmark", "survival").get_logger().report_scalar
else:
    written = csv.writer((folder / "points.csv").open("w", newline=""))
    report = lambda *point: written.writerow(point)
print("ready", flush=True)
i = 0
while True:
    report("loss", "train", i * 0.5, i)
    i += 1
    struct.pack_into("<q", counts, 0, i)
"""


def main(kills: int) -> None:
    """Kill both kinds again and again, and print the row."""
    lost = {kind: _lost(kind, kills) for kind in ("csv", "stripchart")}
    row(
        f"points of returned calls lost in {kills} times SIGKILL",
        lost["stripchart"],
        "points",
        baseline=lost["csv"],
        beside="csv.writer",
        budget=0,
    )


def _lost(kind: str, kills: int) -> int:
    chance, lost = random.Random(7), 0
    for _ in range(kills):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _kill_one(kind, Path(folder), chance.random() * 0.3)
            counted: int = struct.unpack("<q", (Path(folder) / "count").read_bytes())[0]
            lost += max(0, counted - _sound(kind, Path(folder)))
    return lost


def _kill_one(kind: str, folder: Path, after_sec: float) -> None:
    environment = {**os.environ, "STRIPCHART_HOME": str(folder), "STRIPCHART_RECORDER": "0"}
    process = subprocess.Popen(
        [sys.executable, "-c", _CHILD, kind, str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after_sec)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _sound(kind: str, folder: Path) -> int:
    """Return how many points are there, whole and in order."""
    if kind == "stripchart":
        from stripchart.journal.reader import JournalReader

        (directory,) = folder.glob("tasks/*/journal/*")
        reader, number, start = JournalReader(directory), 0, 0
        while (part := reader.scalars(start)).next > start:
            start = part.next
            for i, value in part.slots[["iteration", "value"]].tolist():
                if (i, value) != (number, number * 0.5):
                    return number
                number += 1
        return number
    number = -1
    with open(folder / "points.csv", newline="") as file:
        for number, point in enumerate(csv.reader(file)):
            if point != ["loss", "train", str(number * 0.5), str(number)]:
                return number
    return number + 1


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS)
