"""Where a call is missing or refuses, the journal is the same file made another way."""

from __future__ import annotations

import errno
import mmap
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stripchart.journal import segments
from stripchart.journal.format import HEADER_BYTES
from stripchart.journal.reader import JournalReader
from stripchart.journal.sealing import compress, seal, sync
from stripchart.journal.verify import verify
from stripchart.journal.writer import JournalWriter
from stripchart.records import Noted

MakeWriter = Callable[..., JournalWriter]


def _refuse(code: int) -> Callable[..., Any]:
    def call(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    return call


def _without_fallocate(patch: pytest.MonkeyPatch) -> None:
    patch.delattr(os, "posix_fallocate")


def _fallocate_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "posix_fallocate", _refuse(errno.EOPNOTSUPP))


def _map_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mmap, "mmap", _refuse(errno.ENODEV))


def _without_mmap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(segments, "mmap", None)


def _with_next_to_nothing(patch: pytest.MonkeyPatch) -> None:
    _without_mmap(patch)
    for name in ("posix_fallocate", "pwrite", "pread", "fdatasync", "uname", "O_CLOEXEC"):
        patch.delattr(os, name)


TAKEN_AWAY = [
    _without_fallocate,
    _fallocate_refused,
    _map_refused,
    _without_mmap,
    _with_next_to_nothing,
]


@pytest.mark.parametrize("take_away", TAKEN_AWAY)
def test_a_journal_made_without_it_reads_the_same(
    make_writer: MakeWriter,
    task_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    take_away: Callable[[pytest.MonkeyPatch], None],
) -> None:
    directory = task_dir / "journal" / "w"
    writer = make_writer(directory)
    take_away(monkeypatch)
    for i in range(9000):
        writer.scalar("t", f"s{i % 3}", i / 2, i)
    with pytest.raises(struct.error):
        writer.scalar("t", "s0", "unfit", 1)  # type: ignore[arg-type]
    writer.scalar("t", "s1", 7.0, 9000)
    assert seal(directory) == 9002
    sync(directory)
    read = JournalReader(directory).scalars()
    assert read.slots["iteration"].tolist() == list(range(9001))
    assert read.slots["value"][:9000].tolist() == [i / 2 for i in range(9000)]
    assert verify(task_dir).sound
    writer.close()
    assert compress(directory, "scalars-000001.seg", ended=True)
    assert JournalReader(directory).scalars().slots.tobytes() == read.slots.tobytes()


def test_space_is_reserved_even_without_fallocate(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_fallocate(monkeypatch)
    writer.scalar("t", "s", 1.0, 1)
    status = (directory / "scalars-000000.seg").stat()
    assert status.st_blocks * 512 >= status.st_size


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_refuses_is_an_error_and_tried_again(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    attempts: list[int] = []
    now = 0.0

    def refuse(*_: object) -> None:
        attempts.append(1)
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", refuse)
        patch.setattr("time.monotonic", lambda: now)
        for i in range(100):
            with pytest.raises(OSError, match=os.strerror(code)) as caught:
                writer.scalar("t", "s", 1.0, i)
            assert caught.value.errno == code
        assert len(attempts) == 1  # a flood of reports is not a flood of attempts
        assert not list(directory.glob("scalars-*"))
        now += 1.5
        with pytest.raises(OSError, match=os.strerror(code)):
            writer.scalar("t", "s", 1.0, 100)
        assert len(attempts) == 2
    monkeypatch.setattr("time.monotonic", lambda: now + 1.5)
    writer.scalar("t", "s", 1.0, 101)
    assert JournalReader(directory).scalars().slots["iteration"].tolist() == [101]


def test_degradation_is_told_once(
    make_writer: MakeWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    writer = make_writer(tmp_path / "w", on_loss=lambda code, _: told.append(code))
    _without_mmap(monkeypatch)
    for i in range(8192 * 2):
        writer.scalar("t", "s", 1.0, i)
    assert told == ["journal.unmapped"]


def test_a_record_written_in_part_is_finished(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data[:7])))
    writer.append(Noted(time_us=1, code="c", message="m" * 100))
    assert len(JournalReader(directory).records().items) == 1


def test_a_record_that_does_not_fit_is_taken_back(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = Noted(time_us=1, code="c", message="m" * 100)
    writer.append(note)
    before = (directory / "records-000000.seg").read_bytes()
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) > 50:
            return real(fd, bytes(data[:50]))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            writer.append(note)
        with pytest.raises(OSError, match="No space"):
            writer.scalar("t", "a series that cannot be declared" * 10, 1.0, 1)
    assert (directory / "records-000000.seg").read_bytes() == before
    writer.append(note)
    assert len(JournalReader(directory).records().items) == 2


def test_a_torn_record_that_cannot_be_taken_back_is_passed_over(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = Noted(time_us=1, code="c", message="m" * 100)
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) > 50:
            return real(fd, bytes(data[:50]))
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        patch.setattr(os, "ftruncate", _refuse(errno.EIO))
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            writer.append(note)
    torn_bytes = (directory / "records-000000.seg").stat().st_size - HEADER_BYTES
    assert torn_bytes > 0
    reader = JournalReader(directory)
    assert reader.records().next == 0  # it may still be on its way
    writer.append(note)
    read = reader.records()
    assert [item for _, item in read.items] == [note]
    assert [(s.begin, s.end) for s in read.skipped] == [(0, torn_bytes)]


def test_a_folder_that_is_removed_is_an_error(
    writer: JournalWriter, directory: Path, tmp_path: Path
) -> None:
    writer.scalar("t", "s", 1.0, 1)
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()
    note = Noted(time_us=1, code="c", message="m")
    for _ in range(3):
        with pytest.raises(FileNotFoundError):
            writer.append(note)
        with pytest.raises(FileNotFoundError):
            writer.scalar("t", "s", 1.0, 2)
    assert not directory.exists()


def test_a_folder_that_cannot_be_made_is_an_error(make_writer: MakeWriter, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        make_writer(tmp_path / "file" / "w")


def test_without_the_gil_slots_are_claimed_under_a_lock(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys._is_gil_enabled", lambda: False, raising=False)
    for i in range(100):
        writer.scalar("t", "s", 1.0, i)
    assert JournalReader(directory).scalars().slots["iteration"].tolist() == list(range(100))
