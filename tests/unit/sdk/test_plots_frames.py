"""Tables of pandas: index, MultiIndex, types and what is missing."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

from stripchart import Task
from tests.unit.sdk.plot_reading import only

pd = pytest.importorskip("pandas")


def _table(task: Task, frame: Any) -> dict[str, Any]:
    task.get_logger().report_table("t", "s", table_plot=frame)
    trace: dict[str, Any] = only(task)["data"][0]
    return trace


def test_an_index_becomes_the_first_column(task: Task) -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key"))
    trace = _table(task, frame)
    assert trace["header"]["values"] == ["key", "a"]
    assert trace["cells"]["values"] == [["x", "y"], [1, 2]]
    assert trace["meta"]["index"] == 1
    assert trace["meta"]["dtypes"][1] == "int64"


def test_row_numbers_are_no_column(task: Task) -> None:
    trace = _table(task, pd.DataFrame({"a": [1, 2]}))
    assert trace["header"]["values"] == ["a"]
    assert trace["meta"]["index"] == 0


def test_levels_are_columns_of_the_index_and_rows_of_the_header(task: Task) -> None:
    frame = pd.DataFrame(
        [[1, 2], [3, 4]],
        columns=pd.MultiIndex.from_tuples([("u", "x"), ("u", "y")]),
        index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", None]),
    )
    trace = _table(task, frame)
    assert trace["header"]["values"] == [["", "k"], ["", ""], ["u", "x"], ["u", "y"]]
    assert trace["cells"]["values"] == [["a", "b"], [1, 2], [1, 3], [2, 4]]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ([1.5, np.nan, np.inf, -np.inf], [1.5, "NaN", "Inf", "-Inf"]),
        (pd.array([1, None], dtype="Int64"), [1, "NaN"]),
        (pd.array([True, None], dtype="boolean"), [True, "NaN"]),
        ([True, False], [True, False]),
        (["a", None], ["a", "NaN"]),
        (pd.Categorical(["b", "a"]), ["b", "a"]),
        (pd.to_datetime(["2024-01-02", None]), ["2024-01-02", "NaN"]),
        (pd.to_datetime(["2024-01-02 03:04"]), ["2024-01-02T03:04:00"]),
        (pd.to_datetime(["2024-01-02 03:04"]).tz_localize("UTC"), ["2024-01-02T03:04:00+00:00"]),
        (pd.to_timedelta(["1s"]), ["0 days 00:00:01"]),
        (pd.period_range("2024-01", periods=1, freq="M"), ["2024-01"]),
        ([{"a": 1}, [1, 2]], ["{'a': 1}", "[1, 2]"]),
        ([1 + 2j, 0j], ["(1+2j)", "0j"]),
        ([datetime.date(2024, 1, 2), 3], ["2024-01-02", 3]),
        ([2**62, 1], [2**62, 1]),
    ],
)
def test_cells_keep_their_type(task: Task, column: Any, cells: list[Any]) -> None:
    [told] = _table(task, pd.DataFrame({"a": column}))["cells"]["values"]
    assert told == cells
    assert [type(cell) for cell in told] == [type(cell) for cell in cells]


def test_two_columns_of_one_name_are_two(task: Task) -> None:
    trace = _table(task, pd.DataFrame([[1, 2]], columns=["a", "a"]))
    assert trace["cells"]["values"] == [[1], [2]]


def test_a_series_is_a_table(task: Task) -> None:
    trace = _table(task, pd.Series([1, 2], name="n", index=["x", "y"]))
    assert trace["header"]["values"] == ["", "n"]


def test_a_frame_is_not_changed(task: Task) -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": ["x", None]})
    before = frame.copy(deep=True)
    _table(task, frame)
    pd.testing.assert_frame_equal(frame, before)


def test_an_empty_frame_is_a_table(task: Task) -> None:
    assert _table(task, pd.DataFrame())["cells"]["values"] == []
