"""Which tasks are looked at, and when."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from stripchart import settings
from stripchart.ingest import watching
from stripchart.ingest.watching import Resting, TaskListing
from stripchart.sdk.session import Session

COUNT = 40
LONG_AGO = 1_000_000_000 * 10**9


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(COUNT):
        (tmp_path / f"{number:032x}" / "journal").mkdir(parents=True)
        os.utime(tmp_path / f"{number:032x}" / "journal", ns=(LONG_AGO, LONG_AGO))
    os.utime(tmp_path, ns=(LONG_AGO, LONG_AGO))
    return tmp_path


def resting(folder: Path) -> Resting:
    held = Resting(folder)
    for path in sorted(folder.iterdir()):
        held.add(path.name, quiet_sec=None, now=0.0)
    return held


def resume(folder: Path, number: int) -> str:
    task = f"{number:032x}"
    (folder / task / "journal" / "writer").mkdir()
    return task


def test_tasks_are_looked_at_in_turn(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "STATS_A_STEP", 10)
    held = resting(folder)
    task = resume(folder, 25)
    assert [held.woken(0.0) for _ in range(4)] == [[], [], [task], []]


def test_a_sweep_looks_at_all_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "STATS_A_STEP", 1)
    held = resting(folder)
    tasks = [resume(folder, 3), resume(folder, COUNT - 1)]
    held.sweep()
    assert held.woken(0.0) == tasks
    later = resume(folder, 7)
    assert held.woken(0.0) == []
    held.sweep()
    assert held.woken(0.0) == [later]


def test_a_slow_sweep_goes_on_in_the_next_step(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "STATS_A_STEP", 1)
    monkeypatch.setattr(watching, "SWEEP_SEC", -1.0)
    held = resting(folder)
    task = resume(folder, 2)
    held.sweep()
    assert [held.woken(0.0) for _ in range(3)] == [[], [], [task]]


def test_a_new_time_of_the_folder_is_told_twice(folder: Path) -> None:
    """The second time for what may have happened in the same tick."""
    listing = TaskListing(folder)
    assert listing.changed(1.0)
    assert listing.touched()
    assert listing.touched()  # that time is long ago: its tick is over
    assert not listing.touched()
    assert not listing.changed(2.0)
    assert not listing.touched()
    os.utime(folder)
    assert not listing.changed(3.0)
    assert listing.touched()
    assert not listing.touched()
    os.utime(folder, ns=(LONG_AGO + 1, time.time_ns() - 60 * 10**9))
    assert not listing.changed(4.0)
    assert listing.touched()
    assert listing.touched()
    assert not listing.touched()


def test_opening_a_writer_gives_the_folder_of_tasks_a_new_time(tmp_path: Path) -> None:
    loaded = settings.load(home=tmp_path)
    loaded.task_dir("a" * 32).mkdir(parents=True)
    os.utime(loaded.tasks, ns=(LONG_AGO, LONG_AGO))
    session = Session(loaded, "a" * 32, 1)
    session.writer()
    assert loaded.tasks.stat().st_mtime_ns > LONG_AGO
    session.close()
