"""Homes that cannot be written, are full, cannot be mapped, and clocks that go backwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bad_input.conftest import START

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lost, Run, Server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 4 MiB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("cannot mount here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_home_on_a_read_only_file_system(small_disk: Path, script: Run, command: Run) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = script(START, at=small_disk / "home")
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert str(small_disk / "home") in said
    assert "Read-only" in said
    for words in (["tasks"], ["server", "--port", "0"]):
        shown = command(*words, at=small_disk / "home")
        assert shown.returncode != 0
        assert "Traceback" not in shown.stderr
        assert "Read-only" in shown.stderr


def test_a_home_of_somebody_else(tmp_path: Path, script: Run) -> None:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("needs root to be somebody else")
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o755)
    for above in (tmp_path, *tmp_path.parents):  # of pytest, for its user alone
        if not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
    done = script(
        """
import os
import shutil, stripchart.sdk.task  # what comes from folders of root's own
os.setgid(65534)
os.setuid(65534)
from stripchart import Task
try:
    Task.init("project", "name")
except OSError as error:
    print(type(error).__name__, error)
""",
        at=folder / "home",
    )
    assert done.returncode == 0, done.stderr
    assert "HomeError" in done.stdout
    assert str(folder / "home") in done.stdout
    assert "Permission denied" in done.stdout


def test_a_home_on_a_full_file_system(small_disk: Path, script: Run, command: Run) -> None:
    with open(small_disk / "ballast", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 4 << 20)
    done = script(START, at=small_disk / "home")
    assert done.returncode == 1
    assert "No space left" in done.stderr.splitlines()[-1]
    shown = command("tasks", at=small_disk / "home")
    assert shown.returncode != 0
    assert "Traceback" not in shown.stderr


def test_a_home_that_fills_up(
    small_disk: Path, script: Run, serve: Callable[..., Server], lost: Lost, tmp_path: Path
) -> None:
    done = script(
        START
        + f"""
import os, time
logger.report_scalar("t", "s", 0.0, 0)
with open({str(small_disk / "ballast")!r}, "wb", 0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
for i in range(1, 20_000):
    logger.report_scalar("t", "s", 0.5, i)
logger.report_text("x" * 10_000, print_console=False)
kept = len(task.get_reported_scalars()["t"]["s"]["y"])
os.unlink({str(small_disk / "ballast")!r})
time.sleep(1.2)
logger.report_scalar("t", "s", 0.5, 20_000)
print(kept + 1)
""",
        at=small_disk / "home",
    )
    assert done.returncode == 0, done.stderr
    assert "No space left" in done.stderr
    kept = int(done.stdout)
    # The tmpfs is too small for an index: it is read in another home, as a copy of a task may be.
    folder = tmp_path / "other"
    (folder / "tasks").mkdir(parents=True)
    shutil.copytree(small_disk / "home/tasks", folder / "tasks", dirs_exist_ok=True)
    server = serve(at=folder)
    detail = server.only_task()
    assert server.series(detail["task"]["id"])["t", "s"]["count"] == kept
    counts = lost(detail)
    assert counts["scalar"] == 20_001 - kept
    assert counts["text"] == 1
    assert detail["task"]["lost"] == sum(counts.values())


def test_a_home_that_can_be_neither_mapped_nor_reserved(
    script: Run, command: Run, serve: Callable[..., Server], lost: Lost
) -> None:
    done = script(
        """
import errno, os
from stripchart.journal import segments
def refuse(*_):
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")
os.posix_fallocate = refuse
segments.mmap = None
"""
        + START
        + """
for i in range(20_000):
    logger.report_scalar("t", "s", i * 0.5, i)
"""
    )
    assert done.returncode == 0, done.stderr
    assert "memory-mapped" in done.stderr
    server = serve()
    detail = server.only_task()
    found = server.series(detail["task"]["id"])["t", "s"]
    assert (found["count"], found["last"]["value"]) == (20_000, 19_999 * 0.5)
    assert lost(detail) == {}
    assert [note["code"] for note in detail["notes"]] == ["journal.unmapped"]
    assert "memory-mapped" in command("show", detail["task"]["id"]).stdout


def test_a_clock_that_goes_backwards(script: Run, serve: Callable[..., Server], lost: Lost) -> None:
    done = script(
        """
import time
true, true_ns, back = time.time, time.time_ns, [0]
time.time = lambda: true() - back[0]
time.time_ns = lambda: true_ns() - back[0] * 1_000_000_000
"""
        + START
        + """
for i in range(1000):
    back[0] = 3600 * (i // 250)
    logger.report_scalar("t", "s", i * 0.5, i)
    print("line", i)
"""
    )
    assert done.returncode == 0, done.stderr
    server = serve()
    detail = server.only_task()
    task = detail["task"]["id"]
    found = server.series(task)["t", "s"]
    assert (found["count"], found["last"]["value"]) == (1000, 999 * 0.5)
    assert lost(detail) == {}
    assert server.get(f"/tasks/{task}/console", limit=1)["total"] == 1000
    for axis in ("iteration", "relative", "wall"):
        reads = [{"task": task, "title": "t", "series": "s"}]
        answer = server.post("/series/read", {"reads": reads, "axis": axis})
        assert answer.status_code == 200, answer.text
