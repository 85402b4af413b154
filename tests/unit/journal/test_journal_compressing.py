"""A compressed segment reads exactly as the raw one did, and is made only of what cannot change any more."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stripchart.journal.format import HEADER_BYTES, SLOT_BYTES
from stripchart.journal.reader import JournalReader
from stripchart.journal.sealing import compress, compressible, seal
from stripchart.journal.verify import verify
from stripchart.journal.writer import JournalWriter
from stripchart.records import ConsoleWritten

MakeWriter = Callable[..., JournalWriter]


def _fill(writer: JournalWriter, count: int) -> None:
    rng = np.random.default_rng(7)
    for i in range(count):
        writer.scalar("t", f"s{i % 5}", float(np.float32(rng.normal())), i // 5, i % 11 == 0)


def _everything(directory: Path) -> tuple[object, ...]:
    reader = JournalReader(directory)
    scalars, records = reader.scalars(), reader.records()
    return (
        scalars.slots.tobytes(),
        scalars.offset.tolist(),
        scalars.next,
        scalars.skipped,
        records.items,
        records.next,
        records.skipped,
    )


def _compress_all(directory: Path) -> int:
    return sum(compress(directory, n, ended=True) for n in compressible(directory, ended=True))


def test_everything_reads_as_before(writer: JournalWriter, directory: Path, task_dir: Path) -> None:
    _fill(writer, 8192 + 32768 + 1000)
    with pytest.raises(struct.error):
        writer.scalar("t", "s0", "unfit", 1)  # type: ignore[arg-type]
    for i in range(18):
        writer.append(ConsoleWritten(time_us=i, stream="stderr", text=os.urandom(1 << 19).hex()))
    writer.close()
    seal(directory)
    before = _everything(directory)
    assert _compress_all(directory) == 5
    assert {p.suffix for p in directory.iterdir()} == {".zst"}
    assert _everything(directory) == before
    report = verify(task_dir)
    assert report.sound
    assert sum(s.proven for s in report.segments if s.stream == "scalars") == 8192 + 32768 + 1000


def test_ugly_bits_come_back_bit_by_bit(writer: JournalWriter, directory: Path) -> None:
    rng = np.random.default_rng(11)
    writer.scalar("t", "s", 1.0, 1)
    ugly = rng.integers(0, 256, 8192 * SLOT_BYTES, np.uint8).tobytes()
    with open(directory / "scalars-000000.seg", "r+b") as file:
        file.seek(HEADER_BYTES)
        file.write(ugly)
    writer.close()
    assert compress(directory, "scalars-000000.seg", ended=True)
    assert JournalReader(directory).scalars().slots.tobytes() == ugly


def test_a_reader_in_the_middle_goes_on(writer: JournalWriter, directory: Path) -> None:
    _fill(writer, 20_000)
    reader = JournalReader(directory)
    whole = reader.scalars()
    part = reader.scalars(limit=5000)
    assert compress(directory, "scalars-000000.seg")
    rest = reader.scalars(part.next)
    assert part.slots.tobytes() + rest.slots.tobytes() == whole.slots.tobytes()
    writer.scalar("t", "s0", 1.0, 77)
    assert reader.scalars(rest.next).slots["iteration"].tolist() == [77]


def test_a_segment_in_use_is_left_alone(writer: JournalWriter, directory: Path) -> None:
    _fill(writer, 9000)
    assert compressible(directory) == ["scalars-000000.seg"]
    assert not compress(directory, "scalars-000001.seg")
    assert not compress(directory, "records-000000.seg")
    assert not compress(directory, "nonsense")


def test_a_slot_that_may_still_be_filled_keeps_its_segment(
    writer: JournalWriter, directory: Path
) -> None:
    _fill(writer, 9000)
    with open(directory / "scalars-000000.seg", "r+b") as file:
        file.seek(HEADER_BYTES + 50 * SLOT_BYTES)
        file.write(bytes(SLOT_BYTES))
    assert not compress(directory, "scalars-000000.seg")
    assert compress(directory, "scalars-000000.seg", ended=True)


def test_damage_is_not_sealed_anew(writer: JournalWriter, directory: Path) -> None:
    _fill(writer, 9000)
    seal(directory)
    with open(directory / "scalars-000000.seg", "r+b") as file:
        file.seek(HEADER_BYTES + 50 * SLOT_BYTES)
        file.write(b"\xff")
    assert not compress(directory, "scalars-000000.seg")
    assert (directory / "scalars-000000.seg").exists()


def test_a_closed_journal_can_be_compressed_whole_after_a_while(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(writer, 100)
    writer.close()
    assert compressible(directory) == []
    monkeypatch.setattr("stripchart.journal.sealing.CLOSED_FOR_SEC", -1.0)
    assert compressible(directory) == ["scalars-000000.seg", "records-000000.seg"]


def test_the_journal_of_a_process_that_ended_can_be_compressed_whole(
    make_writer: MakeWriter, tmp_path: Path
) -> None:
    child = subprocess.Popen([sys.executable, "-S", "-c", ""])
    child.wait()
    _fill(make_writer(tmp_path / "w", pid=child.pid), 100)
    assert compressible(tmp_path / "w") == ["scalars-000000.seg", "records-000000.seg"]
    assert all(compress(tmp_path / "w", name) for name in compressible(tmp_path / "w"))
    assert compressible(tmp_path / "w") == []
    assert len(JournalReader(tmp_path / "w").scalars().slots) == 100


def test_an_attempt_that_was_cut_short_leaves_no_trace(
    writer: JournalWriter, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(writer, 9000)
    before = _everything(directory)

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            compress(directory, "scalars-000000.seg")
    assert _everything(directory) == before
    assert not list(directory.glob(".*"))
    assert compress(directory, "scalars-000000.seg")


def test_the_raw_segment_is_read_while_both_are_there(
    writer: JournalWriter, directory: Path
) -> None:
    _fill(writer, 9000)
    raw = (directory / "scalars-000000.seg").read_bytes()
    before = _everything(directory)
    assert compress(directory, "scalars-000000.seg")
    (directory / "scalars-000000.seg").write_bytes(raw)
    (directory / "scalars-000000.zst").write_bytes(b"not yet")
    assert _everything(directory) == before


def test_curves_of_a_training_take_at_most_five_bytes_a_point(
    writer: JournalWriter, directory: Path
) -> None:
    rng = np.random.default_rng(3)
    for step in range(9000):
        for k in range(4):
            loss = np.float32(np.exp(-step / 3000) * (1 + k) + rng.normal() * 0.05)
            writer.scalar("loss", f"layer {k}", float(loss), step)
    writer.close()
    _compress_all(directory)
    assert JournalReader(directory).size_bytes() <= 5 * 36_000
