"""Real scripts and the recorder that they start: the shortest of runs, what it is told, who gets one, when it goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.records import AnyRecord, Noted, SeriesDeclared, StatusChanged, Unknown

PATIENCE_SEC = 60.0
ON_LINUX = sys.platform == "linux"
START = """
import os, signal, subprocess, sys, time
from stripchart import Logger, Task
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"

T = TypeVar("T")


def wait_for(look: Callable[[], T]) -> T:
    """Look until there is something to see; fail when patience ends."""
    deadline = time.monotonic() + PATIENCE_SEC
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"nothing came of {look}"
        time.sleep(0.05)


def begin(code: str, **environment: str) -> subprocess.Popen[str]:
    """Start a script with a recorder."""
    return subprocess.Popen(
        [sys.executable, "-c", START + textwrap.dedent(code)],
        env=os.environ | {"STRIPCHART_RECORDER": "1"} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def run(code: str, **environment: str) -> str:
    """Run a script to its end, whatever that is, and return what it printed."""
    return begin(code, **environment).communicate(timeout=PATIENCE_SEC)[0]


def only_task(home: Path) -> Path:
    """Return the folder of the one task."""
    (folder,) = (home / "tasks").iterdir()
    return folder


def recorded(task_dir: Path) -> bool:
    """Say whether every journal of a task is compressed, which is the last that a recorder does."""
    left = [path.suffix for path in task_dir.glob("journal/*/*")]
    return ".zst" in left and set(left) == {".zst"} and len(recorders(task_dir)) > 0


def recorders(task_dir: Path) -> list[JournalReader]:
    """Return the journals of recorders."""
    readers = [JournalReader(path) for path in writer_dirs(task_dir)]
    return [reader for reader in readers if reader.identity.role == "recorder"]


def told(task_dir: Path) -> list[AnyRecord | Unknown]:
    """Return what the recorders of an ended task wrote."""
    wait_for(lambda: recorded(task_dir))
    return [item for reader in recorders(task_dir) for _, item in reader.records().items]


def readings(task_dir: Path) -> dict[str, list[float]]:
    """Return the machine readings of an ended task by series."""
    names = {r.number: r.series for r in told(task_dir) if isinstance(r, SeriesDeclared)}
    found: dict[str, list[float]] = {}
    for reader in recorders(task_dir):
        for slot in reader.scalars().slots:
            found.setdefault(names[int(slot["series"])], []).append(float(slot["value"]))
    return found


@pytest.mark.skipif(
    not ON_LINUX, reason="only Linux tells how a process ended that is not one's own"
)
def test_a_script_that_is_killed_before_its_recorder_is_up_is_explained(home: Path) -> None:
    process = begin(f"Task.init('p', 'n', auto_connect_streams=False); {KILL}")
    # Not collected before the end: kernels before 6.15 forget how it ended then.
    (task_dir,) = wait_for(lambda: list(home.glob("tasks/*")))
    statuses = [r for r in told(task_dir) if isinstance(r, StatusChanged)]
    process.communicate()
    wait_for(lambda: not list(task_dir.glob("last-words-*")))
    assert [(s.status, s.reason, s.signal) for s in statuses] == [("failed", "SIGKILL", 9)]


@pytest.mark.skipif(not ON_LINUX, reason="there are no pidfds")
def test_no_program_of_the_script_gets_the_descriptor(home: Path) -> None:
    code = """
    Task.init('p', 'n', auto_connect_streams=False)
    code = "import os; print(*[os.readlink(f'/proc/self/fd/{n}') for n in '0123456789' "
    code += "if os.path.exists(f'/proc/self/fd/{n}') or os.path.islink(f'/proc/self/fd/{n}')])"
    exec(code)
    sys.stdout.flush()
    subprocess.run([sys.executable, '-c', code], close_fds=False)
    """
    here, there = run(code).splitlines()
    assert "pidfd" not in here
    assert "pidfd" not in there


def test_the_shortest_run_has_readings(home: Path) -> None:
    run(f"Task.init('p', 'n'); {KILL}")
    found = readings(only_task(home))
    assert {"memory_free_gb", "memory_used_percent", "disk_free_percent"} <= set(found)


def test_the_first_reading_counts_from_the_start_of_the_process(home: Path) -> None:
    busy = "end = time.process_time() + 0.5\nwhile time.process_time() < end: pass\n"
    run(busy + "Task.init('p', 'n')\ntime.sleep(3)")
    assert readings(only_task(home))["process_cpu_usage"][0] > 5


def test_monitoring_can_be_turned_off(home: Path) -> None:
    run("Task.init('p', 'n', auto_resource_monitoring=False); time.sleep(1.5)")
    assert readings(only_task(home)) == {}


def test_monitoring_takes_an_interval_and_the_whole_machine(home: Path) -> None:
    options = "{'report_frequency_sec': 0.1, 'sample_frequency_per_sec': 2, 'report_global_mem_used': True}"
    run(f"Task.init('p', 'n', auto_resource_monitoring={options}); time.sleep(3)")
    found = readings(only_task(home))
    assert len(found["memory_used_gb"]) > 3  # of the default's two seconds, one or two
    used, free = found["memory_used_gb"][0], found["memory_free_gb"][0]
    share = 100 * used / (used + free)
    assert share == pytest.approx(found["memory_used_percent"][0], abs=0.1)


def test_a_process_that_joins_alone_on_its_host_brings_a_recorder(home: Path) -> None:
    owner = begin(
        "Task.init('p', 'n'); print(Task.current_task().id, flush=True); input()",
        STRIPCHART_RECORDER="0",
    )
    assert owner.stdout is not None
    task_dir = home / "tasks" / owner.stdout.readline().strip()
    joined = begin(
        "Logger.current_logger().report_scalar('t', 's', 1.0, 7); input()\n" + KILL,
        STRIPCHART_TASK_ID=task_dir.name,
    )
    wait_for(lambda: [r for r in recorders(task_dir) if len(r.scalars().slots)])
    # A second one finds the recorder, and does not even ask.
    run("Logger.current_logger()", STRIPCHART_TASK_ID=task_dir.name)
    assert not list(task_dir.glob("*.watch"))
    assert joined.stdin is not None
    joined.stdin.write("\n")
    joined.stdin.flush()
    (reader,) = recorders(task_dir)
    (note,) = wait_for(lambda: [r for _, r in reader.records().items if isinstance(r, Noted)])
    assert note.code == "process_ended"
    assert not ON_LINUX or "SIGKILL" in note.message
    joined.communicate()
    owner.communicate("\n")
    assert owner.returncode == 0
    # The end of who joined is not that of the attempt.
    assert not [record for record in told(task_dir) if isinstance(record, StatusChanged)]


def test_a_recorder_goes_when_the_task_is_closed_and_the_process_lives_on(home: Path) -> None:
    process = begin(
        """
        for name in ("one", "two"):
            task = Task.init("p", name)
            task.get_logger().report_scalar("t", "s", 1.0, 0)
            task.close()
            print(task.id, flush=True)
            input()
        """
    )
    assert process.stdout is not None
    assert process.stdin is not None
    for _ in range(2):
        task_dir = home / "tasks" / process.stdout.readline().strip()
        assert not [r for r in told(task_dir) if isinstance(r, StatusChanged)]
        pids = [reader.identity.pid for reader in recorders(task_dir)]
        wait_for(lambda: not any(psutil.pid_exists(pid) for pid in pids))  # noqa: B023
        assert process.poll() is None
        process.stdin.write("\n")
        process.stdin.flush()
    process.communicate(timeout=PATIENCE_SEC)
    assert process.returncode == 0


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise ValueError"])
def test_empty_last_words_are_removed(home: Path, end: str) -> None:
    run(f"Task.init('p', 'n')\ntime.sleep(0.5)\n{end}")
    task_dir = only_task(home)
    wait_for(lambda: recorded(task_dir))
    wait_for(lambda: not list(task_dir.glob("last-words-*")))


def test_last_words_are_kept(home: Path) -> None:
    if not hasattr(signal, "SIGUSR1"):
        pytest.skip("no such signal")
    run("Task.init('p', 'n')\nos.kill(os.getpid(), signal.SIGSEGV)")
    task_dir = only_task(home)
    wait_for(lambda: recorded(task_dir))
    assert list(task_dir.glob("last-words-*"))


@pytest.mark.skipif(not ON_LINUX, reason="the pid of the recorder is looked for in its file")
@pytest.mark.parametrize("end", ["", "task.close()", "raise ValueError"])
def test_what_a_killed_recorder_has_left_is_done_at_the_end(home: Path, end: str) -> None:
    process = begin(
        "task = Task.init('p', 'n', auto_connect_streams=False); print('begun', flush=True); input()\n"
        f"task.upload_artifact('a', {{'x': 1}})\n{end}"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    task_dir = only_task(home)
    (file,) = wait_for(lambda: list(task_dir.glob("recorder-*.lock")))
    pid = int(wait_for(lambda: file.read_text().split())[1])
    # It has written to its journal: of one that it was just making, a segment without a header would be left.
    wait_for(lambda: any(len(own.scalars().slots) for own in recorders(task_dir)))
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")
    process.communicate("\n", timeout=PATIENCE_SEC)
    wait_for(lambda: recorded(task_dir))
    (artifact,) = task_dir.glob("artifacts/a/*")
    assert json.loads(artifact.read_bytes()) == {"x": 1}
    (own,) = [r for r in map(JournalReader, writer_dirs(task_dir)) if r.identity.role == "task"]
    notes = [r for _, r in own.records().items if isinstance(r, Noted)]
    assert [(note.code, note.lost) for note in notes] == [("recorder", False)]
    assert "was killed" in notes[0].message
