"""Following real journals: iteration, end and environment, while they grow and when they are damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stripchart.journal.format import HEADER_BYTES
from stripchart.journal.sealing import compress, compressible
from stripchart.journal.writer import JournalWriter
from stripchart.recorder.following import Follower, read_identity
from stripchart.records import (
    NO_ITERATION,
    SINGLE_VALUE,
    AttemptStarted,
    ConsoleWritten,
    EnvironmentDescribed,
    StatusChanged,
    WriterIdentity,
)

IDENTITY = WriterIdentity(task_id="0" * 32, writer="w", host="h", pid=os.getpid(), started_us=1)


@pytest.fixture
def writer(tmp_path: Path) -> JournalWriter:
    return JournalWriter(tmp_path / "w", IDENTITY)


@pytest.fixture
def follower(writer: JournalWriter, tmp_path: Path) -> Follower:
    identity = read_identity(tmp_path / "w")
    assert identity == IDENTITY
    return Follower(tmp_path / "w", identity)


def status(of: str, *, observed: bool = False) -> StatusChanged:
    return StatusChanged(time_us=1, attempt=0, status=of, observed=observed)  # type: ignore[arg-type]


def test_no_folder_and_no_header_are_nobody(tmp_path: Path) -> None:
    assert read_identity(tmp_path / "gone") is None
    (tmp_path / "records-000000.seg").write_bytes(b"half a header")
    assert read_identity(tmp_path) is None


def test_the_iteration_is_the_highest_of_the_newest_points(
    writer: JournalWriter, follower: Follower
) -> None:
    assert follower.newest_iteration() is None
    for iteration in range(10_000):
        writer.scalar("loss", "a", 1.0, iteration)
    assert follower.newest_iteration() == 9_999
    writer.scalar("Summary", "best", 1.0, 1 << 62, SINGLE_VALUE)
    writer.scalar("loss", "b", 1.0, 1 << 61, NO_ITERATION)
    writer.scalar("loss", "a", 1.0, 5)
    assert follower.newest_iteration() == 9_999


def test_the_iteration_is_found_in_a_new_segment(writer: JournalWriter, follower: Follower) -> None:
    for iteration in range(200_000):
        writer.scalar("loss", "a", 1.0, iteration)
    assert follower.newest_iteration() == 199_999


def test_what_the_task_says_is_taken_in(writer: JournalWriter, follower: Follower) -> None:
    writer.append(AttemptStarted(time_us=1, attempt=1, initial_iteration=40))
    writer.append(EnvironmentDescribed(time_us=1, attempt=1, values={"cwd": "/a"}))
    writer.append(EnvironmentDescribed(time_us=2, attempt=1, values={"script": "b.py"}))
    follower.read_on()
    assert follower.begins_at == 40
    assert follower.environment == {"cwd": "/a", "script": "b.py"}
    assert follower.ended_as is None
    writer.append(status("failed"))
    writer.close()
    follower.read_on()
    assert follower.ended_as == status("failed")
    assert follower.closed


def test_a_conclusion_is_not_the_tasks_own_word(writer: JournalWriter, follower: Follower) -> None:
    writer.append(status("completed", observed=True))
    follower.read_on()
    assert follower.ended_as is None


def test_a_task_that_goes_on_after_an_end_has_not_ended(
    writer: JournalWriter, follower: Follower
) -> None:
    writer.append(status("stopped"))
    writer.append(status("in_progress"))
    follower.read_on()
    assert follower.ended_as is None


@pytest.mark.parametrize("size", [10, 70_000, 3 << 20])
def test_console_of_any_size_is_passed_over(
    writer: JournalWriter, follower: Follower, size: int
) -> None:
    for _ in range(30):
        writer.append(ConsoleWritten(time_us=1, stream="stdout", text="x" * size))
    writer.append(status("failed"))
    follower.read_on(to_end=True)
    assert follower.ended_as == status("failed")


def test_the_end_is_found_over_many_segments(writer: JournalWriter, follower: Follower) -> None:
    text = "y" * (1 << 20)
    for _ in range(40):
        writer.append(ConsoleWritten(time_us=1, stream="stdout", text=text))
    writer.close()
    names = {path.name for path in follower.directory.glob("records-*")}
    assert len(names) > 1
    follower.read_on(to_end=True)
    assert follower.closed


def test_the_end_is_found_behind_a_segment_that_was_never_kept(
    writer: JournalWriter, follower: Follower
) -> None:
    # What a signal handler leaves that opens a segment while one is being opened below it.
    (follower.directory / "records-000001.seg").write_bytes(b"")
    text = "y" * (1 << 20)
    for _ in range(18):
        writer.append(ConsoleWritten(time_us=1, stream="stdout", text=text))
    (follower.directory / "records-000001.seg").unlink()
    writer.append(status("failed"))
    writer.close()
    names = sorted(path.name for path in follower.directory.glob("records-*"))
    assert names == ["records-000000.seg", "records-000002.seg"]
    follower.read_on(to_end=True)
    assert (follower.closed, follower.ended_as) == (True, status("failed"))


def test_a_journal_that_is_compressed_already_is_followed(
    writer: JournalWriter, tmp_path: Path
) -> None:
    writer.append(ConsoleWritten(time_us=1, stream="stdout", text="x" * (3 << 20)))
    writer.append(status("failed"))
    writer.close()
    names = compressible(tmp_path / "w", ended=True)
    assert all(compress(tmp_path / "w", name, ended=True) for name in names)
    identity = read_identity(tmp_path / "w")
    assert identity == IDENTITY
    follower = Follower(tmp_path / "w", identity)
    follower.read_on(to_end=True)
    assert (follower.closed, follower.ended_as) == (True, status("failed"))


def test_a_text_that_quotes_a_record_is_none(writer: JournalWriter, follower: Follower) -> None:
    writer.append(ConsoleWritten(time_us=1, stream="stdout", text="¤kind¦closed kind closed"))
    follower.read_on()
    assert not follower.closed


def test_damage_is_passed_over(writer: JournalWriter, follower: Follower) -> None:
    writer.append(EnvironmentDescribed(time_us=1, attempt=0, values={"cwd": "/a"}))
    writer.append(status("failed"))
    (path,) = follower.directory.glob("records-*")
    content = bytearray(path.read_bytes())
    content[HEADER_BYTES] ^= 0xFF  # the first frame's marker
    path.write_bytes(content)
    follower.read_on(to_end=True)
    assert follower.environment == {}
    assert follower.ended_as == status("failed")


def test_a_torn_tail_is_waited_for(writer: JournalWriter, follower: Follower) -> None:
    writer.append(status("failed"))
    (path,) = follower.directory.glob("records-*")
    whole = path.read_bytes()
    for cut in range(HEADER_BYTES, len(whole)):
        path.write_bytes(whole[:cut])
        follower.read_on()
        assert follower.ended_as is None
    path.write_bytes(whole)
    follower.read_on()
    assert follower.ended_as == status("failed")


def test_a_journal_that_is_gone_says_nothing(tmp_path: Path) -> None:
    follower = Follower(tmp_path / "gone", IDENTITY)
    follower.read_on(to_end=True)
    assert follower.newest_iteration() is None
