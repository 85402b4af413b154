"""How fast do journals become queryable, and how far behind is ingest under 100 live tasks?

Budgets: 1,000,000 points a second on one core; at most 1 s behind. The baseline of the first is the reader alone:
decoding and proving the same slots with NumPy. ``--idle`` measures what a home of resting tasks costs instead.
"""

from __future__ import annotations

import argparse
import resource
import socket
import tempfile
import time
from pathlib import Path

from report import row

from stripchart.ingest.ingest import Ingest
from stripchart.journal.reader import JournalReader
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import AttemptStarted, StatusChanged, WriterIdentity
from stripchart.store.open import open_catalog, open_events

POLL_SEC = 0.15


def main() -> None:
    """Print what was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--points", type=int, default=2_000_000)
    arguments.add_argument("--series", type=int, default=20)
    arguments.add_argument("--live", type=int, default=100)
    arguments.add_argument("--seconds", type=float, default=10.0)
    arguments.add_argument("--idle", type=int, default=0, metavar="TASKS")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.idle:
            _idle(Path(folder), given.idle, given.seconds)
        else:
            _throughput(Path(folder) / "bulk", given.points, given.series)
            _lag(Path(folder) / "live", given.live, given.seconds)


def _journal(home: Path, number: int) -> JournalWriter:
    task, name = f"{number:032x}", new_writer_name()
    identity = WriterIdentity(
        task_id=task,
        writer=name,
        host=socket.gethostname(),
        pid=1,
        started_us=time.time_ns() // 1000,
    )
    journal = JournalWriter(home / "tasks" / task / "journal" / name, identity)
    journal.append(AttemptStarted(time_us=time.time_ns() // 1000, attempt=0))
    return journal


def _open(home: Path) -> Ingest:
    home.mkdir(parents=True, exist_ok=True)
    return Ingest(home, open_catalog(home / "catalog.sqlite"), open_events(home / "events.duckdb"))


def _throughput(home: Path, points: int, series: int) -> None:
    journal = _journal(home, 1)
    for i in range(points):
        journal.scalar("loss", f"s{i % series}", i * 0.5, i // series)
    journal.close()
    (folder,) = (home / "tasks").glob("*/journal/*")
    begun, at, reader = time.process_time(), 0, JournalReader(folder)
    while (read := reader.scalars(at)).next > at:
        at = read.next
    baseline = time.process_time() - begun
    ingest = _open(home)
    begun, begun_cpu = time.perf_counter(), time.process_time()
    ingest.catch_up()
    took, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    for what, sec in (("CPU of all threads", cpu), ("elapsed", took)):
        row(
            f"ingest of {points:,} points of {series} series, journal to queryable, {what}",
            points / 1e6 / sec,
            "M points/s",
            baseline=points / 1e6 / baseline,
            beside="decoding alone",
            budget=1,
            at_least=True,
        )


def _lag(home: Path, tasks: int, seconds: float) -> None:
    """Write a point to each of many tasks before every step; see how long until all are told."""
    journals = [_journal(home, number) for number in range(tasks)]
    ingest = _open(home)
    ingest.catch_up()
    lags, begun, cpu, number = [], time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - begun < seconds:
        written, number = time.perf_counter(), number + 1
        for journal in journals:
            for title in ("loss", "accuracy", "rate"):
                journal.scalar(title, "train", 1.0 / number, number)
        time.sleep(POLL_SEC)
        told = {change.id for change in ingest.step() if change.scalars}
        assert len(told) == tasks, f"{len(told)} of {tasks} tasks were told of in one step"
        lags.append(time.perf_counter() - written)
    share = (time.process_time() - cpu) / (time.perf_counter() - begun)
    lags.sort()
    live = f"{tasks} live tasks of three series"
    for what, lag in (("median", lags[len(lags) // 2]), ("worst", lags[-1])):
        name = f"ingest behind under {live}, {what}"
        row(name, lag, "s", baseline=POLL_SEC, beside="the poll alone", budget=1)
    row(f"ingest under {live}, of a core", 100 * share, "%", baseline=100, beside="a core")
    for journal in journals:
        journal.close()


def _idle(home: Path, tasks: int, seconds: float) -> None:
    for number in range(tasks):
        journal = _journal(home, number)
        journal.append(StatusChanged(time_us=1, attempt=0, status="completed"))
        journal.close()
    _open(home).catch_up()
    ingest = _open(home)
    begun = time.perf_counter()
    ingest.catch_up()
    print(f"{tasks} ended tasks: looked at after a start in {time.perf_counter() - begun:.1f} s")
    begun, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < seconds:
        ingest.step()
        time.sleep(POLL_SEC)
    share = (time.process_time() - cpu) / (time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"idle: {share:.1%} of a core, {peak} MB at the peak")


if __name__ == "__main__":
    main()
