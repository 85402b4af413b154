"""Files cut anywhere and bits flipped anywhere: what is read is right, what is not read is said."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stripchart.journal.format import HEADER_BYTES, SLOT_BYTES
from stripchart.journal.reader import JournalReader
from stripchart.journal.sealing import compress, compressible, seal
from stripchart.journal.verify import verify
from stripchart.journal.writer import JournalWriter
from stripchart.records import ConsoleWritten

OpenWriter = Callable[[Path], JournalWriter]
POINTS = 300


@pytest.fixture
def directory(open_writer: OpenWriter, tmp_path: Path) -> Path:
    """Return a small sealed journal."""
    directory = tmp_path / "task" / "journal" / "w"
    writer = open_writer(directory)
    for i in range(POINTS):
        writer.scalar("t", f"s{i % 3}", i / 7, i)
    for i in range(6):
        writer.append(ConsoleWritten(time_us=i, stream="stdout", text=f"line {i}\n" * i))
    writer.close()
    seal(directory)
    return directory


def _points(directory: Path) -> list[Any]:
    read: list[Any] = JournalReader(directory).scalars().slots.tolist()
    return read


def _records(directory: Path) -> list[Any]:
    return JournalReader(directory).records().items


def test_the_record_stream_cut_at_every_byte(directory: Path) -> None:
    path = directory / "records-000000.seg"
    whole, items = path.read_bytes(), _records(directory)
    ends = [at for at, _ in items[1:]] + [len(whole) - HEADER_BYTES]
    for size in range(HEADER_BYTES, len(whole) + 1):
        path.write_bytes(whole[:size])
        complete = sum(end <= size - HEADER_BYTES for end in ends)
        read = JournalReader(directory).records()
        assert read.items == items[:complete]
        assert read.next == ([0, *ends])[complete]
        # What is missing arrives, and reading goes on.
        path.write_bytes(whole)
        assert JournalReader(directory).records(read.next).items == items[complete:]


def test_the_header_cut_at_every_byte(directory: Path) -> None:
    path = directory / "scalars-000000.seg"
    whole = path.read_bytes()
    for size in range(0, HEADER_BYTES, 7):
        path.write_bytes(whole[:size])
        assert len(_points(directory)) == 0
        assert len(_records(directory)) > 0


def test_the_slots_cut_at_every_byte(directory: Path) -> None:
    path = directory / "scalars-000000.seg"
    (directory / "scalars-000000.seal").unlink()
    whole, points = path.read_bytes(), _points(directory)
    for size in range(
        HEADER_BYTES + (POINTS - 4) * SLOT_BYTES, HEADER_BYTES + (POINTS + 2) * SLOT_BYTES
    ):
        path.write_bytes(whole[:size])
        complete = min((size - HEADER_BYTES) // SLOT_BYTES, POINTS)
        assert _points(directory) == points[:complete]


def test_sealed_slots_cut_at_every_slot_are_missed(directory: Path) -> None:
    path = directory / "scalars-000000.seg"
    whole, points = path.read_bytes(), _points(directory)
    for kept in range(POINTS):
        path.write_bytes(whole[: HEADER_BYTES + kept * SLOT_BYTES])
        read = JournalReader(directory).scalars()
        assert read.slots.tolist() == points[: kept // 128 * 128]
        assert read.skipped[-1].end == POINTS


@pytest.mark.parametrize("name", ["scalars-000000", "records-000000"])
@pytest.mark.parametrize("form", ["seg", "zst"])
def test_a_flipped_bit_anywhere_never_gives_a_wrong_record(
    directory: Path, name: str, form: str
) -> None:
    points, items = _points(directory), _records(directory)
    if form == "zst":
        for segment in compressible(directory, ended=True):
            assert compress(directory, segment, ended=True)
    path = directory / f"{name}.{form}"
    whole = path.read_bytes()
    used = len(whole) if form == "zst" else HEADER_BYTES + POINTS * SLOT_BYTES
    lost = 0
    for at in range(0, min(used, len(whole)), 3 if used > 2000 else 1):
        if form == "seg" and (400 <= at < 1900 or 2400 <= at < HEADER_BYTES - 100):
            continue  # padding of the header
        flipped = bytearray(whole)
        flipped[at] ^= 1 << (at % 8)
        path.write_bytes(flipped)
        lost += _check_damaged(directory, points, items)
    assert lost or "scalars" in name


def _check_damaged(directory: Path, points: list[Any], items: list[Any]) -> bool:
    """Check that what is read is part of the truth and that anything missing is said; tell if it is."""
    reader = JournalReader(directory)
    scalars, records = reader.scalars(), reader.records()
    read = dict(zip(scalars.offset.tolist(), scalars.slots.tolist(), strict=True))
    assert all(points[at] == point for at, point in read.items())
    missing = set(range(POINTS)) - set(read)
    said = {at for s in scalars.skipped for at in range(s.begin, s.end)}
    assert missing == said
    truth = dict(items)
    assert all(truth[at] == record for at, record in records.items)
    unread = [at for at in truth if at not in dict(records.items)]
    covered = [s for s in records.skipped if any(s.begin <= at < s.end for at in unread)]
    # Damage in the very last record cannot be told from one on its way, except once the writer has ended.
    assert all(any(s.begin <= at < s.end for s in covered) or at >= records.next for at in unread)
    return bool(missing or unread)


def test_every_bit_of_a_block_of_slots(directory: Path) -> None:
    path = directory / "scalars-000000.seg"
    points = _points(directory)
    with open(path, "r+b") as file:
        for bit in range(3 * SLOT_BYTES * 8):
            at = HEADER_BYTES + 127 * SLOT_BYTES + bit // 8
            file.seek(at)
            was = file.read(1)
            file.seek(at)
            file.write(bytes([was[0] ^ 1 << bit % 8]))
            file.flush()
            read = JournalReader(directory).scalars()
            damaged = 0 if bit < SLOT_BYTES * 8 else 128
            assert [s.begin for s in read.skipped] == [damaged]
            assert read.slots.tolist() == points[:damaged] + points[damaged + 128 :]
            file.seek(at)
            file.write(was)
            file.flush()


def test_random_rubbish_in_any_file(directory: Path, tmp_path: Path) -> None:
    points, items = set(_points(directory)), dict(_records(directory))
    rng = random.Random(5)
    for _ in range(150):
        copy = tmp_path / "copy" / "journal" / "w"
        shutil.copytree(directory, copy)
        path = rng.choice(sorted(copy.iterdir()))
        content = bytearray(path.read_bytes())
        at = rng.randrange(min(len(content), HEADER_BYTES + POINTS * SLOT_BYTES))
        size = rng.choice([1, 10, 1000, len(content)])
        rubbish = rng.randbytes(len(content[at : at + size]))
        content[at : at + size] = rubbish
        path.write_bytes(content[: rng.choice([len(content), at + len(rubbish)])])
        # One damaged file hides nothing of the others, and nothing wrong comes out of it. Only slots that no
        # checksum covers may be: they lie behind the ones that were written.
        read = JournalReader(copy).scalars()
        written = read.slots[read.offset < POINTS]
        assert set(written.tolist()) <= points
        assert all(items[offset] == record for offset, record in _records(copy))
        assert JournalReader(copy).identity.task_id == "0" * 32
        verify(tmp_path / "copy")
        shutil.rmtree(tmp_path / "copy")
