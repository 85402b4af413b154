"""Statistics over lines, against NumPy over all points and SciPy's t."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stripchart.query import groups, m4
from stripchart.query.groups import Band
from stripchart.store.contract import M4

Values = NDArray[np.float64]


def line(x: list[int], y: list[float], columns: int, high: int) -> M4:
    """Reduce points to columns of ``[0, high)``."""
    xs, ys = np.array(x, dtype=np.int64), np.array(y, dtype=np.float64)
    flags = np.zeros(len(xs), dtype=np.uint8)
    return m4.reduce(xs, xs, ys, flags, m4.column_edges(0, high, columns), "iteration")


def test_mean_and_bands_of_full_columns() -> None:
    values = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 9.0], [5.0, 8.0, 0.0]])
    lines = [line([0, 1, 2], list(row), 3, 3) for row in values]
    std, n = values.std(axis=0, ddof=1), 3
    widths: dict[Band, Values] = {
        "std": std,
        "stderr": std / np.sqrt(n),
        "ci95": 4.303 * std / np.sqrt(n),
    }
    for band, width in widths.items():
        grouped = groups.group(lines, 3, "mean", band)
        assert grouped.center == pytest.approx(values.mean(axis=0))
        assert grouped.high == pytest.approx(values.mean(axis=0) + width)
        assert grouped.low == pytest.approx(values.mean(axis=0) - width)
        assert grouped.n.tolist() == grouped.points.tolist() == [3, 3, 3]
    median = groups.group(lines, 3, "median", "minmax")
    assert median.center.tolist() == [3.0, 2.0, 3.0]
    assert (median.low.tolist(), median.high.tolist()) == ([1.0, 2.0, 0.0], [5.0, 8.0, 9.0])


def test_lines_that_report_elsewhere_are_interpolated_and_never_extended() -> None:
    often = line(list(range(9)), [float(i) for i in range(9)], 9, 9)
    rarely = line([2, 6], [20.0, 60.0], 9, 9)
    grouped = groups.group([often, rarely], 9, "mean", "std")
    assert grouped.n.tolist() == [1, 1, 2, 2, 2, 2, 2, 1, 1]
    assert grouped.center[4] == pytest.approx((4.0 + 40.0) / 2)
    assert grouped.points.tolist() == [1, 1, 2, 1, 1, 1, 2, 1, 1]
    assert grouped.low[0] == grouped.high[0] == 0.0


def test_a_spike_of_one_line_is_in_the_band() -> None:
    spiky = [0.0] * 1000
    spiky[777] = 1e6
    lines = [
        line(list(range(1000)), spiky, 10, 1000),
        line(list(range(1000)), [1.0] * 1000, 10, 1000),
    ]
    grouped = groups.group(lines, 10, "mean", "minmax")
    assert grouped.high[7] == 1e6
    assert grouped.high[8] == 1.0


def test_nothing_and_values_at_the_end_of_the_range() -> None:
    empty = line([], [], 4, 4)
    assert len(groups.group([], 4, "mean", "std").n) == 0
    assert len(groups.group([empty], 4, "median", "minmax").n) == 0
    huge = [line([0], [1e308], 1, 1), line([0], [-1e308], 1, 1), line([0], [1e308], 1, 1)]
    assert groups.group(huge, 1, "median", "minmax").center.tolist() == [1e308]


def test_students_t_is_that_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    freedom = np.concatenate([np.arange(1, 200), [1000, 10**6]])
    assert groups.student_t95(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=6e-4)
    assert groups.student_t95(np.array([0])).tolist() == [0.0]


@given(
    st.lists(
        st.dictionaries(st.integers(0, 39), st.floats(-1e6, 1e6), max_size=20),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 50),
)
def test_any_lines_against_the_plain_way(told: list[dict[int, float]], columns: int) -> None:
    edges = m4.column_edges(0, 40, columns)
    lines = [line(sorted(d), [d[x] for x in sorted(d)], columns, 40) for d in told]
    grouped = groups.group(lines, len(edges) - 1, "mean", "minmax")
    found = {int(c): i for i, c in enumerate(grouped.column)}
    for column in range(len(edges) - 1):
        taking = []
        for d in told:
            means = {}
            for c in range(len(edges) - 1):
                here = [
                    d[x] for x in d if edges[c] <= x < (40 if c == len(edges) - 2 else edges[c + 1])
                ]
                if here:
                    means[c] = float(np.mean(here))
            if means and min(means) <= column <= max(means):
                taking.append(np.interp(column, sorted(means), [means[c] for c in sorted(means)]))
        assert (column in found) == bool(taking)
        if taking:
            i = found[column]
            assert grouped.n[i] == len(taking)
            assert grouped.center[i] == pytest.approx(np.mean(taking), abs=1e-6)
            assert grouped.low[i] - 1e-6 <= grouped.center[i] <= grouped.high[i] + 1e-6
