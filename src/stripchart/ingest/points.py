"""Turn slots of a scalar stream into columns of points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.records import NAN, NEGATIVE_INF, NON_FINITE, POSITIVE_INF
from stripchart.store.contract import LineKey, Points

Names = Mapping[int, tuple[str, str]]
_LATEST_SEC = 9.2e12  # what int64 microseconds can hold


def points_of(
    slots: NDArray[Any], offset: NDArray[np.int64], names: Names, *, line: LineKey
) -> Points:
    """Return the points of slots whose series numbers are all in ``names``.

    ``line`` gives task, attempt and rank.
    """
    numbers, index = _distinct(slots["series"])
    lines = [LineKey(line.task, *names[int(n)], line.attempt, line.rank) for n in numbers]
    value = slots["value"].astype(np.float64)
    return Points(
        lines=lines,
        line=index,
        offset=offset.astype(np.int64),
        iteration=slots["iteration"].astype(np.int64),
        time_us=_microseconds(slots["time"]),
        value=value,
        flags=_flags(slots["flags"], value),
    )


def distinct_series(slots: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the series numbers that occur, ascending."""
    return _distinct(slots["series"])[0]


def _distinct(series: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return the distinct numbers and, for each slot, the place of its number among them."""
    if series.size == 0:
        return np.zeros(0, np.uint32), np.zeros(0, np.int32)
    highest = int(series.max())
    if (
        highest > 4 * series.size + 4096
    ):  # few slots with high numbers: a table would be mostly empty
        numbers, index = np.unique(series, return_inverse=True)
        return numbers, index.astype(np.int32)
    present = np.zeros(highest + 1, dtype=bool)
    present[series] = True
    numbers = np.flatnonzero(present).astype(np.uint32)
    place = np.zeros(highest + 1, dtype=np.int32)
    place[numbers] = np.arange(numbers.size, dtype=np.int32)
    return numbers, place[series]


def _microseconds(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    bounded = np.clip(np.nan_to_num(seconds, nan=0.0), -_LATEST_SEC, _LATEST_SEC)
    return np.rint(bounded * 1e6).astype(np.int64)


def _flags(given: NDArray[np.uint32], value: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return flags as the store keeps them; a NaN or Inf value is flagged even if its writer did not."""
    flags = (given & 0xFF).astype(np.uint8)
    if not np.isfinite(value).all():
        bare = (flags & NON_FINITE) == 0
        flags[bare & np.isnan(value)] |= NAN
        flags[bare & np.isposinf(value)] |= POSITIVE_INF
        flags[bare & np.isneginf(value)] |= NEGATIVE_INF
    return flags
