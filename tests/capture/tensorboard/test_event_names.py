"""How tags are named: split, told apart by log directory in whatever order, switched by the Logger."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from stripchart import Logger, Task

SummaryWriter: Any = pytest.importorskip("tensorboardX").SummaryWriter
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of its protos and of torch
]


@pytest.fixture(autouse=True)
def switches() -> Iterator[None]:
    """Leave the switches of the process as they were."""
    yield
    Logger.tensorboard_auto_group_scalars(False)
    Logger.tensorboard_single_series_per_graph(False)


@pytest.fixture
def task() -> Iterator[Task]:
    """Give the test a task."""
    task = Task.init("tensorboard", "names")
    yield task
    task.close()


def _names(task: Task) -> dict[tuple[str, str], list[float]]:
    """Return the values of each title and series that was reported."""
    found = task.get_reported_scalars()
    return {
        (title, series): line["y"]
        for title, lines in found.items()
        if not title.startswith(":monitor:")
        for series, line in lines.items()
    }


def _write(directory: Path, *points: tuple[str, float]) -> None:
    with SummaryWriter(str(directory)) as writer:
        for tag, value in points:
            writer.add_scalar(tag, value, 1)


@pytest.mark.parametrize(
    ("tag", "title", "series"),
    [
        ("loss", "loss", "loss"),
        ("train/loss", "train", "loss"),
        ("a/b/c", "a_b", "c"),
        ("a//b", "a", "b"),
        ("/loss", "loss", "loss"),
        ("Ünïcode.損失/α-β", "Ünïcode.損失", "α-β"),
    ],
)
def test_a_tag_is_split_at_its_last_slash(
    task: Task, tmp_path: Path, tag: str, title: str, series: str
) -> None:
    _write(tmp_path / "run", (tag, 1.0))
    assert _names(task) == {(title, series): [1.0]}


def test_two_tags_are_never_one_line(task: Task, tmp_path: Path) -> None:
    _write(tmp_path / "run", ("loss", 1.0), ("loss/loss", 2.0), ("a/b/c", 3.0), ("a_b/c", 4.0))
    assert _names(task) == {
        ("loss", "loss"): [1.0],
        ("loss", "loss/loss"): [2.0],
        ("a_b", "c"): [3.0],
        ("a_b", "a_b/c"): [4.0],
    }


def test_scalars_are_grouped_on_request(task: Task, tmp_path: Path) -> None:
    Logger.tensorboard_auto_group_scalars(group_scalars=True)
    _write(tmp_path / "run", ("loss", 1.0), ("train/loss", 2.0))
    assert _names(task) == {("Scalars", "loss"): [1.0], ("train", "loss"): [2.0]}


ROLES = {"train": 1.0, "validation": 2.0, "": 3.0, "gen": 4.0}


@pytest.mark.parametrize("order", list(itertools.permutations(ROLES)))
def test_directories_inside_one_are_told_apart_in_any_order(
    task: Task, tmp_path: Path, order: Sequence[str]
) -> None:
    writers = {name: SummaryWriter(str(tmp_path / "exp" / name)) for name in order}
    for name, writer in writers.items():
        writer.add_scalar("loss", ROLES[name], 1)
        writer.close()
    assert _names(task) == {
        ("loss", "train: loss"): [1.0],
        ("loss", "validation: loss"): [2.0],
        ("loss", "loss"): [3.0],
        ("loss", "gen: loss"): [4.0],
    }


@pytest.mark.parametrize("order", list(itertools.permutations(["train", "val", "test"])))
def test_roles_are_told_apart_though_each_is_opened_after_the_last(
    task: Task, tmp_path: Path, order: Sequence[str]
) -> None:
    for name in order:
        _write(tmp_path / "exp" / name, ("loss", float(len(name))))
    assert _names(task) == {
        ("loss", f"{name}: loss"): [float(len(name))] for name in ("train", "val", "test")
    }


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_directories_side_by_side_are_told_apart_in_any_order(
    task: Task, tmp_path: Path, order: Sequence[str]
) -> None:
    writers = {name: SummaryWriter(str(tmp_path / name / "tb")) for name in order}
    for name, writer in writers.items():
        writer.add_scalar("loss", float(ord(name)), 1)
        writer.close()
    assert _names(task) == {("loss", f"{n}/tb: loss"): [float(ord(n))] for n in "ab"}


def test_a_directory_that_comes_later_is_told(task: Task, tmp_path: Path) -> None:
    _write(tmp_path / "a", ("loss", 1.0))
    _write(tmp_path / "b", ("loss", 2.0))
    _write(tmp_path / "b" / ".." / "a", ("acc", 3.0))  # the first one again, by another spelling
    assert _names(task) == {
        ("loss", "loss"): [1.0],
        ("loss", "b: loss"): [2.0],
        ("acc", "acc"): [3.0],
    }


def test_directories_are_told_by_title_on_request(task: Task, tmp_path: Path) -> None:
    Logger.tensorboard_single_series_per_graph(single_series=True)
    _write(tmp_path / "exp" / "train", ("loss", 1.0))
    _write(tmp_path / "exp" / "val", ("loss", 2.0))
    with SummaryWriter(str(tmp_path / "exp")) as writer:
        writer.add_scalars("multi", {"x": 3.0, "y": 4.0}, 1)
    assert _names(task) == {
        ("loss train", "loss"): [1.0],
        ("loss val", "loss"): [2.0],
        ("multi x", "x"): [3.0],
        ("multi y", "y"): [4.0],
    }


@pytest.mark.parametrize("library", ["tensorboardX", "torch.utils.tensorboard"])
def test_add_scalars_has_its_keys_as_series(task: Task, tmp_path: Path, library: str) -> None:
    writers: Any = pytest.importorskip(library)
    with writers.SummaryWriter(str(tmp_path / "run")) as writer:
        writer.add_scalars("multi", {"x": 1.0, "y": 2.0}, 1)
        writer.add_scalars("grp/multi", {"x": 3.0, "a/b": 4.0}, global_step=2)
        writer.add_scalar("multi", 5.0, 1)
    assert _names(task) == {
        ("multi", "x"): [1.0],
        ("multi", "y"): [2.0],
        ("grp/multi", "x"): [3.0],
        ("grp/multi", "a/b"): [4.0],
        ("multi", "multi"): [5.0],
    }


@pytest.mark.parametrize("library", ["tensorboardX", "torch.utils.tensorboard"])
def test_trials_of_hyperparameters_are_numbered(task: Task, tmp_path: Path, library: str) -> None:
    writers: Any = pytest.importorskip(library)
    with writers.SummaryWriter(str(tmp_path / "run")) as writer:
        for lr in (0.1, 0.01):
            writer.add_hparams({"lr": lr, "layers": 3, "name": "x"}, {"hparam/acc": 1 - lr})
    assert task.get_parameters() == {
        "TB_hparams/lr": "0.01",
        "TB_hparams/layers": "3",
        "TB_hparams/name": "x",
    }
    names = _names(task)
    assert set(names) == {("hparam", "acc"), ("hparam", "2: acc")}
    assert names["hparam", "2: acc"] == pytest.approx([0.99])


def test_hyperparameters_are_left_out_on_request(tmp_path: Path) -> None:
    task = Task.init(
        "tensorboard", "x", auto_connect_frameworks={"tensorboard": {"report_hparams": False}}
    )
    with SummaryWriter(str(tmp_path / "run")) as writer:
        writer.add_hparams({"lr": 0.1}, {"hparam/acc": 0.5})
    assert task.get_parameters() == {}
    assert _names(task) == {("hparam", "acc"): [0.5]}
    task.close()


def test_one_task_after_another_and_switched_off(tmp_path: Path) -> None:
    writer = SummaryWriter(str(tmp_path / "run"))
    writer.add_scalar("before", 0.0, 1)
    first = Task.init("tensorboard", "first")
    writer.add_scalar("a", 1.0, 1)
    first.close()
    writer.add_scalar("between", 0.0, 1)
    second = Task.init("tensorboard", "second")
    writer.add_scalar("b", 2.0, 1)
    second.close()
    off = Task.init("tensorboard", "off", auto_connect_frameworks={"tensorboard": False})
    writer.add_scalar("c", 3.0, 1)
    writer.close()
    writer.add_scalar("d", 4.0, 1)  # a writer of tensorboardX opens a new file
    off.close()
    assert _names(first) == {("a", "a"): [1.0]}
    assert _names(second) == {("b", "b"): [2.0]}
    assert _names(off) == {}
