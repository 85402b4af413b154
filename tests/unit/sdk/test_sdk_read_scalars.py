"""The points of a line as columns: the same as the lists of the contract, and never stale."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from stripchart import Task
from stripchart.journal.compressing import replace_by_packed
from stripchart.sdk import points


def ended(task: Task) -> Task:
    """End a task, compress its journals as the recorder does, and return it as found again."""
    task.close()
    for file in (task._session.task_dir / "journal").rglob("*.seg"):
        assert replace_by_packed(file.parent, file.name, final=True)
    return Task.get_task(task.id)


def test_columns_are_the_points_of_the_lists(task: Task) -> None:
    for i in range(1000):
        task.logger.report_scalar("loss", "train", i / 8, 1000 - i)
        task.logger.report_scalar("loss", "eval", -i, i)
    task.logger.report_scalar("loss", "eval", 7, 5)
    for read in (task, ended(task)):
        for _ in range(2):
            for series in ("train", "eval"):
                columns = read.read_scalars(title="loss", series=series)
                told = read.get_reported_scalars()["loss"][series]
                assert columns.iteration.tolist() == told["x"]
                assert columns.value.tolist() == told["y"]
    assert columns.iteration.dtype == np.int64
    assert columns.value[5] == 7.0
    assert columns.time.dtype == "datetime64[us]"
    assert abs(np.datetime64("now") - columns.time).max() < np.timedelta64(1, "m")


def test_what_was_reported_is_beside_what_was_logged(task: Task) -> None:
    reported = [1.0, float("nan"), float("inf"), float("-inf")]
    for i, value in enumerate(reported):
        task.logger.report_scalar("loss", "train", value, i)
    columns = task.read_scalars("loss", "train")
    assert columns.value.tolist() == [1.0, 0.0, 0.0, 0.0]
    np.testing.assert_array_equal(columns.reported, reported)


def test_points_without_an_iteration_are_on_the_axis_of_time(task: Task) -> None:
    task.logger.report_scalar("loss", "train", 1.0, 9)
    task.logger.report_scalar("loss", "train", 2.0, None)  # type: ignore[arg-type]
    assert task.read_scalars("loss", "train").value.tolist() == [1.0]
    assert task.read_scalars("loss", "train", x_axis="timestamp").value.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="x-axis"):
        task.read_scalars("loss", "train", x_axis="epoch")


@pytest.mark.parametrize("names", [("loss", "other"), (5, None), (["loss"], "train")])
def test_what_was_not_reported_has_no_points(
    task: Task, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    task.logger.report_scalar("loss", "train", 1.0, 1)
    monkeypatch.setattr(task._losses, "strict", False)
    for column in task.read_scalars(*names):
        assert len(column) == 0


def test_single_values_are_no_line(task: Task) -> None:
    task.logger.report_single_value("best", 1.0)
    task.logger.report_scalar("Summary", "best", 2.0, 3)
    read = ended(task)
    assert read.read_scalars("Summary", "best").value.tolist() == [2.0]
    assert read.get_reported_single_values() == {"best": 1.0}
    assert read.get_reported_scalars() == {
        "Summary": {"best": {"name": "best", "x": [3], "y": [2.0]}}
    }


def test_a_script_cannot_change_what_is_kept(task: Task) -> None:
    task.logger.report_scalar("loss", "train", 1.0, 1)
    read = ended(task)
    for column in read.read_scalars("loss", "train"):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = column[0]
    lists = read.get_all_reported_scalars()["loss"]["train"]
    lists["y"][0] = 9.0
    assert read.read_scalars("loss", "train").value.tolist() == [1.0]
    assert json.dumps(read.get_all_reported_scalars()["loss"]["train"]["y"]) == "[1.0]"


def test_a_task_that_goes_on_is_read_anew(task: Task) -> None:
    task.logger.report_scalar("loss", "train", 1.0, 1)
    read = ended(task)
    assert read.read_scalars("loss", "train").value.tolist() == [1.0]
    again = Task.init(continue_last_task=task.id, auto_connect_streams=False)
    again.logger.report_scalar("loss", "train", 2.0, 1)
    assert read.read_scalars("loss", "train").value.tolist() == [1.0, 2.0]
    again.logger.report_scalar("loss", "train", 3.0, 2)
    assert read.read_scalars("loss", "train").value.tolist() == [1.0, 2.0, 3.0]
    assert ended(again).read_scalars("loss", "train").value.tolist() == [1.0, 2.0, 3.0]


def test_a_later_attempt_hides_what_it_goes_over_again(task: Task) -> None:
    for i in range(5):
        task.logger.report_scalar("loss", "train", 1.0, i)
    ended(task)
    again = Task.init(continue_last_task=task.id, auto_connect_streams=False)
    again.set_initial_iteration(0)
    again.logger.report_scalar("loss", "train", 2.0, 3)
    read = ended(again)
    for _ in range(2):
        assert read.read_scalars("loss", "train").value.tolist() == [1.0, 1.0, 1.0, 2.0]


def test_what_is_kept_is_bounded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "_MOST_KEPT_BYTES", 2 * 2 * 33 * 100 + 1)  # two tasks
    monkeypatch.setattr(points, "_kept", points._Kept())
    tasks = []
    for number in range(3):
        task = Task.init("p", str(number), auto_connect_streams=False)
        for i in range(100):
            task.logger.report_scalar("loss", "train", number, i)
        tasks.append(ended(task))
    for number in (0, 1, 0, 2, 1, 1, 0):
        assert tasks[number].read_scalars("loss", "train").value.tolist() == [number] * 100
        assert len(points._kept._points) <= 2
    assert len(points._kept._points) == 2
