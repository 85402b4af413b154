"""report_scalar: what may be reported, what it becomes, and what happens to the rest."""

from __future__ import annotations

import logging
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stripchart import Logger, Task
from stripchart.capture.patch import unobserved
from stripchart.records import NAN, NEGATIVE_INF, POSITIVE_INF, REPLACED, Noted
from stripchart.sdk import lookup


def points(task: Task, title: str = "t", series: str = "s") -> list[tuple[Any, float]]:
    read = task.get_reported_scalars()[title][series]
    return list(zip(read["x"], read["y"], strict=True))


def flags(task: Task) -> list[int]:
    slots = [reader.scalars().slots for reader in lookup.readers(task._session.task_dir)]
    return [int(flag) for flag in np.concatenate(slots)["flags"]]


def notes(task: Task) -> dict[str, Noted]:
    found = {}
    for reader in lookup.readers(task._session.task_dir):
        for record in lookup.records_of(reader):
            if isinstance(record, Noted):
                found[record.code] = record
    return found


class Tensor:
    """Behave as a tensor of one element, which may change later."""

    def __init__(self, value: float) -> None:
        self.value = value

    def item(self) -> float:
        return self.value


@pytest.mark.parametrize(
    ("value", "logged"),
    [
        (0.5, 0.5),
        (3, 3.0),
        (True, 1.0),
        ("7.5", 7.5),
        (np.float32(0.25), 0.25),
        (np.float64(0.1), 0.1),
        (np.int64(4), 4.0),
        (np.array(2.0), 2.0),
        (np.array([2.0]), 2.0),
        (np.array([[2.5]]), 2.5),
        (np.array(["1.5"]), 1.5),
        (Decimal("1.25"), 1.25),
        (Fraction(1, 4), 0.25),
        (Tensor(0.75), 0.75),
        (-0.0, -0.0),
        (5e-324, 5e-324),
        (1.7976931348623157e308, 1.7976931348623157e308),
    ],
)
def test_values_of_every_kind_are_converted(task: Task, value: Any, logged: float) -> None:
    task.logger.report_scalar("t", "s", value, 1)
    [(iteration, kept)] = points(task)
    assert (iteration, kept, math.copysign(1, kept)) == (1, logged, math.copysign(1, logged))
    assert not notes(task)


@pytest.mark.parametrize(
    ("iteration", "kept"),
    [
        (0, 0),
        (-7, -7),
        (True, 1),
        (3.0, 3),
        (np.int64(5), 5),
        (np.uint8(5), 5),
        (np.float64(6.0), 6),
        (np.array(7), 7),
        (np.array([8]), 8),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
    ],
)
def test_iterations_of_every_kind_are_converted(task: Task, iteration: Any, kept: int) -> None:
    task.logger.report_scalar("t", "s", 1.0, iteration)
    assert points(task) == [(kept, 1.0)]


@pytest.mark.parametrize(
    ("title", "value", "iteration", "error", "code"),
    [
        ("t", "abc", 1, ValueError, "scalar-value"),
        ("t", None, 1, TypeError, "scalar-value"),
        ("t", [1.0], 1, TypeError, "scalar-value"),
        ("t", 1j, 1, TypeError, "scalar-value"),
        ("t", np.complex128(1 + 2j), 1, TypeError, "scalar-value"),
        ("t", np.array([1.0, 2.0]), 1, TypeError, "scalar-value"),
        ("t", np.zeros((0, 3)), 1, TypeError, "scalar-value"),
        ("t", np.datetime64("2026-01-01T00:00:00.000000001"), 1, TypeError, "scalar-value"),
        ("t", 10**400, 1, OverflowError, "scalar-value"),
        ("t", 1.0, 2.5, TypeError, "scalar-iteration"),
        ("t", 1.0, "5", TypeError, "scalar-iteration"),
        ("t", 1.0, math.nan, TypeError, "scalar-iteration"),
        (3, 1.0, 1, TypeError, "name-type"),
        (["t"], 1.0, 1, TypeError, "name-type"),
        (b"t", 1.0, 1, TypeError, "name-type"),
    ],
)
def test_a_call_that_is_wrong_as_written_raises_and_names_the_argument(  # noqa: PLR0917
    task: Task,
    caplog: pytest.LogCaptureFixture,
    title: Any,
    value: Any,
    iteration: Any,
    error: type[Exception],
    code: str,
) -> None:
    argument = {"scalar-value": "value", "scalar-iteration": "'iteration'", "name-type": "'title'"}
    with pytest.raises(error, match=argument[code]):
        task.logger.report_scalar(title, "s", value, iteration)
    assert task.get_reported_scalars() == {}
    assert notes(task) == {}
    with unobserved():  # captured: the script called a library, and did nothing wrong
        for _ in range(3):
            task.logger.report_scalar(title, "s", value, iteration)
    [message] = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert "test_sdk_scalars.py:" in message
    task.close()
    assert notes(task)[code].count == 3
    task.logger.report_scalar(title, "s", value, iteration)  # nothing raises after the end
    assert task._losses.counts()[code] == 4


