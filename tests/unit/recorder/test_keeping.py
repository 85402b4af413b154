"""The recorder's own journal, its log, and the care for journals, with and without a disk that helps."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from stripchart.journal.reader import JournalReader
from stripchart.journal.writer import JournalWriter
from stripchart.recorder.keeping import Kept
from stripchart.recorder.own_journal import OwnJournal
from stripchart.recorder.troubles import LOG_NAME, Troubles
from stripchart.records import Noted, Record, WriterClosed, WriterIdentity


def noted(code: str) -> Noted:
    return Noted(time_us=1, code=code, message="m")


def own_journal(task_dir: Path) -> tuple[OwnJournal, Troubles]:
    troubles = Troubles(task_dir)
    return OwnJournal(task_dir, attempt=0, rank=0, troubles=troubles), troubles


def items(directory: Path) -> list[object]:
    return [item for _, item in JournalReader(directory).records().items]


def test_records_wait_until_the_folder_takes_them(tmp_path: Path) -> None:
    folder = tmp_path / "task"
    journal, troubles = own_journal(folder)
    journal.append(noted("a"))
    assert not journal.settle()
    assert not folder.exists()
    folder.mkdir()
    journal.append(noted("b"))
    assert journal.settle()
    troubles.tell(journal.append)
    (directory,) = journal.directories
    codes = [item.code for item in items(directory) if isinstance(item, Noted)]
    assert codes == ["a", "b", "recorder_records_wait"]
    journal.close()


def test_readings_that_cannot_be_kept_are_counted_as_lost(tmp_path: Path) -> None:
    folder = tmp_path / "task"
    journal, troubles = own_journal(folder)
    journal.readings("t", {"a": 1.23456, "b": 2.0}, 7)
    folder.mkdir()
    journal.readings("t", {"a": 1.23456}, 8)
    told: list[Record] = []
    troubles.tell(told.append)
    (note,) = [record for record in told if isinstance(record, Noted)]
    assert (note.code, note.count, note.lost) == ("readings_lost", 2, True)
    slots = JournalReader(journal.directories[0]).scalars().slots
    assert (slots["value"].tolist(), slots["iteration"].tolist()) == ([1.235], [8])
    journal.close()


def test_an_attempt_has_a_journal_of_its_own(tmp_path: Path) -> None:
    journal, _ = own_journal(tmp_path)
    journal.append(noted("a"))
    journal.next_attempt(1, 0)
    journal.append(noted("b"))
    journal.close()
    first, second = journal.directories
    assert [JournalReader(d).identity.attempt for d in (first, second)] == [0, 1]
    assert isinstance(items(first)[-1], WriterClosed)


def test_a_trouble_is_told_once_a_doubling_and_the_log_is_bounded(tmp_path: Path) -> None:
    troubles = Troubles(tmp_path)
    for _ in range(5):
        troubles.caught("same", ValueError("x"))
    assert (tmp_path / LOG_NAME).read_text().count("same (") == 3  # at 1, 2 and 4
    for number in range(400):
        troubles.note(f"code{number}", "m", detail="d" * 2000)
    assert (tmp_path / LOG_NAME).stat().st_size < 300 << 10
    assert "code399" in (tmp_path / LOG_NAME).read_text()


def test_troubles_that_a_journal_refuses_are_told_later(tmp_path: Path) -> None:
    troubles = Troubles(tmp_path / "gone")  # nor is there a log
    troubles.note("a", "m")

    def refuse(record: Record) -> None:
        raise OSError("full")

    troubles.tell(refuse)
    told: list[Record] = []
    troubles.tell(told.append)
    troubles.tell(told.append)
    assert [record.code for record in told if isinstance(record, Noted)] == ["a"]


@pytest.fixture
def writer(tmp_path: Path) -> JournalWriter:
    identity = WriterIdentity(
        task_id="0" * 32,
        writer="w",
        host=os.uname().nodename,
        pid=os.getpid(),
        started_us=time.time_ns() // 1000,
    )
    return JournalWriter(tmp_path / "journal" / "w", identity)


def test_an_ended_journal_is_sealed_and_compressed_to_its_end(
    writer: JournalWriter, tmp_path: Path
) -> None:
    kept = Kept(tmp_path / "journal" / "w", Troubles(tmp_path))
    for iteration in range(10_000):  # more than one segment
        writer.scalar("loss", "a", 1.0, iteration)
    kept.seal()
    kept.sync()
    assert kept.compress_one()  # the first segment, which is full
    assert not kept.compress_one()  # the others are being written
    assert not kept.done()
    writer.close()
    kept.end(process_gone=True)
    kept.seal()
    while kept.compress_one():
        pass
    assert kept.done()
    assert len(JournalReader(kept.directory).scalars().slots) == 10_000
    assert not (tmp_path / LOG_NAME).exists()


def test_a_damaged_segment_is_left_as_it_is(writer: JournalWriter, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "journal" / "w", Troubles(tmp_path))
    writer.scalar("loss", "a", 1.0, 1)
    kept.seal()
    writer.close()
    (path,) = kept.directory.glob("scalars-*.seg")
    with open(path, "r+b") as file:
        file.seek(4096 + 8)
        file.write(b"\xff")
    kept.end(process_gone=True)
    while kept.compress_one():
        pass
    assert kept.done()
    assert path.exists()


def test_a_journal_that_vanished_is_no_error_for_ever(
    tmp_path: Path, writer: JournalWriter
) -> None:
    kept = Kept(tmp_path / "journal" / "w", Troubles(tmp_path))
    shutil.rmtree(kept.directory)
    for _ in range(100):
        kept.seal()
        kept.sync()
        kept.compress_one()
    assert kept.done()
    assert kept.size_bytes() == 0
    log = (tmp_path / LOG_NAME).read_text()
    assert log.count("Traceback") < 5
