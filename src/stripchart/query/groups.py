"""Statistics over lines: several runs of one setting, several seeds, several ranks, drawn as a centre and a band.

Each line is first brought to the same columns: its value in a column is the mean of its points there. Where a line has
no point in a column between two that it has, it is interpolated linearly; before its first and after its last it takes
no part. So lines that report at different iterations make one group whose ``n`` changes only where lines begin or end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stripchart.store.contract import M4

Center = Literal["mean", "median"]
Band = Literal["std", "stderr", "ci95", "minmax"]

# Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 on (NIST/SEMATECH e-Handbook, 1.3.6.7.2).
_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Grouped:
    """Hold a group's columns, ascending: where ``n`` lines take part, their centre and the ends of the band.

    ``points`` counts the points of all lines in the column. Of one line the band is its centre (``minmax``: the
    extremes of its points in the column).
    """

    column: NDArray[np.int64]
    n: NDArray[np.int64]
    points: NDArray[np.int64]
    center: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def group(lines: Sequence[M4], columns: int, center: Center, band: Band) -> Grouped:
    """Return the statistics over lines that were reduced to the same ``columns`` columns.

    ``std`` is that of a sample (n - 1); ``stderr`` is std / sqrt(n); ``ci95`` is Student's interval of the mean;
    ``minmax`` goes from the lowest to the highest point, so that no spike of any line is lost. All but ``minmax`` lie
    around the mean, also where the centre is the median.
    """
    shape = (len(lines), columns)
    means, lows, highs = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    points = np.zeros(columns, dtype=np.int64)
    for row, line in enumerate(lines):
        held = line.count > 0
        at = line.column[held]
        with np.errstate(over="ignore", invalid="ignore"):
            means[row, at] = line.total[held] / line.count[held]
        lows[row, at], highs[row, at] = line.minimum.value[held], line.maximum.value[held]
        np.add.at(points, line.column, line.points)
        for values in (means[row], lows[row], highs[row]):
            _bridge(values, at)
    n = (~np.isnan(means)).sum(axis=0)
    shown = np.flatnonzero(n > 0)
    if not len(shown):
        return Grouped(shown, shown, shown, np.zeros(0), np.zeros(0), np.zeros(0))
    means, lows, highs, n = means[:, shown], lows[:, shown], highs[:, shown], n[shown]
    # Divided before they are added: the sum of values near the end of the range would leave it.
    mean = np.nansum(means / n, axis=0)
    if band == "minmax":
        ends = np.fmin.reduce(lows, axis=0), np.fmax.reduce(highs, axis=0)
    else:
        width = _width(means, mean, n, band)
        ends = mean - width, mean + width
    middle = mean if center == "mean" else _median(means, n)
    return Grouped(shown, n, points[shown], middle, *ends)


def _bridge(values: NDArray[np.float64], at: NDArray[np.int64]) -> None:
    """Fill the columns between those that a line has."""
    if len(at) > 1 and at[-1] - at[0] >= len(at):
        between = np.arange(at[0], at[-1] + 1)
        values[at[0] : at[-1] + 1] = np.interp(between, at, values[at])


def _median(values: NDArray[np.float64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    ordered = np.sort(values, axis=0)  # NaN comes last
    columns = np.arange(len(n))
    return ordered[(n - 1) // 2, columns] / 2 + ordered[n // 2, columns] / 2


def _width(
    means: NDArray[np.float64], mean: NDArray[np.float64], n: NDArray[np.int64], band: Band
) -> NDArray[np.float64]:
    """Return how far the band goes to each side of the mean; 0 of a single line."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        squares = np.nansum((means - mean) ** 2, axis=0)
        std = np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), 0.0)
        if band == "std":
            return std
        stderr = std / np.sqrt(n)
        return stderr if band == "stderr" else stderr * student_t95(n - 1)


def student_t95(freedom: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return Student's t for a two-sided interval of 95 % (to three decimals); 0 for no degree of freedom.

    Above the table by the expansion of Cornish and Fisher in 1 / freedom (Abramowitz and Stegun, 26.7.5).
    """
    f = np.maximum(freedom, 1).astype(np.float64)
    z = _Z95
    large = z + (z**3 + z) / (4 * f) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2)
    table = np.array(_T95)[np.clip(freedom - 1, 0, len(_T95) - 1)]
    return np.where(freedom < 1, 0.0, np.where(freedom > len(_T95), large, table))
