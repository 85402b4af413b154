"""Rule 5: what M4 draws is, pixel by pixel, what all points draw."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stripchart.query import m4
from stripchart.store.contract import LineRead, Store
from tests.contract import ugly
from tests.contract.feeding import LINE, batch, columns, of_line, same_m4

HEIGHT = 64


def raster(
    column: NDArray[np.int64], value: NDArray[np.float64], width: int, low: float, high: float
) -> NDArray[np.bool_]:
    """Draw a polyline whose points lie in pixel columns: each step covers the rows that it passes.

    A step within a column is vertical; a step between columns runs straight from centre to centre.
    """
    pixels = np.zeros((width, HEIGHT), dtype=bool)
    scale = (HEIGHT - 1) / (high - low) if high > low else 0.0
    row = np.rint((value - low) * scale).astype(int)
    for x, y in zip(column, row, strict=True):
        pixels[x, y] = True
    for x0, x1, y0, y1 in zip(column[:-1], column[1:], row[:-1], row[1:], strict=True):
        if x0 == x1:
            pixels[x0, min(y0, y1) : max(y0, y1) + 1] = True
        else:
            for x in range(x0, x1 + 1):
                y = y0 + (y1 - y0) * (x - x0) / (x1 - x0)
                pixels[x, int(np.rint(y))] = True
    return pixels


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("axis", ["iteration", "time"])
def test_m4_draws_the_pixels_of_all_points(store: Store, seed: int, axis: str) -> None:
    rng = np.random.default_rng(seed)
    count, width = int(rng.integers(1, 5000)), int(rng.integers(1, 90))
    value = np.clip(ugly.values(rng, count), -1e300, 1e300)  # a height that float64 can hold
    time_us = ugly.times(rng, count)
    store.append([columns(ugly.iterations(rng, count), value, time_us=time_us)])
    read = LineRead(LINE, axis)  # type: ignore[arg-type]
    raw = store.points([read])[0]
    x = raw.iteration if axis == "iteration" else raw.time_us
    edges = m4.column_edges(int(x.min()), int(x.max()) + 1, width)
    reduced = store.reduce([LineRead(LINE, axis, edges=edges)])[0]  # type: ignore[arg-type]
    drawn, column = m4.drawn(reduced, axis)  # type: ignore[arg-type]
    finite = np.isfinite(raw.value)
    assert int(reduced.points.sum()) == count
    assert int(reduced.count.sum()) == int(finite.sum())
    assert len(column) <= 4 * width
    if not finite.any():
        assert len(column) == 0
        return
    low, high = float(raw.value[finite].min()), float(raw.value[finite].max())
    of_all = m4.columns_of(x[finite], edges)
    expected = raster(of_all, raw.value[finite], len(edges) - 1, low, high)
    np.testing.assert_array_equal(raster(column, drawn.value, len(edges) - 1, low, high), expected)


def test_ties_go_to_the_first_in_order(store: Store) -> None:
    rows = [(0, 5, 1.0, 0), (0, 5, 2.0, 0), (0, 4, 2.0, 9), (1, 0, 1.0, 0), (1, 0, 0.5, 0)]
    store.append([batch(of_line(rows))])
    reduced = store.reduce([LineRead(LINE, edges=np.array([0, 10]))])[0]
    first, last = reduced.first, reduced.last
    assert (first.value[0], first.time_us[0]) == (2.0, 4)
    assert (last.value[0], last.iteration[0]) == (0.5, 1)
    assert (reduced.maximum.time_us[0], reduced.maximum.flags[0]) == (4, 9)
    assert reduced.flagged.tolist() == [1]
    assert reduced.mark.time_us.tolist() == [4]


def test_points_without_finite_value_are_counted_and_marked(store: Store) -> None:
    rows = [(0, 0, np.nan, 1), (0, 1, np.inf, 2), (5, 2, 1.0, 0), (7, 3, 0.0, 1 | 8)]
    store.append([batch(of_line(rows))])
    reduced = store.reduce([LineRead(LINE, edges=np.array([0, 4, 6, 8]))])[0]
    assert reduced.column.tolist() == [0, 1, 2]
    assert reduced.points.tolist() == [2, 1, 1]
    assert reduced.count.tolist() == [0, 1, 1]
    assert reduced.flagged.tolist() == [2, 0, 1]
    assert (reduced.mark.time_us[0], reduced.mark.flags[2]) == (0, 9)


def test_points_without_iteration_take_part_by_time_only(store: Store) -> None:
    rows = [(0, 10, 1.0, 0), (0, 20, 9.0, 32), (0, 30, 7.0, 16), (3, 40, 2.0, 0)]
    store.append([batch(of_line(rows))])
    by_iteration = store.reduce([LineRead(LINE, edges=np.array([0, 10]))])[0]
    assert (by_iteration.points[0], by_iteration.maximum.value[0]) == (2, 2.0)
    by_time = store.reduce([LineRead(LINE, "time", edges=np.array([0, 100]))])[0]
    assert (by_time.points[0], by_time.maximum.value[0]) == (3, 9.0)
    assert store.points([LineRead(LINE, "time", cut=1)])[0].value.tolist() == [1.0, 9.0]
    single = store.single_values(LINE.task)[LINE.series]
    assert (single.value, single.time_us) == (7.0, 30)


def test_the_latest_single_value_is_by_time(store: Store) -> None:
    rows = [(0, 30, 1.0, 16), (0, 50, 2.0, 16), (0, 50, 3.0, 16), (0, 40, 4.0, 16)]
    store.append([batch(of_line(rows))])
    assert store.single_values(LINE.task)[LINE.series].value == 3.0
    summary = store.lines({LINE.task: None})[0]
    assert summary.single
    assert summary.last is not None
    assert summary.last.value == 3.0
    assert (summary.low, summary.high) == (None, None)


def test_the_last_edge_of_int64_includes_it(store: Store) -> None:
    ends = np.array([-(2**63), 2**63 - 1])
    store.append([columns(ends, np.array([1.0, 2.0]))])
    edges = m4.column_edges(-(2**63), 2**63, 4)
    reduced = store.reduce([LineRead(LINE, edges=edges)])[0]
    assert reduced.column.tolist() == [0, 3]
    bounded = store.reduce([LineRead(LINE, high=2**63 - 1, edges=edges)])[0]
    assert bounded.column.tolist() == [0]


@pytest.mark.parametrize("seed", range(20))
def test_two_halves_merge_into_the_whole(store: Store, seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 3000
    iteration = ugly.iterations(rng, count)
    store.append([columns(iteration, ugly.values(rng, count), time_us=ugly.times(rng, count))])
    edges = m4.column_edges(int(iteration.min()), int(iteration.max()) + 1, 40)
    middle = int(np.median(iteration))
    whole, below, above = store.reduce(
        [
            LineRead(LINE, edges=edges),
            LineRead(LINE, high=middle, edges=edges),
            LineRead(LINE, low=middle, edges=edges),
        ]
    )
    same_m4(m4.merge([below, above]), whole, sums="close")
