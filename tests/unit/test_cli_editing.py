"""Find, edit, delete and bring back tasks from the command line, without a server."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def tasks(home: Path, capfd: Capture) -> list[str]:
    """Record three ended tasks and return their ids."""
    ids = []
    for i in range(3):
        task = Task.init("demo", f"run {i}", auto_connect_streams=False)
        task.set_parameters({"General/lr": 10.0**-i})
        for iteration in range(3):
            task.get_logger().report_scalar("loss", "train", 5.0 - i - iteration, iteration)
        ids.append(task.id)
        task.close()
    capfd.readouterr()
    return ids


def run(capfd: Capture, *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capfd.readouterr()
    return code, out, err


def test_a_filter_columns_and_a_sort(tasks: list[str], capfd: Capture) -> None:
    words = ("--columns", "param.lr", "metric.loss.min", "--sort", "metric.loss.min")
    code, out, err = run(capfd, "tasks", "--filter", "param.lr<1 status:completed", *words)
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head.split()[-2:] == ["loss/train.min", "General/lr"]
    assert [line.split()[-2:] for line in lines] == [["1", "0.01"], ["2", "0.1"]]
    code, out, _ = run(capfd, "tasks", "--csv", "--sort", "name", "--columns", "metric.loss")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["id"], r["loss/train.last"]) for r in rows] == list(
        zip(tasks, ["3.0", "2.0", "1.0"], strict=True)
    )


def test_a_sort_that_means_several_says_which_and_each_can_be_typed(
    home: Path, capfd: Capture
) -> None:
    task = Task.init("demo", "n", auto_connect_streams=False, auto_connect_arg_parser=False)
    series = ["train", "va l", 'q"uote', "a.min", "x/y"]
    for name in series:
        task.get_logger().report_scalar("loss", name, 1.0, 0)
    task.set_parameters({"General/lr": 1, "Other part/lr": 2})
    task.close()
    capfd.readouterr()
    for asked, count in (("metric.loss.min", len(series)), ("param.lr", 2)):
        code, _, err = run(capfd, "tasks", "--sort", asked)
        assert code == 2
        assert f"means {count} columns; name one of " in err
        named = err.strip().partition("name one of ")[2].split(", ")
        assert len(named) == count
        for name in named:
            code, out, err = run(capfd, "tasks", "--sort", name, "--columns", name)
            assert (code, err) == (0, ""), name
            assert task.id[:8] in out


def test_of_many_columns_the_first_are_named(home: Path, capfd: Capture) -> None:
    task = Task.init("demo", "n", auto_connect_streams=False, auto_connect_arg_parser=False)
    for i in range(30):
        task.get_logger().report_scalar("loss", f"s{i:02}", 1.0, 0)
    task.close()
    capfd.readouterr()
    _, _, err = run(capfd, "tasks", "--sort", "metric.loss")
    assert "metric.loss/s00.last, " in err
    assert err.strip().endswith("and 20 more")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--filter", "status:runing"), "character 8"),
        (("--sort", "nonsense"), "sorted by"),
        (("--columns", "metric.none"), "no task has"),
        (("--columns", "name"), "no column"),
        (("--columns", "metric.("), "expected"),
    ],
)
def test_wrong_use_says_what_is_wrong(
    words: tuple[str, ...], said: str, tasks: list[str], capfd: Capture
) -> None:
    code, out, err = run(capfd, "tasks", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_tasks_are_edited_and_brought_back(tasks: list[str], capfd: Capture) -> None:
    code, out, _ = run(
        capfd, "edit", "run 0", tasks[1][:8], "--name", "n", "--tag", "x", "--archive"
    )
    assert code == 0
    assert out.startswith("2 tasks changed\n")
    assert Task.get_task(tasks[0]).name == "n"
    assert Task.get_task(tasks[1]).get_tags() == ["x"]
    assert len(run(capfd, "tasks")[1].splitlines()) == 2
    assert len(run(capfd, "tasks", "--archived")[1].splitlines()) == 3
    assert run(capfd, "undo")[0] == 0
    assert Task.get_task(tasks[0]).name == "run 0"
    assert len(run(capfd, "tasks")[1].splitlines()) == 4


def test_many_at_once_need_their_number(tasks: list[str], capfd: Capture, home: Path) -> None:
    code, _, err = run(capfd, "delete", "--filter", "param.lr<1")
    assert (code, "--expect 2" in err) == (2, True)
    assert run(capfd, "delete", "--filter", "param.lr<1", "--expect", "3")[0] == 2
    code, out, _ = run(capfd, "delete", "--filter", "param.lr<1", "--expect", "2")
    assert (code, out.splitlines()[0]) == (0, "2 tasks deleted")
    assert [p.name for p in (home / "tasks").iterdir()] == [tasks[0]]
    code, out, _ = run(capfd, "gc", "--older-than", "5")
    assert (code, out.split()[0]) == (0, "0")
    assert run(capfd, "undo")[0] == 0
    assert len(list((home / "tasks").iterdir())) == 3
    run(capfd, "delete", "run 2")
    code, out, _ = run(capfd, "gc")
    assert (code, out.startswith("1 task removed for good")) == (0, True)
    assert run(capfd, "undo")[0] == 1


def test_neither_and_both_are_wrong_use(tasks: list[str], capfd: Capture) -> None:
    for words in (("edit",), ("edit", "run 0", "--filter", "x"), ("edit", "run 0")):
        assert run(capfd, *words)[0] == 2
