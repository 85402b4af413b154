"""What does a report cost in the calling thread, beside a bare list append in the same run?

    python benchmarks/report_scalar.py

Prints a markdown row for each: the median over blocks of the ratio to the list append beside it, and for a slow
caller (200 calls a second, as a training is) the median and the slowest call.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import WriterIdentity

CALLS, BLOCKS = 10_000, 60
SLOW_CALLS, SLOW_RATE = 400, 200.0
Call = Callable[[str, str, float, int], object]


class BareList:
    """Keep points in memory alone: the floor."""

    def __init__(self) -> None:
        self.points: list[tuple[str, str, float, int]] = []

    def report(self, title: str, series: str, value: float, iteration: int) -> None:
        """Append the four arguments."""
        self.points.append((title, series, value, iteration))


def open_journal(home: Path) -> Call:
    """Return the journal's own hot path."""
    identity = WriterIdentity(
        task_id="0" * 32,
        writer=new_writer_name(),
        host=os.uname().nodename,
        pid=os.getpid(),
        started_us=time.time_ns() // 1000,
    )
    return JournalWriter(home / "journal" / identity.writer, identity).scalar


def open_logger(home: Path) -> Call:
    """Return ``Logger.report_scalar`` of a real task."""
    os.environ["STRIPCHART_HOME"] = str(home / "home")
    from stripchart import Task

    return Task.init("benchmark", "report_scalar").get_logger().report_scalar


def close_task() -> None:
    """End the task, if there is one, before its folder goes."""
    from stripchart import Task

    task = Task.current_task()
    if task is not None:
        task.close()


def open_sqlite(home: Path) -> Call:
    """Return one insert a call in WAL mode, as reference."""
    database = sqlite3.connect(home / "points.sqlite", isolation_level=None)
    database.execute("pragma journal_mode=wal")
    database.execute("pragma synchronous=normal")
    database.execute("create table points (title, series, value, iteration)")

    def report(title: str, series: str, value: float, iteration: int) -> None:
        database.execute("insert into points values (?,?,?,?)", (title, series, value, iteration))

    return report


def seconds_of_block(call: Call, calls: int) -> float:
    """Return what a block of calls takes, eight series in turn."""
    series = itertools.cycle([f"s{i}" for i in range(8)])
    names = [next(series) for _ in range(calls)]
    begin = time.perf_counter()
    for i, name in enumerate(names):
        call("loss", name, 0.5, i)
    return time.perf_counter() - begin


def ratio_and_ns(call: Call, calls: int) -> tuple[float, float]:
    """Return the median ratio to the list append beside each block, and the best nanoseconds a call."""
    ratios, best = [], float("inf")
    for _ in range(BLOCKS):
        # A new list for each block: it pays for the memory that keeps its points, as the journal does. On a list
        # that is cleared and used again, which keeps nothing, the ratios are about a tenth higher.
        bare = BareList()
        floor = seconds_of_block(bare.report, calls)
        taken = seconds_of_block(call, calls)
        ratios.append(taken / floor)
        best = min(best, taken / calls)
    return statistics.median(ratios), best * 1e9


def slow_caller(call: Call) -> tuple[float, float]:
    """Return median and slowest microseconds of a call at 200 calls a second."""
    taken = []
    for i in range(SLOW_CALLS):
        time.sleep(1 / SLOW_RATE)
        begin = time.perf_counter()
        call("loss", "train", 0.5, i)
        taken.append((time.perf_counter() - begin) * 1e6)
    return statistics.median(taken), max(taken)


def main() -> None:
    """Print the rows."""
    print("| report | x list append | best ns/call | p50 at 200/s, us | slowest, us |")
    print("|---|---|---|---|---|")
    opened: list[tuple[str, Callable[[Path], Call], int]] = [
        ("JournalWriter.scalar", open_journal, CALLS),
        ("Logger.report_scalar", open_logger, CALLS),
        ("sqlite3, WAL, one insert a call", open_sqlite, CALLS // 20),
    ]
    for name, open_in, calls in opened:
        with tempfile.TemporaryDirectory() as folder:
            call = open_in(Path(folder))
            ratio, best_ns = ratio_and_ns(call, calls)
            median_us, slowest_us = slow_caller(call)
            print(
                f"| {name} | {ratio:.2f} | {best_ns:.0f} | {median_us:.1f} | {slowest_us:.0f} |",
                flush=True,
            )
            close_task()


if __name__ == "__main__":
    main()
