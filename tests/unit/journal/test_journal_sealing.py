"""Checksums over slots: all that is committed gets one, once, and none is believed against its slots."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart.journal.format import HEADER_BYTES, SLOT_BYTES
from stripchart.journal.reader import CHECKSUM, JournalReader, Skipped
from stripchart.journal.sealing import _sealer, seal, sync
from stripchart.journal.seals import SEAL_ENTRY, SEAL_HEADER_BYTES
from stripchart.journal.verify import verify
from stripchart.journal.writer import JournalWriter

MakeWriter = Callable[..., JournalWriter]


@pytest.fixture(autouse=True)
def fresh_memory() -> None:
    """Let each test seal as a recorder does that has just started."""
    _sealer.cache_clear()


def _flip(path: Path, offset: int, mask: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= mask
    path.write_bytes(content)


def _report(writer: JournalWriter, count: int, start: int = 0) -> None:
    for i in range(start, start + count):
        writer.scalar("t", "s", float(i), i)


def test_each_slot_is_sealed_once(writer: JournalWriter, directory: Path, task_dir: Path) -> None:
    assert seal(directory) == 0
    assert not list(directory.glob("*.seal"))
    for count in (1, 127, 128, 129, 3000):
        _report(writer, count)
        assert seal(directory) == count
        assert seal(directory) == 0
    scalars = verify(task_dir).segments[0]
    assert (scalars.proven, scalars.unsealed) == (1 + 127 + 128 + 129 + 3000, 0)


def test_sealing_goes_on_where_another_recorder_stopped(
    writer: JournalWriter, directory: Path, task_dir: Path
) -> None:
    _report(writer, 300)
    assert seal(directory) == 300
    with open(directory / "scalars-000000.seal", "ab") as file:
        file.write(b"torn")
    _sealer.cache_clear()
    _report(writer, 10)
    assert seal(directory) == 10
    size = (directory / "scalars-000000.seal").stat().st_size
    assert (size - SEAL_HEADER_BYTES) % SEAL_ENTRY.size == 0
    assert verify(task_dir).segments[0].proven == 310


def test_holes_are_sealed_when_they_fill(
    writer: JournalWriter, directory: Path, task_dir: Path
) -> None:
    _report(writer, 10)
    segment = directory / "scalars-000000.seg"
    whole = segment.read_bytes()
    at = HEADER_BYTES + 4 * SLOT_BYTES
    with open(segment, "r+b") as file:
        file.seek(at)
        file.write(bytes(SLOT_BYTES))
    assert seal(directory) == 9
    assert verify(task_dir).segments[0].holes == 1
    with open(segment, "r+b") as file:
        file.seek(at)
        file.write(whole[at : at + SLOT_BYTES])
    assert seal(directory) == 1
    assert verify(task_dir).segments[0].proven == 10


def test_all_segments_are_sealed(writer: JournalWriter, directory: Path, task_dir: Path) -> None:
    _report(writer, 50_000)
    assert seal(directory) == 50_000
    assert sum(s.proven for s in verify(task_dir).segments if s.stream == "scalars") == 50_000


def test_a_flipped_bit_in_a_sealed_slot_skips_its_block_and_says_so(
    writer: JournalWriter, directory: Path, task_dir: Path
) -> None:
    _report(writer, 300)
    seal(directory)
    _flip(directory / "scalars-000000.seg", HEADER_BYTES + 200 * SLOT_BYTES + 9)
    read = JournalReader(directory).scalars()
    assert read.slots["iteration"].tolist() == [*range(128), *range(256, 300)]
    assert read.skipped == [Skipped("scalars", 128, 256, CHECKSUM)]
    assert read.next == 300
    # A read that begins and ends within the block has the block checked all the same.
    middle = JournalReader(directory).scalars(150, limit=20)
    assert (len(middle.slots), middle.next) == (0, 170)
    report = verify(task_dir)
    assert not report.sound
    assert report.segments[0].skipped == [Skipped("scalars", 128, 256, CHECKSUM)]


@pytest.mark.parametrize("at", range(SEAL_HEADER_BYTES + SEAL_ENTRY.size))
def test_a_damaged_sidecar_costs_nothing_but_the_proof(
    writer: JournalWriter, directory: Path, at: int
) -> None:
    _report(writer, 200)
    seal(directory)
    for bit in range(8):
        _flip(directory / "scalars-000000.seal", at, 1 << bit)
        read = JournalReader(directory).scalars()
        assert read.slots["iteration"].tolist() == list(range(200))
        assert read.skipped == []
        _flip(directory / "scalars-000000.seal", at, 1 << bit)


def test_a_sidecar_that_cannot_be_written_is_written_later(
    writer: JournalWriter, directory: Path, task_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _report(writer, 200)
    seal(directory)
    _report(writer, 200)
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) > 8:
            return real(fd, data[:8])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            seal(directory)
    assert seal(directory) == 200
    assert verify(task_dir).segments[0].proven == 400


def test_sync_forces_every_file_to_disk(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fdatasync

    def watched(fd: int) -> None:
        synced.append(os.fstat(fd).st_ino)
        real(fd)

    monkeypatch.setattr(os, "fdatasync", watched)
    _report(writer, 10_000)
    seal(directory)
    sync(directory)
    assert set(synced) == {path.stat().st_ino for path in directory.iterdir()}
    synced.clear()
    sync(directory)
    finished = (directory / "scalars-000000.seg").stat().st_ino
    assert finished not in synced
    assert len(synced) == 4


def test_nothing_is_sealed_twice_by_processes_in_turn(
    make_writer: MakeWriter, tmp_path: Path
) -> None:
    writer = make_writer(tmp_path / "w")
    _report(writer, 100)
    first, second = _sealer.__wrapped__(tmp_path / "w"), _sealer.__wrapped__(tmp_path / "w")
    assert (first.seal(), second.seal()) == (100, 0)
    _report(writer, 100)
    assert (second.seal(), first.seal()) == (100, 0)
