"""``stripchart sync`` stores what waits, and says what it could not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stripchart import Task
from stripchart.cli import main
from tests.unit.media.conftest import Samples

IMAGE = np.zeros((400, 400), np.uint8)


def test_sync_stores_what_waits(
    task: Task, samples: Samples, capsys: pytest.CaptureFixture[str]
) -> None:
    task.get_logger().report_image("t", "s", 0, image=IMAGE)
    assert main(["sync"]) == 0
    assert "1 tasks looked at, 0 samples and artifacts left" in capsys.readouterr().out
    assert samples.file(samples.last).is_file()
    [event] = task.get_debug_samples("t", "s")
    assert event["url"] == str(samples.file(samples.last))


def test_what_waits_has_no_address_yet(task: Task) -> None:
    task.get_logger().report_image("t", "s", 0, image=IMAGE)
    [event] = task.get_debug_samples("t", "s")
    assert (event["url"], event["error"]) == ("", "")


def test_sync_says_what_is_left(
    task: Task,
    samples: Samples,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stripchart.recorder.uploads.PATIENCE_SEC", 0.0)
    target = tmp_path / "target"
    task.get_logger().set_default_upload_destination(str(target))
    task.get_logger().report_image("t", "s", 0, image=IMAGE)
    target.rmdir()
    target.write_text("in the way")
    assert main(["sync", task.id]) == 1
    out = capsys.readouterr().out
    assert f"{task.id}: 1 left" in out
    assert "does not take files now" in out
