"""How many points a second does the event store take, against copying the same columns in memory?

Three shapes: one long series, as when an index is rebuilt; a task of a hundred series, interleaved; and a hundred live
tasks with a few points each, which is what comes twice a second. Durable on return, as the contract says.

    python benchmarks/append.py
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from curves import START_US, curve, median_ms, task
from report import row

from stripchart.store.contract import Batch, Extent, LineKey, Points
from stripchart.store.open import open_events

_ROUNDS = 40


def main() -> None:
    """Append each shape to a new store and print the rows."""
    _rate("one series, 4 M points", [[b] for b in curve(LineKey(task(1), "m", "s"), 4_000_000)])
    _rate("100 series interleaved, 4 M points", [[_interleaved(n)] for n in range(4)])
    calls = [[_live(number, n) for number in range(100)] for n in range(_ROUNDS)]
    taken = _append(calls) / _ROUNDS
    copied = sum(median_ms(lambda c=c: _copy([c]), 3) for c in calls) / 1000 / _ROUNDS
    what = "event store, 100 live tasks, 20 series, 5 points each, a call"
    row(what, 1000 * taken, "ms", baseline=1000 * copied, beside="copying the columns", budget=500)


def _rate(what: str, calls: Sequence[Sequence[Batch]]) -> None:
    count = sum(len(b.points.line) for call in calls for b in call if b.points is not None)
    taken, copied = _append(calls), median_ms(lambda: _copy(calls), 3) / 1000
    million = count / 1e6
    row(
        f"event store, {what}",
        million / taken,
        "M points/s",
        baseline=million / copied,
        beside="copying the columns",
        budget=1,
        at_least=True,
    )


def _append(calls: Sequence[Sequence[Batch]]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        store = open_events(Path(folder) / "events.duckdb")
        began = time.perf_counter()
        for call in calls:
            store.append(call)
        taken = time.perf_counter() - began
        store.close()
    return taken


def _copy(calls: Sequence[Sequence[Batch]]) -> None:
    for call in calls:
        for batch in call:
            points = batch.points
            assert points is not None
            for column in (points.iteration, points.time_us, points.value, points.flags):
                column.copy()


def _interleaved(number: int) -> Batch:
    return _points(task(2), 100, number * 1_000_000, 1_000_000)


def _live(number: int, turn: int) -> Batch:
    return _points(task(10 + number), 20, turn * 100, 100)


def _points(of_task: str, series: int, begin: int, count: int) -> Batch:
    offset = np.arange(begin, begin + count, dtype=np.int64)
    points = Points(
        [LineKey(of_task, "m", f"s{i}") for i in range(series)],
        (offset % series).astype(np.int32),
        offset,
        offset // series,
        START_US + offset * 100,
        np.random.default_rng(begin).normal(size=count).astype(np.float32).astype(np.float64),
        np.zeros(count, dtype=np.uint8),
    )
    return Batch(Extent(of_task, "writer", "scalars", begin, begin + count), points)


if __name__ == "__main__":
    main()
