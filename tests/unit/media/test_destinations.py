"""Where the samples of a task go, and what is said of a destination that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stripchart import Task
from stripchart.blobs import DestinationError
from stripchart.records import Noted
from tests.unit.media.conftest import Samples

Ship = Callable[..., Any]
IMAGE = np.zeros((400, 400), np.uint8)


def _files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_own_folder_is_the_default(task: Task, samples: Samples) -> None:
    expected = (samples.task_dir / "media").as_uri()
    assert task.get_logger().get_default_upload_destination() == expected


def test_samples_go_where_they_are_sent(
    task: Task, samples: Samples, ship: Ship, tmp_path: Path
) -> None:
    logger, target = task.get_logger(), tmp_path / "not yet" / "there"
    assert logger.set_default_upload_destination(str(target)) is True
    assert logger.get_default_upload_destination() == target.as_uri()
    assert _files(target) == []
    for step in range(4):
        logger.report_image("a/b:c", "s", step, image=IMAGE, max_image_history=2)
        ship()
    folder = f"project/name.{task.id}/metrics/A/s".replace("A", "a.slash.b0x3ac")
    kept = samples.stored[-2:]
    assert _files(target) == [
        f"{folder}/a.slash.b0x3ac_s_0000000{step}_{stored.sample[:8]}.png"
        for step, stored in zip((2, 3), kept, strict=True)
    ]
    assert [Path(s.url.removeprefix("file://").replace("%20", " ")) for s in kept] == [
        target / name for name in _files(target)
    ]
    assert samples.files() == sorted(stored.thumbnail for stored in kept)


def test_a_destination_that_cannot_be_used_fails_when_it_is_set(task: Task, tmp_path: Path) -> None:
    logger = task.get_logger()
    before = logger.get_default_upload_destination()
    (tmp_path / "file").write_text("in the way")
    for uri in ("foo://x", f"file://{tmp_path}/file/x", "https://host/files", "", "s3://"):
        with pytest.raises(DestinationError):
            logger.set_default_upload_destination(uri)
    with pytest.raises(DestinationError, match="must be text or a path, not int"):
        logger.set_default_upload_destination(3)  # type: ignore[arg-type]
    assert logger.get_default_upload_destination() == before


def test_one_from_the_settings_is_tried_at_start(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STRIPCHART_UPLOAD_DESTINATION", "foo://x")
    with pytest.raises(DestinationError, match="unknown scheme 'foo'"):
        Task.init("project", "name", auto_connect_streams=False)
    assert Task.current_task() is None
    monkeypatch.setenv("STRIPCHART_UPLOAD_DESTINATION", str(tmp_path / "x"))
    task = Task.init("project", "name", auto_connect_streams=False)
    assert task.get_logger().get_default_upload_destination() == str(tmp_path / "x")
    task.close()


def test_an_outage_is_told_once_and_nothing_is_lost(
    task: Task, samples: Samples, ship: Ship, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    task.get_logger().set_default_upload_destination(str(target))
    for step in range(3):
        task.get_logger().report_image("t", "s", step, image=IMAGE)
    target.rmdir()
    target.write_text("in the way")
    drained = ship()
    assert drained.left == 3
    assert samples.stored == []
    target.unlink()
    assert ship().left == 0
    assert len(_files(target)) == 3
    notes = [note for note in samples.of(Noted) if note.code == "uploads_wait"]
    assert [(note.count, note.lost) for note in notes] == [(1, False)]
    assert f"file://{target} does not take files now" in notes[0].message
