"""What was lost is told by reason and by line: one cause never hides another, and there is never a flood."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task
from stripchart.sdk.losses import MOST_CAUSES


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if k != "STRIPCHART_STRICT"}
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=True, env=environ
    )


def recorded(home: Path, tmp_path: Path, lines: str) -> tuple[list[dict[str, Any]], str]:
    """Run a script that reports, and return the notes that the command line gives, and its stderr."""
    path = tmp_path / "script.py"
    start = "from stripchart import Task\ntask = Task.init('p', 'n')\nlogger = task.get_logger()\n"
    path.write_text(start + lines)
    errors = run(home, str(path)).stderr
    shown = run(home, "-m", "stripchart.cli", "show", "n", "--json").stdout
    return json.loads(shown)["notes"], errors


def test_each_reason_and_line_has_its_own_count(home: Path, tmp_path: Path) -> None:
    lines = """
class Troubled:
    def __float__(self): raise RuntimeError('device-side assert')
class Late(Troubled): pass
for step in range(12):
    logger.report_scalar("loss", "train", Troubled(), step)
    logger.report_scalar("loss", "train", Late(), step)
    logger.report_scalar("loss", "eval", 1.0, step + 2**63)
for value in (Troubled(), Late()):
    logger.report_single_value("best", value)
"""
    notes, errors = recorded(home, tmp_path, lines)
    assert [n["code"] for n in notes].count("scalar-value") == 4
    folder = f"{tmp_path}/"
    told = {n["message"].replace(folder, ""): n["count"] for n in notes}
    assert sorted(told.values()) == [1, 1, 12, 12, 12]
    assert all(n["lost"] for n in notes)
    for text in told:
        assert text in errors.replace(folder, "")
    texts = sorted(told)
    assert "argument `iteration` does not fit in 64 bits (at script.py:11)" in texts[0]
    assert texts[0].startswith("point of 'loss' / 'eval' lost: ")
    assert "type Late: device-side assert (at script.py:10)" in texts[1]
    assert "type Troubled: device-side assert (at script.py:9)" in texts[2]
    assert texts[3].startswith("single value 'best' lost: ")
    assert texts[4].startswith("single value 'best' lost: ")


def test_there_are_at_most_so_many_notes(home: Path, tmp_path: Path) -> None:
    line = 'logger.report_scalar("t", "s", 1, 2**64)'
    body = "\n".join([line] * (MOST_CAUSES + 30))
    notes, errors = recorded(home, tmp_path, body)
    assert len(notes) == MOST_CAUSES + 1
    assert sum(n["count"] for n in notes) == MOST_CAUSES + 30
    [others] = [n for n in notes if n["code"] == "others"]
    assert (others["count"], others["lost"]) == (30, True)
    assert errors.count(" lost") == MOST_CAUSES + 1


def test_tasks_and_loggers_say_what_they_are(home: Path) -> None:
    task = Task.init("a/b", "run", auto_connect_streams=False)
    assert repr(task) == f"<Task {task.id}: 'run' of 'a/b', in_progress>"
    assert repr(task.logger) == f"<Logger of task {task.id}>"
    task.close()
    assert repr(Task.get_task(task.id)) == f"<Task {task.id}: 'run' of 'a/b', completed>"


def test_the_start_of_an_id_is_not_enough_and_says_so(home: Path) -> None:
    task = Task.init("p", "n", auto_connect_streams=False)
    task.close()
    with pytest.raises(ValueError, match=f"whole id, and this is the start of {task.id}"):
        Task.get_task(task.id[:8])