class Troubled:
    """A tensor whose device has failed."""

    shape = ()

    def item(self) -> float:
        raise RuntimeError("device-side assert triggered")


@pytest.mark.parametrize(
    ("value", "iteration", "error", "code"),
    [
        (1.0, 2**63, OverflowError, "scalar-iteration"),
        (1.0, -(2**63) - 1, OverflowError, "scalar-iteration"),
        (Troubled(), 1, ValueError, "scalar-value"),
    ],
)
def test_what_a_script_cannot_foresee_is_counted_and_never_raises(  # noqa: PLR0917
    task: Task,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    value: Any,
    iteration: Any,
    error: type[Exception],
    code: str,
) -> None:
    for _ in range(3):
        task.logger.report_scalar("t", "s", value, iteration)
    assert task.get_reported_scalars() == {}
    [message] = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert "test_sdk_scalars.py:" in message
    assert notes(task)[code].lost
    monkeypatch.setattr(task._session.losses, "strict", True)
    with pytest.raises(error):
        task.logger.report_scalar("t", "s", value, iteration)
    task.close()
    assert notes(task)[code].count == 3


def test_a_refused_report_takes_nothing_of_the_next(task: Task) -> None:
    task.logger.report_scalar("t", "s", 1.0, 1)
    with pytest.raises(TypeError, match="value"):
        task.logger.report_scalar("t", "s", object(), 2)  # type: ignore[arg-type]
    task.logger.report_scalar("t", "s", 3.0, 3)
    assert points(task) == [(1, 1.0), (3, 3.0)]


def test_a_tensor_that_changes_later_does_not_change_history(task: Task) -> None:
    tensor = Tensor(1.0)
    task.logger.report_scalar("t", "s", tensor, 1)  # type: ignore[arg-type]
    tensor.value = 2.0
    assert points(task) == [(1, 1.0)]


def test_without_iteration_a_point_has_a_time_only(task: Task) -> None:
    task.logger.report_scalar("t", "s", 4.0, None)  # type: ignore[arg-type]
    assert task.get_reported_scalars() == {}
    assert task.get_reported_scalars(x_axis="timestamp")["t"]["s"]["y"] == [4.0]


@pytest.mark.parametrize(
    ("value", "flag"), [(math.nan, NAN), (math.inf, POSITIVE_INF), (-math.inf, NEGATIVE_INF)]
)
def test_non_finite_values_are_logged_as_zero_and_remembered(
    task: Task, value: float, flag: int
) -> None:
    task.logger.report_scalar("t", "s", value, 1)
    task.logger.report_scalar("t", "s", str(value), 2)  # type: ignore[arg-type]
    assert points(task) == [(1, 0.0), (2, 0.0)]
    assert flags(task) == [flag | REPLACED] * 2


