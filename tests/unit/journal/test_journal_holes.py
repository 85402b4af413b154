"""Empty slots with committed ones behind them: waited for while they may be filled, passed over after that."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart.journal.format import HEADER_BYTES, SLOT, SLOT_BYTES
from stripchart.journal.reader import HOLE, JournalReader, Skipped
from stripchart.journal.writer import JournalWriter

MakeWriter = Callable[..., JournalWriter]


def _put(directory: Path, slot: int, content: bytes) -> None:
    with open(directory / "scalars-000000.seg", "r+b") as file:
        file.seek(HEADER_BYTES + slot * SLOT_BYTES)
        file.write(content)


def _slot(iteration: int, age_sec: float) -> bytes:
    return SLOT.pack(iteration, 1.0, time.time() - age_sec, 0, 1)


@pytest.fixture
def ended_pid() -> int:
    """Return the pid of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-S", "-c", ""])
    child.wait()
    return child.pid


def test_a_young_hole_of_a_live_writer_is_waited_for(
    writer: JournalWriter, directory: Path
) -> None:
    for i in range(5):
        writer.scalar("t", "s", 1.0, i)
    _put(directory, 2, bytes(SLOT_BYTES))
    reader = JournalReader(directory)
    read = reader.scalars()
    assert (read.slots["iteration"].tolist(), read.next, read.skipped) == ([0, 1], 2, [])
    assert reader.scalars(2).next == 2
    _put(directory, 2, _slot(2, 0))
    assert reader.scalars(2).slots["iteration"].tolist() == [2, 3, 4]


def test_an_old_hole_is_passed_over(writer: JournalWriter, directory: Path) -> None:
    writer.scalar("t", "s", 1.0, 0)
    _put(directory, 3, _slot(3, age_sec=2.5))
    read = JournalReader(directory).scalars()
    assert read.slots["iteration"].tolist() == [0, 3]
    assert (read.next, read.skipped) == (4, [Skipped("scalars", 1, 3, HOLE)])


def test_a_clock_that_was_set_back_holds_nothing_up(writer: JournalWriter, directory: Path) -> None:
    writer.scalar("t", "s", 1.0, 0)
    _put(directory, 2, _slot(2, age_sec=-3600))
    assert JournalReader(directory).scalars().slots["iteration"].tolist() == [0, 2]


def test_a_hole_of_a_writer_that_ended_is_passed_over_at_once(
    make_writer: MakeWriter, tmp_path: Path, ended_pid: int
) -> None:
    writer = make_writer(tmp_path / "w", pid=ended_pid)
    for i in range(3):
        writer.scalar("t", "s", 1.0, i)
    _put(tmp_path / "w", 1, bytes(SLOT_BYTES))
    assert JournalReader(tmp_path / "w").scalars().slots["iteration"].tolist() == [0, 2]


def test_a_pid_used_again_is_not_the_writer(make_writer: MakeWriter, tmp_path: Path) -> None:
    if not Path("/proc/self/stat").exists():
        pytest.skip("needs /proc")
    writer = make_writer(tmp_path / "w", pid=os.getpid(), started_us=1)
    for i in range(3):
        writer.scalar("t", "s", 1.0, i)
    _put(tmp_path / "w", 1, bytes(SLOT_BYTES))
    assert JournalReader(tmp_path / "w").scalars().slots["iteration"].tolist() == [0, 2]


def test_more_holes_than_are_read_at_once(writer: JournalWriter, directory: Path) -> None:
    for i in range(8192 + 10):
        writer.scalar("t", "s", 1.0, i)
    _put(directory, 100, bytes(SLOT_BYTES) * (8192 - 100 - 1))
    _put(directory, 8191, _slot(8191, age_sec=5))
    read = JournalReader(directory).scalars(100, limit=50)
    assert read.slots["iteration"][0] == 8191
    assert read.skipped == [Skipped("scalars", 100, 8191, HOLE)]


def test_a_hole_at_the_end_of_a_segment_waits_for_the_next_segment(
    writer: JournalWriter, directory: Path
) -> None:
    for i in range(8192 + 10):
        writer.scalar("t", "s", 1.0, i)
    _put(directory, 8191, bytes(SLOT_BYTES))
    reader = JournalReader(directory)
    assert reader.scalars().next == 8191
    _put(directory, 8191, _slot(8191, 0))
    assert reader.scalars(8191).slots["iteration"].tolist() == list(range(8191, 8202))


def test_an_interrupted_call_voids_its_slot(writer: JournalWriter, directory: Path) -> None:
    class Interrupting:
        def __index__(self) -> int:
            raise KeyboardInterrupt

    writer.scalar("t", "s", 1.0, 0)
    with pytest.raises(KeyboardInterrupt):
        writer.scalar("t", "s", 1.0, Interrupting())  # type: ignore[arg-type]
    writer.scalar("t", "s", 1.0, 2)
    read = JournalReader(directory).scalars()
    assert (read.slots["iteration"].tolist(), read.skipped) == ([0, 2], [])
