"""Made-up curves for the store's benchmarks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from stripchart.store.contract import Batch, Extent, LineKey, Points

START_US = 1_700_000_000_000_000


def task(number: int) -> str:
    """Return the id of a task."""
    return f"{number:032x}"


def curve(key: LineKey, count: int, *, piece: int = 1 << 20) -> Iterator[Batch]:
    """Give a noisy, falling float32 curve with steps of 10 ms in batches as ingest makes them."""
    rng = np.random.default_rng(count)
    now = START_US
    for begin in range(0, count, piece):
        place = np.arange(begin, min(begin + piece, count), dtype=np.int64)
        time_us = now + np.cumsum(rng.integers(9_000, 11_000, len(place)))
        now = int(time_us[-1])
        value = np.exp(-place / 2e6) + rng.normal(size=len(place)) * 0.1
        points = Points(
            [key],
            np.zeros(len(place), dtype=np.int32),
            place,
            place,
            time_us,
            value.astype(np.float32).astype(np.float64),
            np.zeros(len(place), dtype=np.uint8),
        )
        extent = Extent(key.task, "writer", "scalars", begin, begin + len(place))
        yield Batch(extent, points)


def median_ms(run: Callable[[], object], repeats: int = 7) -> float:
    """Return the median time of a call, after one that warms up."""
    run()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return 1000 * float(np.median(taken))