def test_another_value_for_nan_and_inf_can_be_chosen(task: Task) -> None:
    Logger.set_reporting_nan_value(-1)
    Logger.set_reporting_inf_value(math.inf)
    task.logger.report_scalar("t", "s", math.nan, 1)
    task.logger.report_scalar("t", "s", -math.inf, 2)
    Logger.set_reporting_nan_value(math.nan)
    task.logger.report_scalar("t", "s", math.nan, 3)
    (_, first), (_, second), (_, third) = points(task)
    assert (first, second) == (-1.0, -math.inf)
    assert math.isnan(third)
    assert flags(task) == [NAN | REPLACED, NEGATIVE_INF, NAN]


def test_nan_is_told_once_per_period(task: Task, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "stripchart")
    Logger.set_reporting_nan_value(0, warn_period=2)
    for iteration in range(5):
        task.logger.report_scalar("t", "s", math.nan, iteration)
    assert len([r for r in caplog.records if "NaN" in r.getMessage()]) == 3


def test_settings_choose_the_value_for_nan(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPCHART_NAN_VALUE", "-5")
    task = Task.init("p", "n", auto_connect_streams=False)
    task.logger.report_scalar("t", "s", math.nan, 1)
    assert points(task) == [(1, -5.0)]


def test_the_initial_iteration_is_added_but_not_to_single_values(task: Task) -> None:
    assert task.set_initial_iteration(100) == 100
    task.logger.report_scalar("t", "s", 1.0, 1)
    task.logger.report_scalar("t", "s", np.float32(2.0), np.int64(2))  # type: ignore[arg-type]
    task.logger.report_single_value("best", 0.5)
    assert points(task) == [(101, 1.0), (102, 2.0)]
    assert task.get_reported_single_values() == {"best": 0.5}
    task.set_initial_iteration(2**63 - 1)
    task.logger.report_scalar("t", "s", 3.0, 1)
    assert len(points(task)) == 2
    assert notes(task)["scalar-iteration"].lost
    with pytest.raises(ValueError, match="must be an integer"):
        task.set_initial_iteration(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "naïve 損失 🙂", "a\x00b\n\x1b[31m", "x" * 4096])
def test_names_are_kept_as_they_are(task: Task, name: str) -> None:
    task.logger.report_scalar(name, name, 1.0, 1)
    assert points(task, name, name) == [(1, 1.0)]
    assert not notes(task)


def test_no_name_is_the_empty_name(task: Task) -> None:
    task.logger.report_scalar(None, None, 1.0, 1)  # type: ignore[arg-type]
    task.logger.report_scalar("", "", 2.0, 2)
    assert points(task, "", "") == [(1, 1.0), (2, 2.0)]


def test_lone_surrogates_are_written_as_escapes(task: Task) -> None:
    task.logger.report_scalar("a\udc80", "s", 1.0, 1)
    task.logger.report_scalar("a\udc80", "s", 2.0, 2)
    assert points(task, "a\\udc80") == [(1, 1.0), (2, 2.0)]


def test_long_names_are_cut_and_stay_distinct(task: Task) -> None:
    long = "x" * 10_000_000
    for iteration in (1, 2):
        task.logger.report_scalar(long + "a", "s", 1.0, iteration)
    task.logger.report_scalar(long + "b", "s", 2.0, 3)
    read = task.get_reported_scalars()
    assert sorted(len(title) for title in read) == [4096, 4096]
    assert sorted(len(series["s"]["x"]) for series in read.values()) == [1, 2]
    assert not notes(task)["name-cut"].lost


def test_ten_thousand_series_are_kept_apart(task: Task) -> None:
    for number in range(10_000):
        task.logger.report_scalar("t", f"s{number}", float(number), number)
    read = task.get_reported_scalars()["t"]
    assert len(read) == 10_000
    assert read["s9999"]["x"] == [9999]


def test_after_close_reports_are_counted_and_told_once(
    task: Task, caplog: pytest.LogCaptureFixture
) -> None:
    logger = task.logger
    logger.report_scalar("t", "s", 1.0, 1)
    task.close()
    for iteration in range(5):
        logger.report_scalar("t", "s", 2.0, iteration)
    assert points(task) == [(1, 1.0)]
    assert task._session.losses.counts()["closed"] == 5
    assert len([r for r in caplog.records if "closed" in r.getMessage()]) == 1
