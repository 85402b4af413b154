"""What does a report cost in the calling thread, beside a bare list append in the same run?

    python benchmarks/report_scalar.py

The median over blocks of the ratio to the list append beside each, and for a slow caller (200 calls a second, as a
training is) the median and the slowest call.
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

from report import row

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
    """Return what a block of calls takes of this thread's time, eight series in turn.

    Time on the processor, not on the wall: a block of ours lasts longer than one of the list, and on a busy machine
    would be interrupted more often.
    """
    series = itertools.cycle([f"s{i}" for i in range(8)])
    names = [next(series) for _ in range(calls)]
    begin = time.thread_time()
    for i, name in enumerate(names):
        call("loss", name, 0.5, i)
    return time.thread_time() - begin


def beside_a_list(call: Call, calls: int) -> tuple[float, float]:
    """Return nanoseconds a call of the block with the median ratio to the list append beside it, and of that append."""
    blocks = []
    for _ in range(BLOCKS):
        # A new list for each block: it pays for the memory that keeps its points, as the journal does. On a list
        # that is cleared and used again, which keeps nothing, the ratios are about a tenth higher.
        bare = BareList()
        floor = seconds_of_block(bare.report, calls)
        taken = seconds_of_block(call, calls)
        blocks.append((taken / floor, taken, floor))
    _, taken, floor = sorted(blocks)[len(blocks) // 2]
    return taken / calls * 1e9, floor / calls * 1e9


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
    opened: list[tuple[str, Callable[[Path], Call], int, float | None]] = [
        ("`Logger.report_scalar`", open_logger, CALLS, 4.0),
        ("`JournalWriter.scalar`", open_journal, CALLS, None),
        ("sqlite3 in WAL mode, an insert a call", open_sqlite, CALLS // 20, None),
    ]
    slow: dict[str, tuple[float, float]] = {}
    for name, open_in, calls, budget in opened:
        with tempfile.TemporaryDirectory() as folder:
            call = open_in(Path(folder))
            taken, floor = beside_a_list(call, calls)
            slow[name] = slow_caller(call)
            close_task()
        beside = "a list append"
        row(name, taken, "ns", baseline=floor, beside=beside, budget=budget, budget_is_ratio=True)
    ours, (base, base_slowest) = slow[opened[0][0]], slow[opened[2][0]]
    calls_of = f"{opened[0][0]} at {SLOW_RATE:.0f} calls a second"
    row(f"{calls_of}, p50", ours[0], "us", baseline=base, beside="sqlite3", budget=30)
    row(f"{calls_of}, slowest", ours[1], "us", baseline=base_slowest, beside="sqlite3", budget=1000)


if __name__ == "__main__":
    main()
