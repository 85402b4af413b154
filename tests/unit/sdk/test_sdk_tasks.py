"""Tasks: how they start, what they are called, how they are found, continued and read back."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import stripchart
from stripchart import HomeError, Logger, SettingsError, Task, TaskTypes, UsageError

RunScript = Callable[..., "subprocess.CompletedProcess[str]"]
OnlyTask = Callable[[], Task]


def start(**arguments: Any) -> Task:
    return Task.init("p", "n", auto_connect_streams=False, **arguments)


def test_a_second_start_returns_the_same_task(home: Path) -> None:
    task = start()
    assert Task.init("p", "n") is task
    assert Task.init() is task
    assert Task.current_task() is task
    assert Logger.current_logger() is task.get_logger() is task.logger
    with pytest.raises(UsageError, match="requested task name 'other'"):
        Task.init("p", "other")
    with pytest.raises(UsageError, match="requested project name 'q'"):
        Task.init("q", "n")
    task.close()
    task.close()
    assert Task.current_task() is None
    assert Logger.current_logger() is None
    assert start().id != task.id


def test_a_task_is_read_back_as_it_was_started(home: Path) -> None:
    task = start(task_type="testing", tags=["a", "b", "a"])
    task.add_tags("c")
    task.set_name("renamed")
    task.set_comment("naïve\udc80")
    read = Task.get_task(task_id=Task.init().id)
    assert read is task
    task.close()
    read = Task.get_task(task.id)
    assert read is not task
    assert (read.project, read.name, read.task_type) == ("p", "renamed", "testing")
    assert (read.get_tags(), read.comment, read.status) == (
        ["a", "b", "c"],
        "naïve\\udc80",
        "completed",
    )
    assert Task.get_task(project_name="p", task_name="renamed").id == task.id


def test_without_names_script_and_repository_give_them(
    run_script: RunScript, only_task: OnlyTask, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(
        '[core]\n[remote "origin"]\n\turl = git@example.org:team/nets.git\n'
    )
    assert run_script("from stripchart import Task; Task.init()").returncode == 0
    task = only_task()
    assert (task.project, task.name) == ("nets", "script")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"project_name": 3}, TypeError),
        ({"task_name": b"n"}, TypeError),
        ({"tags": "one"}, TypeError),
        ({"task_type": "baking"}, ValueError),
        ({"auto_connect_streams": 3}, TypeError),
        ({"auto_connect_streams": {"stdin": True}}, ValueError),
        ({"auto_connect_frameworks": "all"}, TypeError),
        ({"auto_resource_monitoring": 3}, TypeError),
        ({"output_uri": 3}, TypeError),
        ({"reuse_last_task_id": "../../etc"}, UsageError),
        ({"continue_last_task": "0" * 32}, UsageError),
    ],
)
def test_wrong_arguments_fail_at_start(
    home: Path, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Task.init(**arguments)
    assert Task.current_task() is None


def test_every_argument_of_the_contract_is_taken(home: Path, tmp_path: Path) -> None:
    task = Task.init(
        "p", "n", TaskTypes.qc, ["t"], False, False, str(tmp_path / "out"), False, {"matplotlib": True},
        {"report_frequency_sec": 30}, {"stdout": True}, True,
    )  # fmt: skip
    assert task.task_type == Task.TaskTypes.qc.value


def test_a_wrong_setting_fails_at_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPCHART_NAN_VALUE", "zero")
    with pytest.raises(SettingsError, match="nan_value"):
        start()


def test_a_home_below_a_file_fails_at_start(home: Path) -> None:
    home.write_text("not a folder")
    with pytest.raises(HomeError, match="STRIPCHART_HOME"):
        start()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_home_that_cannot_be_written_fails_at_start(home: Path) -> None:
    home.mkdir(mode=0o500)
    with pytest.raises(HomeError, match="STRIPCHART_HOME"):
        start()


def test_a_full_home_fails_at_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    real = os.open

    def into_full(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
        if str(path).endswith(".seg"):
            return real(full, os.O_RDWR)
        return real(path, flags, *arguments, **named)

    monkeypatch.setattr(os, "open", into_full)
    with pytest.raises(HomeError, match="No space left"):
        start()
    assert Task.current_task() is None
    assert list((home / "tasks").iterdir()) == []


def test_a_home_that_vanishes_does_not_end_the_training(home: Path) -> None:
    task = start()
    task.logger.report_scalar("t", "s", 1.0, 1)
    shutil.rmtree(home)
    for iteration in range(20_000):
        task.logger.report_scalar("t", "s", 1.0, iteration)
    task.logger.report_text("text", print_console=False)
    task.connect({"a": 1})
    task.close()


# -- attempts --------------------------------------------------------------------------------------------------


def test_a_continued_task_goes_on_after_its_last_iteration(home: Path) -> None:
    first = start()
    for iteration in range(10):
        first.logger.report_scalar("t", "s", float(iteration), iteration)
    first.logger.report_single_value("v", 1.0)
    first.close()
    second = start(continue_last_task=True)
    assert (second.id, second.get_initial_iteration(), second.status) == (
        first.id,
        10,
        "in_progress",
    )
    second.logger.report_scalar("t", "s", 100.0, 0)
    read = second.get_reported_scalars()["t"]["s"]
    assert read["x"] == list(range(11))
    assert read["y"][-1] == 100.0
    assert second.get_last_iteration() == 10


@pytest.mark.parametrize("offset", [0, 5])
def test_a_later_attempt_hides_the_earlier_from_its_first_iteration_on(
    home: Path, offset: int
) -> None:
    first = start()
    for iteration in range(10):
        first.logger.report_scalar("t", "s", 1.0, iteration)
    first.close()
    again = start(continue_last_task=offset, reuse_last_task_id=first.id)
    assert again.id == first.id
    again.logger.report_scalar("t", "s", 2.0, 0)
    read = again.get_reported_scalars()["t"]["s"]
    assert read["x"] == list(range(offset + 1))
    assert read["y"] == [1.0] * offset + [2.0]


def test_reuse_never_wipes(home: Path) -> None:
    first = start()
    first.logger.report_scalar("t", "s", 1.0, 1)
    first.close()
    second = start(reuse_last_task_id=True)
    second.close()
    assert second.id != first.id
    third = start(reuse_last_task_id=first.id)
    assert third.id == first.id
    assert third.get_initial_iteration() == 0
    assert third.get_reported_scalars()["t"]["s"]["y"] == [1.0]


def test_nothing_to_continue_is_a_new_task(home: Path) -> None:
    task = start(continue_last_task=True)
    assert (task.get_initial_iteration(), task.get_last_iteration()) == (0, 0)


# -- reading back ----------------------------------------------------------------------------------------------


def test_a_task_is_found_or_refused(home: Path) -> None:
    with pytest.raises(ValueError, match="no task"):
        Task.get_task("0" * 32)
    with pytest.raises(ValueError, match="not a task id"):
        Task.get_task("../x")
    with pytest.raises(ValueError, match="needs a task_id"):
        Task.get_task()
    with pytest.raises(ValueError, match="no task"):
        Task.get_task(project_name="p", task_name="n")
    first = start(tags=["old"])
    first.close()
    second = start()
    assert Task.get_task(project_name="p", task_name="n").id == second.id
    assert Task.get_task(project_name="p", tags=["old"]).id == first.id


def test_another_task_can_be_reported_into(task: Task) -> None:
    task.logger.report_scalar("t", "s", 1.0, 1)
    found = Task.get_task(task_name="name", project_name="project")
    assert found.id == task.id
    found.logger.report_scalar("t", "s", 2.0, 2)
    assert task.get_reported_scalars()["t"]["s"]["y"] == [1.0, 2.0]
    found.close()
    assert Task.current_task() is task
    assert task.status == "in_progress"


def test_the_axes_of_reading(task: Task) -> None:
    task.logger.report_scalar("t", "s", 1.0, 7)
    by = {
        x: task.get_reported_scalars(x_axis=x)["t"]["s"] for x in ("iter", "timestamp", "iso_time")
    }
    assert by["iter"] == {"name": "s", "x": [7], "y": [1.0]}
    told = datetime.fromisoformat(by["iso_time"]["x"][0])
    assert int(told.timestamp() * 1000) == by["timestamp"]["x"][0]
    with pytest.raises(ValueError, match="Scalar x-axis supported values are: 'iter', 'timestamp'"):
        task.get_reported_scalars(x_axis="epoch")
    with pytest.raises(ValueError, match="Scalar x-axis"):
        task.get_all_reported_scalars(x_axis="epoch")


def test_fewer_samples_keep_the_extremes(task: Task) -> None:
    for iteration in range(10_000):
        task.logger.report_scalar("t", "s", math.sin(iteration / 50), iteration)
    task.logger.report_scalar("t", "s", 9.0, 4321)
    task.logger.report_scalar("t", "s", -9.0, 4322)
    read = task.get_reported_scalars(max_samples=100)["t"]["s"]
    assert len(read["x"]) == 100
    assert read["x"] == sorted(set(read["x"]))
    assert (max(read["y"]), min(read["y"])) == (9.0, -9.0)
    assert (read["x"][0], read["x"][-1]) == (0, 9999)
    assert len(task.get_reported_scalars()["t"]["s"]["x"]) == 10_000
    assert len(task.get_all_reported_scalars()["t"]["s"]["x"]) == 10_000


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
def test_as_many_samples_as_asked_for(task: Task, most: int) -> None:
    for iteration in [0, *range(1_000_000, 1_000_060)]:  # nearly all in one corner of the axis
        task.logger.report_scalar("t", "flat", 1.0, iteration)
        task.logger.report_scalar("t", "rising", float(iteration), iteration)
    read = task.get_reported_scalars(max_samples=most)["t"]
    assert [len(line["x"]) for line in read.values()] == [most, most]
    if most > 1:
        assert {0.0, 1_000_059.0} <= set(read["rising"]["y"])


@pytest.mark.parametrize("x_axis", ["iter", "timestamp"])
def test_an_iteration_reported_again_counts_once(task: Task, x_axis: str) -> None:
    for value, iteration in [(1.0, 1), (2.0, 2), (9.0, 1), (3.0, 3)]:
        task.logger.report_scalar("t", "s", value, iteration)
    expected = [9.0, 2.0, 3.0] if x_axis == "iter" else [2.0, 9.0, 3.0]
    assert task.get_reported_scalars(x_axis=x_axis)["t"]["s"]["y"] == expected


def test_summaries(task: Task) -> None:
    for iteration, value in [(3, 5.0), (1, 1.0), (2, 9.0)]:
        task.logger.report_scalar("t", "s", value, iteration)
    task.logger.report_single_value("best", 0.5)
    task.logger.report_single_value("best", 0.25)
    assert task.get_last_scalar_metrics() == {
        "t": {"s": {"last": 5.0, "min": 1.0, "max": 9.0}},
        "Summary": {"best": {"last": 0.25, "min": 0.25, "max": 0.5}},
    }
    assert task.get_reported_single_values() == {"best": 0.25}
    assert task.get_reported_single_value("best") == 0.25
    assert task.get_reported_single_value("worst") is None
    assert list(task.get_reported_scalars()) == ["t"]


def test_console_lines_are_put_together(home: Path) -> None:
    task = Task.init("p", "n")
    print("a", "b")
    print("10%\r20%\r100%")
    task.logger.report_text("two\nlines", print_console=False)
    print("open", end="")
    assert task.get_reported_console_output(10) == ["a b", "100%", "two\nlines", "open"]
    assert task.get_reported_console_output() == ["open"]
    assert task.get_reported_console_output(0) == []


# -- parameters ------------------------------------------------------------------------------------------------


def test_a_connected_dict_is_followed(task: Task) -> None:
    given = {"lr": 0.1, "net": {"depth": 3, "name": None}, "sizes": [1, 2]}
    live = task.connect(given)
    assert live == given
    assert isinstance(live, dict)
    live["lr"] = 0.2
    live["net"]["depth"] = 4
    live.update(new=True)
    del live["sizes"]
    assert task.get_parameters() == {
        "General/lr": "0.2",
        "General/net/depth": "4",
        "General/net/name": "",
        "General/new": "True",
    }
    assert given["lr"] == 0.1


def test_parameters_are_set_and_replaced(task: Task) -> None:
    task.connect({"a": 1}, name="Args")
    task.set_parameter("Args/b", 2)
    task.update_parameters({"Args/c": "ü\udc80"}, d=4)
    assert task.get_parameters() == {"Args/a": "1", "Args/b": "2", "Args/c": "ü\\udc80", "d": "4"}
    assert task.get_parameter("Args/b") == "2"
    assert task.get_parameter("nope", default=7) == 7
    task.set_parameters({"Args/a": 5})
    assert Task.get_task(task.id).get_parameters() == {"Args/a": "5"}


def test_what_cannot_be_connected_comes_back_as_it_is(task: Task) -> None:
    thing = object()
    assert task.connect(thing) is thing
    assert task._session.losses.counts() == {"parameters": 1}


def test_a_live_dict_copies_to_plain_ones(task: Task) -> None:
    import copy
    import pickle

    live = task.connect({"a": {"b": 1}})
    for other in (
        copy.copy(live),
        copy.deepcopy(live),
        pickle.loads(pickle.dumps(live)),
        live.copy(),
    ):
        assert type(other) is dict
        assert other == {"a": {"b": 1}}


# -- the front door --------------------------------------------------------------------------------------------


def test_exported_members() -> None:
    assert stripchart.__all__ == [
        "Api",
        "HomeError",
        "InputModel",
        "Logger",
        "Model",
        "OutputModel",
        "SettingsError",
        "StorageManager",
        "Task",
        "TaskTypes",
        "UsageError",
    ]
    assert stripchart.__all__ == sorted(stripchart.__all__)


def test_loggers_and_tasks_are_not_made_by_hand() -> None:
    with pytest.raises(AssertionError, match="cannot be instantiated externally"):
        Logger(None)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="cannot be instantiated externally"):
        Task(None, None)  # type: ignore[arg-type]


def test_the_environment_is_described(home: Path) -> None:
    from stripchart.records import EnvironmentDescribed
    from stripchart.sdk import lookup

    task = start()
    [reader] = lookup.readers(task._session.task_dir)
    [told] = [r for r in lookup.records_of(reader) if isinstance(r, EnvironmentDescribed)]
    assert told.values["pid"] == os.getpid()
    assert {"host", "python", "executable", "argv", "cwd", "os"} <= set(told.values)
