"""The end of a record stream whose writer is gone: what cannot be read of it is said, with its place."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart.journal.format import HEADER_BYTES
from stripchart.journal.liveness import is_alive
from stripchart.journal.reader import JournalReader, Skipped
from stripchart.journal.sealing import compress, compressible
from stripchart.journal.verify import verify
from stripchart.journal.writer import JournalWriter
from stripchart.records import ConsoleWritten

MakeWriter = Callable[..., JournalWriter]


@pytest.fixture
def dead(make_writer: MakeWriter, task_dir: Path) -> Path:
    """Return the file of a record stream whose process is gone; it has not closed it."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    writer = make_writer(pid=process.pid)
    for i in range(3):
        writer.append(ConsoleWritten(time_us=i, stream="stdout", text=f"line {i}"))
    return task_dir / "journal" / writer.identity.writer / "records-000000.seg"


def _positions(path: Path) -> list[int]:
    records = JournalReader(path.parent).records()
    return [at for at, _ in records.items]


def _age(path: Path) -> None:
    past = time.time() - 60
    os.utime(path, (past, past))


def _said_by_verify(path: Path) -> list[Skipped]:
    report = verify(path.parents[2])
    assert report.sound == (not any(s.skipped for s in report.segments))
    return [skipped for segment in report.segments for skipped in segment.skipped]


def test_a_tail_that_was_torn_is_told_with_its_range(dead: Path) -> None:
    whole, (*_, last) = dead.read_bytes(), _positions(dead)
    for size in range(HEADER_BYTES + last + 1, len(whole)):
        dead.write_bytes(whole[:size])
        torn = [Skipped("records", last, size - HEADER_BYTES, "cut short")]
        assert _said_by_verify(dead) == torn
        # Somebody may be writing it whom we do not see: the reader waits.
        assert JournalReader(dead.parent).records().skipped == []
        _age(dead)
        read = JournalReader(dead.parent).records()
        assert (read.skipped, read.next) == (torn, size - HEADER_BYTES)


@pytest.mark.parametrize("at", [0, 5, 13, 20, -1])
def test_a_last_record_that_was_damaged_is_told_as_damage(dead: Path, at: int) -> None:
    whole, (*_, last) = bytearray(dead.read_bytes()), _positions(dead)
    whole[len(whole) - 1 if at < 0 else HEADER_BYTES + last + at] ^= 1
    dead.write_bytes(whole)
    damage = [Skipped("records", last, len(whole) - HEADER_BYTES, "damaged record")]
    assert _said_by_verify(dead) == damage
    _age(dead)
    assert JournalReader(dead.parent).records().skipped == damage
    assert all(compress(dead.parent, name) for name in compressible(dead.parent))
    assert _said_by_verify(dead) == damage
    assert JournalReader(dead.parent).records().skipped == damage


def test_a_tail_of_a_living_writer_is_waited_for(
    writer: JournalWriter, directory: Path, task_dir: Path
) -> None:
    writer.append(ConsoleWritten(time_us=1, stream="stdout", text="line"))
    path = directory / "records-000000.seg"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    _age(path)
    read = JournalReader(directory).records()
    assert (read.items, read.next, read.skipped) == ([], 0, [])
    assert verify(task_dir).sound
    path.write_bytes(whole)
    assert len(JournalReader(directory).records(read.next).items) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_zombie_writes_no_more(make_writer: MakeWriter) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    identity = make_writer(pid=process.pid).identity
    assert is_alive(identity)
    process.kill()
    # Seen, and not collected.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(identity)
    process.communicate()
