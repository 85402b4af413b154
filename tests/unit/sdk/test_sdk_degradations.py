"""What is degraded and not lost is a warning; what the machine monitoring is asked for is checked."""

from __future__ import annotations

import logging
import mmap
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task
from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.records import Noted


def test_a_journal_that_cannot_be_mapped_is_a_warning(
    task: Task, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no such device")

    monkeypatch.setattr(mmap, "mmap", refuse)
    with caplog.at_level(logging.WARNING, "stripchart"):
        task.get_logger().report_scalar("t", "s", 1.0, 0)
    monkeypatch.undo()
    (directory,) = writer_dirs(task._session.task_dir)
    notes = [r for _, r in JournalReader(directory).records().items if isinstance(r, Noted)]
    assert [(note.code, note.lost) for note in notes] == [("journal.unmapped", False)]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert JournalReader(directory).scalars().slots["value"].tolist() == [1.0]


def test_a_framework_that_is_none_is_noted(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is no error: the original takes any name, and scripts are to run with the import changed."""
    chosen = {"pytroch": False, "nothing like it": True, "matplotlib": False, "gradio": True}
    with caplog.at_level(logging.WARNING, "stripchart"):
        task = Task.init("p", "n", auto_connect_frameworks=chosen, auto_connect_streams=False)
    (directory,) = writer_dirs(task._session.task_dir)
    notes = [r for _, r in JournalReader(directory).records().items if isinstance(r, Noted)]
    assert [(note.code.partition("#")[0], note.lost) for note in notes] == [("capture", False)] * 2
    unlike, like = (note.message for note in notes)
    assert "'nothing like it' is the name of no framework" in unlike
    assert "there are catboost, " in unlike
    assert "did you mean 'pytorch'?" in like
    assert Path(__file__).name in like
    assert len(caplog.records) == 2


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (3, TypeError, "True, False or a dict"),
        ({"report_frequency": 1}, ValueError, "does not know report_frequency"),
        ({"report_frequency_sec": 0}, ValueError, "from 0.05 to 3600"),
        ({"report_frequency_sec": "2"}, TypeError, "number of seconds"),
    ],
)
def test_wrong_monitoring_is_refused(
    home: Path, given: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Task.init("p", "n", auto_resource_monitoring=given)
    assert Task.current_task() is None
