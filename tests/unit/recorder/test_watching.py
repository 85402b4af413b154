"""Watching real processes: their end, its manner, and pids that are used again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from stripchart.recorder.watching import ExitStatus, Watch, from_wait_status

ON_LINUX = sys.platform == "linux"


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.exit(int(sys.stdin.read()))"], stdin=subprocess.PIPE
    )
    yield process
    process.kill()
    process.communicate()


def end_with(process: subprocess.Popen[bytes], code: int) -> None:
    assert process.stdin is not None
    process.stdin.write(str(code).encode())
    process.stdin.close()
    process.stdin = None


def wait_for_end(watch: Watch) -> None:
    deadline = time.monotonic() + 30
    while not watch.ended():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_living_process_has_not_ended(child: subprocess.Popen[bytes]) -> None:
    watch = Watch(child.pid)
    assert not watch.ended()
    watch.close()


@pytest.mark.parametrize("without_pidfd", [False, True])
def test_the_exit_code_of_a_zombie_is_read(
    child: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch, without_pidfd: bool
) -> None:
    if without_pidfd:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    watch = Watch(child.pid)
    assert (watch.fileno() is None) == (without_pidfd or not hasattr(os, "pidfd_open"))
    end_with(child, 3)
    wait_for_end(watch)
    assert watch.exit_status() == (ExitStatus(3) if ON_LINUX else None)
    watch.close()


def test_the_signal_of_a_zombie_is_read(child: subprocess.Popen[bytes]) -> None:
    watch = Watch(child.pid)
    child.kill()
    wait_for_end(watch)
    assert watch.exit_status() == (ExitStatus(None, signal.SIGKILL) if ON_LINUX else None)
    watch.close()


def test_the_exit_code_outlives_the_collection_by_the_parent(
    child: subprocess.Popen[bytes],
) -> None:
    watch = Watch(child.pid)
    end_with(child, 4)
    child.wait()
    wait_for_end(watch)
    kernel = tuple(int(part) for part in os.uname().release.split(".")[:2]) if ON_LINUX else (0, 0)
    assert watch.exit_status() == (ExitStatus(4) if kernel >= (6, 15) else None)
    watch.close()


def test_a_process_that_was_gone_before_is_ended_without_a_status(
    child: subprocess.Popen[bytes],
) -> None:
    end_with(child, 0)
    child.wait()
    watch = Watch(child.pid)
    assert watch.ended()
    assert watch.exit_status() is None
    watch.close()
    watch.close()


def test_a_later_process_of_the_same_pid_is_another_one() -> None:
    created = psutil.Process().create_time()
    assert not Watch(os.getpid(), started=created).ended()
    assert not Watch(os.getpid(), existed_at=time.time()).ended()
    assert Watch(os.getpid(), started=created - 60).ended()
    assert Watch(os.getpid(), existed_at=created - 60).ended()


def test_wait_statuses_are_read_as_the_kernel_writes_them() -> None:
    assert from_wait_status(3 << 8) == ExitStatus(3)
    assert from_wait_status(0) == ExitStatus(0)
    assert from_wait_status(9) == ExitStatus(None, 9)
    assert from_wait_status(0x80 | 11) == ExitStatus(None, 11)  # with a core dump
