"""A file system that is really full: an exception, never a signal; and reporting goes on once there is space."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stripchart.journal.reader import JournalReader
from stripchart.journal.sealing import seal
from stripchart.journal.verify import verify
from stripchart.journal.writer import JournalWriter
from stripchart.records import ConsoleWritten

OpenWriter = Callable[[Path], JournalWriter]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 2 MiB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("cannot mount here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(path: Path) -> None:
    with open(path, "wb", 0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def _report_until_full(writer: JournalWriter, start: int) -> int:
    for i in range(start, start + 1_000_000):
        try:
            writer.scalar("t", "s", float(i), i)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return i
    raise AssertionError("the disk never became full")


def test_scalars(
    open_writer: OpenWriter, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    directory = small_disk / "task" / "journal" / "w"
    writer = open_writer(directory)
    kept = _report_until_full(writer, 0)
    assert kept > 0
    with pytest.raises(OSError, match="No space"):
        writer.scalar("t", "s", 0.0, kept)
    assert JournalReader(directory).scalars().slots["iteration"].tolist() == list(range(kept))
    # Smaller segments than were due used what there was, and nothing of the failed attempts is left.
    assert kept == 8192 * len(list(directory.glob("scalars-*"))) > 8192
    ballast.unlink()
    monkeypatch.setattr("stripchart.journal.scalar_stream.time.monotonic", lambda: 1e12)
    writer.scalar("t", "s", float(kept), kept)
    for i in range(kept + 1, kept + 1000):
        writer.scalar("t", "s", float(i), i)
    read = JournalReader(directory).scalars()
    assert read.slots["iteration"].tolist() == list(range(kept + 1000))
    assert seal(directory) == kept + 1000
    assert verify(small_disk / "task").sound


def test_records(open_writer: OpenWriter, small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    writer = open_writer(small_disk / "w")
    kept = 0
    with contextlib.suppress(OSError):
        while True:
            writer.append(ConsoleWritten(time_us=kept, stream="stdout", text="x" * 10_001))
            kept += 1
    assert kept > 50
    reader = JournalReader(small_disk / "w")
    assert len(reader.records().items) == kept
    assert reader.records().skipped == []
    ballast.unlink()
    writer.append(ConsoleWritten(time_us=kept, stream="stdout", text="after"))
    assert len(reader.records().items) == kept + 1
    assert reader.records().skipped == []


def test_a_mapped_segment_can_be_filled_on_a_full_disk(
    open_writer: OpenWriter, small_disk: Path
) -> None:
    """What was reserved is there: no store into it can fail, whatever else fills the disk."""
    writer = open_writer(small_disk / "w")
    writer.scalar("t", "s", 0.0, 0)
    _fill(small_disk / "ballast")
    for i in range(1, 8192):
        writer.scalar("t", "s", float(i), i)
    with pytest.raises(OSError, match="No space"):
        writer.scalar("t", "s", 0.0, 8192)
    for name in (
        "a" * 4000,
        "b" * 4000,
    ):  # the first may fit into the last page of the record stream
        with contextlib.suppress(OSError):
            writer.scalar(name, "s", 0.0, 1)
    with pytest.raises(OSError, match="No space"):
        writer.scalar("c" * 4000, "s", 0.0, 1)


def test_a_journal_cannot_be_opened(open_writer: OpenWriter, small_disk: Path) -> None:
    _fill(small_disk / "ballast")
    with pytest.raises(OSError, match="No space"):
        open_writer(small_disk / "w")
    assert not list(small_disk.glob("w/*"))


def test_without_an_index_the_command_line_says_what_to_do(small_disk: Path) -> None:
    """And what was recorded is read without one."""
    environment = os.environ | {"STRIPCHART_HOME": str(small_disk), "STRIPCHART_RECORDER": "0"}

    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, text=True, capture_output=True, check=False)

    report = "for i in range(100): task.logger.report_scalar('t', 's', i, i)"
    made = python(
        "-c", f"from stripchart import Task; task = Task.init('p', 'n'); print(task.id)\n{report}"
    )
    assert made.returncode == 0, made.stderr
    _fill(small_disk / "ballast")
    shown = python("-m", "stripchart.cli", "show", "n")
    assert (shown.returncode, len(shown.stderr.splitlines())) == (1, 1)
    assert "its disk is full" in shown.stderr
    assert "stripchart gc" in shown.stderr
    checked = python("-m", "stripchart.cli", "verify", made.stdout.strip())
    assert checked.returncode == 0, checked.stderr
    read = "print(Task.get_task(task_name='n').get_reported_scalars()['t']['s']['y'][-1])"
    found = python("-c", f"from stripchart import Task; {read}")
    assert found.stdout.strip() == "99.0", found.stderr
