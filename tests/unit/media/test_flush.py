"""``flush(wait=True)``: what was reported is stored when it returns, or it says that it is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from stripchart import Task

IMAGE = np.zeros((20, 20), np.uint8)


@pytest.fixture
def recorded(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Task]:
    """Return a task that has a recorder."""
    monkeypatch.setenv("STRIPCHART_HOME", str(home))
    monkeypatch.setenv("STRIPCHART_RECORDER", "1")
    task = Task.init("p", "n", auto_connect_streams=False)
    yield task
    task.close()


def test_all_is_stored_and_temporary_files_are_gone(recorded: Task, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x")
    logger = recorded.get_logger()
    for number in range(5):
        logger.report_image("t", "s", number, image=IMAGE)
    logger.report_media("t", "file", 0, local_path=path, delete_after_upload=True)
    recorded.upload_artifact("a", {"b": 1})
    recorded.upload_artifact("a", {"b": 2})
    assert recorded.flush(wait_for_uploads=True)
    events = recorded.get_debug_samples("t", "s")
    assert len(events) == 5
    assert all(Path(event["url"]).is_file() for event in events)
    assert not path.exists()
    assert recorded.artifacts["a"].state == "stored"


def test_what_fails_is_not_waited_for(recorded: Task, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"no picture")
    recorded.get_logger().report_image("t", "s", 0, local_path=path)
    assert recorded.get_logger().flush(wait=True)
    [event] = recorded.get_debug_samples("t", "s")
    assert event["error"]


def test_without_a_recorder_nothing_is_waited_for(task: Task) -> None:
    logger = task.get_logger()
    assert logger.flush(wait=True)  # nothing waits
    logger.report_image("t", "s", 0, image=IMAGE)
    assert logger.flush()
    assert not logger.flush(wait=True)
    assert [event["url"] for event in task.get_debug_samples("t", "s")] == [""]
