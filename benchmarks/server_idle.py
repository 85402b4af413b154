"""What does a server cost when nothing happens, with 10,000 tasks in the home, against an empty home?

Memory, and the part of one core that it uses.

The tasks have journals on disk, as trainings leave them; the server indexes them at its start, rests, and is measured
then, and once more after it has started again on the finished index.

    python benchmarks/server_idle.py [tasks]
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil
from report import row

from stripchart import records
from stripchart.journal.writer import JournalWriter, new_writer_name

TASKS = 10_000
SERIES = 10
POINTS = 20
REST_SEC = 8.0
MEASURED_SEC = 10.0
PATIENCE_SEC = 600.0


def main() -> None:
    """Fill a home and print what the server holds."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else TASKS
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "tasks").mkdir()
        empty = measure(home, 0)
        for number in range(tasks):
            record(home, number)
        for what in ("after indexing them", "started again"):
            held = measure(home, tasks)
            name = f"server, idle, {tasks} tasks, {what}"
            row(
                name,
                held.megabytes,
                "MB",
                baseline=empty.megabytes,
                beside="an empty home",
                budget=300,
            )
            row(name, held.percent, "% of a core", baseline=empty.percent, beside="an empty home")


@dataclass(frozen=True)
class Held:
    """What a server that rests holds and uses."""

    megabytes: float
    percent: float


def record(home: Path, number: int) -> None:
    """Write the journal of one task that has ended."""
    task = f"{number:032x}"
    now = 1_790_000_000_000_000 + number * 1_000_000
    identity = records.WriterIdentity(
        task_id=task, writer=new_writer_name(), host="host", pid=1, started_us=now
    )
    writer = JournalWriter(home / "tasks" / task / "journal" / identity.writer, identity)
    project = f"team/project-{number % 20}"
    writer.append(records.TaskDescribed(time_us=now, project=project, name=f"run {number}"))
    writer.append(records.AttemptStarted(time_us=now, attempt=0))
    for series in range(SERIES):
        for i in range(POINTS):
            writer.scalar("metric", f"s{series}", float(i * series % 7), i)
    writer.append(records.StatusChanged(time_us=now, attempt=0, status="completed"))
    writer.close()


def measure(home: Path, tasks: int) -> Held:
    """Return what a server holds and uses that has all tasks in its index and rests."""
    command = [sys.executable, "-m", "stripchart.cli", "server", "--port", "0", "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE_SEC
        while indexed(home, process.pid) < tasks:
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit("the server did not index the tasks")
            time.sleep(0.5)
        time.sleep(REST_SEC)
        server = psutil.Process(process.pid)
        server.cpu_percent()
        time.sleep(MEASURED_SEC)
        return Held(server.memory_info().rss / 1e6, server.cpu_percent())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def indexed(home: Path, pid: int) -> int:
    """Return how many tasks the server of a process answers with, -1 while it does not."""
    try:
        said = json.loads((home / "server.json").read_text())
    except (OSError, ValueError):
        return -1
    if said["pid"] != pid:
        return -1
    request = urllib.request.Request(
        f"{said['address']}/api/v1/tasks/query",
        data=b'{"limit": 1}',
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.loads(answer.read())["total"])


if __name__ == "__main__":
    main()
