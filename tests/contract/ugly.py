"""Ugly series: the values, iterations and times that break charts, mixed at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stripchart.records import (
    NAN,
    NEGATIVE_INF,
    NO_ITERATION,
    POSITIVE_INF,
    REPLACED,
    SINGLE_VALUE,
)
from stripchart.store.contract import Batch, Extent, LineKey, Points

INT64 = np.iinfo(np.int64)
VALUES = np.array(
    [0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, -5e-324, np.nan, np.inf, -np.inf, 1 / 3]
)
FLAGS = np.array([0, 0, 0, NAN, NAN | REPLACED, POSITIVE_INF, NEGATIVE_INF | REPLACED], np.uint8)
OFF_AXIS = np.array([0, 0, 0, NO_ITERATION, SINGLE_VALUE], np.uint8)


def iterations(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Return iterations of a random kind."""
    kind = rng.integers(6)
    if kind == 0:
        return np.arange(count) * int(rng.integers(1, 1000)) - int(rng.integers(0, 10**6))
    if kind == 1:  # repeated
        return np.sort(rng.integers(0, max(count // 5, 1), count))
    if kind == 2:  # out of order here and there
        return np.arange(count) + rng.integers(-20, 20, count) * (rng.random(count) < 0.1)
    if kind == 3:  # the whole range, in any order
        return rng.integers(INT64.min, INT64.max, count, endpoint=True)
    if kind == 4:  # the whole range, ascending, with both ends
        some = np.sort(rng.integers(INT64.min, INT64.max, count, endpoint=True))
        some[:1], some[-1:] = INT64.min, INT64.max
        return some
    return np.full(count, int(rng.integers(-3, 3)))


def values(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return values of a random kind."""
    kind = rng.integers(5)
    if kind == 0:
        return rng.normal(size=count).astype(np.float32).astype(np.float64)
    if kind == 1:
        return rng.choice(VALUES, count)
    if kind == 2:
        return np.full(count, float(rng.choice(VALUES)))
    if kind == 3:
        return rng.integers(-3, 3, count).astype(np.float64)
    smooth = np.cumsum(rng.normal(size=count))
    return np.where(rng.random(count) < 0.01, rng.choice(VALUES, count), smooth)


def times(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Return times of a random kind; clocks stand still and go backwards."""
    steps = rng.integers(0, 3, count) if rng.random() < 0.5 else rng.integers(0, 10**6, count)
    if rng.random() < 0.3:
        steps[rng.random(count) < 0.01] = -(10**7)
    return 1_700_000_000_000_000 + np.cumsum(steps)


def flags(rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
    """Return flags of a random kind, without regard to the values."""
    kind = rng.integers(4)
    if kind <= 1:
        return np.zeros(count, dtype=np.uint8)
    some = rng.choice(FLAGS, count)
    return some | rng.choice(OFF_AXIS, count) if kind == 3 else some


def batches(rng: np.random.Generator, keys: list[LineKey], count: int, pieces: int) -> list[Batch]:
    """Return one writer's points over several lines, cut into batches that follow one another."""
    cuts = np.sort(rng.integers(0, count, pieces - 1, endpoint=True)).tolist()
    line = rng.integers(0, len(keys), count).astype(np.int32)
    iteration, value = np.zeros(count, dtype=np.int64), np.zeros(count)
    time_us, flag = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.uint8)
    for number in range(len(keys)):
        rows = np.flatnonzero(line == number)
        iteration[rows], value[rows] = iterations(rng, len(rows)), values(rng, len(rows))
        time_us[rows], flag[rows] = times(rng, len(rows)), flags(rng, len(rows))
    offset = np.arange(count, dtype=np.int64)
    answer = []
    for begin, end in zip([0, *cuts], [*cuts, count], strict=True):
        part = slice(begin, end)
        points = Points(
            keys,
            line[part],
            offset[part],
            iteration[part],
            time_us[part],
            value[part],
            flag[part],
        )
        answer.append(Batch(Extent(keys[0].task, "w", "scalars", begin, end), points))
    return answer
