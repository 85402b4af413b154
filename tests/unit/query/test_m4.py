"""Columns over the whole of int64, and what the page is given to draw."""

from __future__ import annotations

import numpy as np
import pytest

from stripchart.query import m4
from stripchart.store.contract import LinePoints


def _points(rows: list[tuple[int, int, float]]) -> LinePoints:
    iteration, time_us, value = zip(*rows, strict=True)
    return LinePoints(
        np.array(iteration, dtype=np.int64),
        np.array(time_us, dtype=np.int64),
        np.array(value, dtype=np.float64),
        np.zeros(len(rows), dtype=np.uint8),
        np.arange(len(rows), dtype=np.int64),
    )


@pytest.mark.parametrize(
    ("low", "high", "columns", "edges"),
    [
        (0, 10, 5, [0, 2, 4, 6, 8, 10]),
        (0, 3, 100, [0, 1, 2, 3]),
        (-5, -4, 7, [-5, -4]),
        (0, 10, 3, [0, 3, 6, 10]),
        (-(2**63), 2**63, 2, [-(2**63), 0, 2**63 - 1]),
        (2**63 - 1, 2**63, 4, [2**63 - 1, 2**63 - 1]),
    ],
)
def test_columns_divide_the_range(low: int, high: int, columns: int, edges: list[int]) -> None:
    assert m4.column_edges(low, high, columns).tolist() == edges


@pytest.mark.parametrize(
    ("low", "high", "columns"),
    [(0, 0, 5), (3, 2, 5), (0, 2**63 + 1, 5), (-(2**64), 0, 5), (0, 9, 0)],
)
def test_what_is_no_range_is_refused(low: int, high: int, columns: int) -> None:
    with pytest.raises(ValueError, match=r"range|columns"):
        m4.column_edges(low, high, columns)


def test_every_x_lies_in_the_column_that_its_edges_say() -> None:
    edges = m4.column_edges(-(2**63), 2**63, 1200)
    x = np.array([-(2**63), -1, 0, 2**62, 2**63 - 1])
    column = m4.columns_of(x, edges)
    for place, of_x in zip(x.tolist(), column.tolist(), strict=True):
        assert edges[of_x] <= place
        assert place < edges[of_x + 1] or place == 2**63 - 1
    assert m4.columns_of(np.array([-1, 10]), np.array([0, 5, 10])).tolist() == [-1, 2]


def test_at_most_four_points_of_a_column_are_drawn_in_order() -> None:
    points = _points(
        [(0, 0, 5.0), (1, 1, 9.0), (2, 2, -9.0), (3, 3, 0.0), (4, 4, 1.0), (9, 9, 2.0)]
    )
    reduced = m4.reduce(
        points.iteration, points.time_us, points.value, points.flags, np.array([0, 8, 16])
    )
    drawn, column = m4.drawn(reduced)
    assert drawn.iteration.tolist() == [0, 1, 2, 4, 9]
    assert column.tolist() == [0, 0, 0, 0, 1]


def test_the_last_point_is_drawn_last_even_if_it_was_drawn_before() -> None:
    # The line to the next column leaves from the last point: A, B, A is not A, B.
    points = _points([(0, 0, 1.0), (0, 0, 7.0), (0, 0, 1.0), (5, 5, 0.0)])
    reduced = m4.reduce(
        points.iteration, points.time_us, points.value, points.flags, np.array([0, 5, 10])
    )
    assert m4.drawn(reduced)[0].value.tolist()[-2:] == [1.0, 0.0]
    assert 7.0 in m4.drawn(reduced)[0].value


def test_nothing_reduces_merges_and_draws_to_nothing() -> None:
    nothing = m4.merge([m4.empty(), m4.empty()])
    assert len(nothing.column) == 0
    assert len(m4.drawn(nothing)[1]) == 0


def test_rows_that_repeat_a_column_count_as_arrived_in_order() -> None:
    points = _points([(0, 0, 1.0), (0, 0, 2.0), (0, 0, 3.0)])
    edges = np.array([0, 1], dtype=np.int64)
    rows, run = m4.reduce_runs(points, np.array([0, 1, 2]), edges, "iteration")
    assert run.tolist() == [0, 1, 2]
    merged = m4.merge([rows])
    assert (merged.first.value[0], merged.last.value[0], merged.count[0]) == (1.0, 3.0, 3)
