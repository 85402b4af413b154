"""Readings of this very machine, and of file trees that stand for others."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from stripchart.recorder.processes import ProcessTree
from stripchart.recorder.resources import CpuGroup, Machine, MemoryGroup

GIB = 1 << 30

BUSY_WITH_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c",
    "x = bytearray(64 << 20); print(len(x), flush=True); input()"], stdin=subprocess.PIPE)
input()
child.communicate(b"\\n")
"""


def test_the_machine_is_read_in_the_units_of_the_contract(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    sum(range(2_000_000))  # something to have used the CPU for
    readings = machine.read()
    assert 0 < readings["cpu_usage"] <= 100
    assert 0 < readings["memory_free_gb"] <= psutil.virtual_memory().total / GIB
    assert 0 <= readings["memory_used_percent"] <= 100
    assert 0 <= readings["disk_free_percent"] <= 100
    assert all(value >= 0 for value in readings.values())


def test_a_task_folder_that_is_gone_has_no_disk(tmp_path: Path) -> None:
    readings = Machine(tmp_path / "gone").read()
    assert "disk_free_percent" not in readings
    assert "memory_free_gb" in readings


def group(folder: Path, limit: str, used: int, cached: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(limit)
    (folder / "memory.current").write_text(str(used))
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {cached}\n")


def test_the_tightest_limit_above_a_group_counts(tmp_path: Path) -> None:
    (tmp_path / "cgroup").write_text("0::/pod/box\n")
    group(tmp_path / "fs/pod/box", "max", 300, 50)
    assert MemoryGroup(tmp_path, tmp_path / "fs").read() is None
    group(tmp_path / "fs/pod", "1000", 400, 100)
    assert MemoryGroup(tmp_path, tmp_path / "fs").read() == (300, 1000)


def test_an_older_kernels_group_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "cgroup").write_text("9:cpu:/\n4:memory:/job\n")
    folder = tmp_path / "fs/memory/job"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text("2000")
    (folder / "memory.usage_in_bytes").write_text("700")
    (folder / "memory.stat").write_text("total_inactive_file 200\n")
    assert MemoryGroup(tmp_path, tmp_path / "fs").read() == (500, 2000)


def test_a_system_without_groups_has_no_limit(tmp_path: Path) -> None:
    assert MemoryGroup(tmp_path, tmp_path).read() is None


def quota(folder: Path, limit: str, used_sec: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpu.max").write_text(limit)
    (folder / "cpu.stat").write_text(f"usage_usec {round(used_sec * 1e6)}\nuser_usec 0\n")


def test_the_tightest_processor_quota_counts(tmp_path: Path) -> None:
    (tmp_path / "cgroup").write_text("0::/pod/box\n")
    root = tmp_path / "fs"
    quota(root / "pod/box", "max 100000", 10.0)
    quota(root / "pod", "200000 100000", 10.0)
    group = CpuGroup(tmp_path, root)
    began = time.monotonic()
    quota(root / "pod", "200000 100000", 10.0 + 1.0)
    time.sleep(0.05)
    share = group.read()["cpu_quota_usage"]
    # One second of two cores' time in the time that has passed.
    assert 100 * 1.0 / 2 / (time.monotonic() - began) <= share <= 100 * 1.0 / 2 / 0.05


def test_without_a_processor_quota_there_is_no_series(tmp_path: Path) -> None:
    assert CpuGroup(tmp_path, tmp_path).read() == {}
    (tmp_path / "cgroup").write_text("0::/box\n")
    quota(tmp_path / "fs/box", "max 100000", 10.0)
    assert CpuGroup(tmp_path, tmp_path / "fs").read() == {}


def test_each_core_is_read_on_request(tmp_path: Path) -> None:
    machine = Machine(tmp_path, per_core=True)
    sum(range(2_000_000))
    readings = machine.read()
    cores = [readings[f"cpu_{n}_usage"] for n in range(psutil.cpu_count() or 1)]
    assert all(0 <= share <= 100 for share in cores)
    assert max(cores) > 0
    assert "cpu_0_usage" not in Machine(tmp_path).read()


@pytest.fixture
def parent() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUSY_WITH_CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_memory_of_a_child_program_counts(parent: subprocess.Popen[str]) -> None:
    assert parent.stdout is not None
    assert parent.stdout.readline().strip() == str(64 << 20)
    tree = ProcessTree()
    tree.roots = {parent.pid}
    readings = tree.read()
    assert len(tree.pids) == 2
    assert readings["memory_used_gb"] * GIB > 64 << 20
    parent.communicate("\n")
    assert tree.read() == {}
    assert tree.pids == frozenset()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_memory_shared_with_a_forked_child_counts_once() -> None:
    code = (
        "import os\nx = b'1' * (100 << 20)\nr, w = os.pipe()\n"
        "if os.fork() == 0:\n  x.count(b'1'); print('ready', flush=True); os.read(r, 1)\n"
        "else:\n  input(); os.write(w, b'1'); os.wait()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    tree = ProcessTree()
    tree.roots = {process.pid}
    used = tree.read()["memory_used_gb"] * GIB
    assert len(tree.pids) == 2
    assert 100 << 20 < used < 190 << 20
    process.communicate("\n")


def test_the_recorder_itself_is_not_counted(parent: subprocess.Popen[str]) -> None:
    tree = ProcessTree()
    tree.roots = {psutil.Process().ppid()}
    tree.read()
    own = {psutil.Process().pid, parent.pid}
    assert not own & tree.pids
    parent.communicate("\n")


def test_cpu_time_is_a_rate_over_the_time_between_readings() -> None:
    code = "input()\nwhile True: pass"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    tree = ProcessTree()
    tree.roots = {process.pid}
    tree.read()
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    before = psutil.Process(process.pid).cpu_times()
    while psutil.Process(process.pid).cpu_times().user - before.user < 0.3:
        pass
    assert tree.read()["process_cpu_usage"] > 0
    process.kill()
    process.communicate()
