"""Only the last samples of each title and series stay: in storage, and in what the journals say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stripchart import Task
from tests.unit.media.conftest import Samples

Ship = Callable[..., Any]


def _image(value: int) -> Any:
    return np.full((4, 4), value, np.uint8)


def _kept(samples: Samples) -> dict[str, list[int]]:
    """Return the iterations whose files are in storage, by series."""
    kept: dict[str, list[int]] = {}
    for stored in samples.stored:
        if stored.sample not in samples.removed:
            assert int(samples.pixels(stored)[0, 0]) == stored.iteration
            kept.setdefault(stored.series, []).append(stored.iteration or 0)
    return kept


def test_the_last_ones_of_each_series_are_kept(task: Task, samples: Samples, ship: Ship) -> None:
    logger = task.get_logger()
    for step in range(7):
        logger.report_image("t", "a", step, image=_image(step), max_image_history=3)
        logger.report_image("t", "b", step, image=_image(step), max_image_history=-1)
        if step % 2:
            ship()
    ship()
    assert _kept(samples) == {"a": [4, 5, 6], "b": list(range(7))}
    assert len(samples.files()) == 10


def test_what_later_ones_push_out_is_never_stored(task: Task, samples: Samples, ship: Ship) -> None:
    for step in range(50):
        task.get_logger().report_image("t", "a", step, image=_image(step), max_image_history=2)
    ship()
    assert _kept(samples) == {"a": [48, 49]}
    assert len(samples.stored) == 2
    assert len(samples.files()) == 2


def test_thumbnails_go_too(task: Task, samples: Samples, ship: Ship) -> None:
    for step in range(3):
        large = np.full((400, 400), step, np.uint8)
        task.get_logger().report_image("t", "a", step, image=large, max_image_history=1)
        ship()
    assert _kept(samples) == {"a": [2]}
    assert samples.files() == sorted([samples.last.url, samples.last.thumbnail])


def test_number_from_argument_then_default_then_setting(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPCHART_SAMPLE_HISTORY", "7")
    task = Task.init("project", "name", auto_connect_streams=False)
    logger, samples = task.get_logger(), Samples(home / "tasks" / task.id)
    assert logger.get_default_debug_sample_history() == 7
    logger.report_image("t", "s", 0, image=_image(0))
    logger.set_default_debug_sample_history(5)
    assert logger.get_default_debug_sample_history() == 5
    logger.report_image("t", "s", 0, image=_image(0))
    logger.report_image("t", "s", 0, image=_image(0), max_image_history=2)
    logger.report_image("t", "s", 0, image=_image(0), max_image_history=0)
    logger.report_image("t", "s", 0, image=_image(0), max_image_history=-4)
    logger.set_default_debug_sample_history(0)
    logger.report_image("t", "s", 0, image=_image(0))
    task.close()
    assert [report.history for report in samples.reported] == [7, 5, 2, 5, -4, 7]


def test_the_shipped_number_is_a_hundred(task: Task) -> None:
    assert task.get_logger().get_default_debug_sample_history() == 100


def test_a_resumed_task_goes_on_counting(
    task: Task, samples: Samples, ship: Ship, home: Path
) -> None:
    for step in range(3):
        task.get_logger().report_image("t", "a", step, image=_image(step), max_image_history=3)
    ship()
    task.close()
    resumed = Task.init("project", "name", continue_last_task=True, auto_connect_streams=False)
    assert resumed.id == task.id
    resumed.set_initial_iteration(0)
    for step in (3, 4):
        resumed.get_logger().report_image("t", "a", step, image=_image(step), max_image_history=3)
    ship()
    resumed.close()
    assert _kept(samples) == {"a": [2, 3, 4]}
    assert len(samples.files()) == 3


def test_links_are_not_counted(task: Task, samples: Samples, ship: Ship) -> None:
    for step in range(5):
        task.get_logger().report_image("t", "a", step, url=f"x://{step}", max_image_history=2)
    task.get_logger().report_image("t", "a", 9, image=_image(9), max_image_history=2)
    ship()
    assert samples.removed == []
    assert len(samples.stored) == 6


def test_done_work_is_not_done_again(task: Task, samples: Samples, ship: Ship) -> None:
    task.get_logger().report_image("t", "a", 0, image=_image(0))
    assert ship().left == 0
    before = samples.file(samples.last).stat()
    ship()
    assert len(samples.stored) == 1
    assert samples.file(samples.last).stat().st_ino == before.st_ino
