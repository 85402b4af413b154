"""A rank that is killed is the reason of the task's end, not what happens to the others for it; and it is told once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.records import Noted, StatusChanged
from stripchart.sdk import lookup

SOURCE = Path(__file__).parents[2] / "src"
PATIENCE_SEC = 60

JOIN = """
import os, signal, sys, time
from pathlib import Path
from stripchart import Task
task = Task.init("p", "n")
rank = int(os.environ["RANK"])
Path(f"joined-{rank}").touch()
"""
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
WORKS = "time.sleep(100)"
BREAKS = """
while not Path("killed").exists():
    time.sleep(0.01)
raise RuntimeError("connection closed by peer")
"""
SEEN = """
while not any(":monitor:" in title for title in task.get_last_scalar_metrics()):
    time.sleep(0.05)  # until the recorder has seen both
"""


def launch(folder: Path, killed: str, others: str) -> Task:
    """Start three ranks; when the second has died, send SIGTERM to those that still live, as launchers do."""
    script = folder / "train.py"
    body = f"if rank == 1:\n{textwrap.indent(killed, '    ')}\n{others}"
    script.write_text(JOIN + body)
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "STRIPCHART_RECORDER": "1",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": "29500",
        "WORLD_SIZE": "3",
    }
    started = [
        subprocess.Popen(
            [sys.executable, str(script)],
            cwd=folder,
            env={**environment, "RANK": str(rank)},
            stderr=subprocess.DEVNULL,
        )
        for rank in range(3)
    ]
    until(lambda: all((folder / f"joined-{rank}").exists() for rank in range(3)))
    assert started[1].wait(PATIENCE_SEC) == -signal.SIGKILL
    (folder / "killed").touch()
    if others == BREAKS:
        for process in started:
            process.wait(PATIENCE_SEC)
    for process in started:
        process.terminate()
        process.wait(PATIENCE_SEC)
    [task] = Task.get_tasks()
    host = os.uname().nodename
    lock = task._session.task_dir / f"recorder-{host}.lock"
    until(lambda: lock.exists() and is_free(lock))
    return task


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SEC
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_free(lock: Path) -> bool:
    """Say whether the last recorder has gone."""
    import fcntl

    with open(lock, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return lock.read_bytes().startswith(b"ending")


def deaths_of(task: Task, rank: int) -> list[str]:
    journals = lookup.readers(task._session.task_dir)
    records = [record for journal in journals for record in lookup.records_of(journal)]
    notes = [r for r in records if isinstance(r, Noted) and r.code == "process_ended"]
    return [note.message for note in notes if f"(rank {rank})" in note.message]


@pytest.mark.parametrize("when", ["", SEEN], ids=["at-once", "later"])
def test_a_killed_rank_is_the_reason(home: Path, tmp_path: Path, when: str) -> None:
    task = launch(tmp_path, when + KILLED, WORKS)
    assert task.status == "failed"
    # A launcher that collects the process at once, before the recorder is up, takes the exit status with it.
    reason = task.data.status_reason
    assert reason.startswith("rank 1: ")
    assert "SIGKILL" in reason
    assert "SIGTERM" not in reason
    if when:
        assert reason == "rank 1: SIGKILL"
    assert len(deaths_of(task, 1)) == 1


def test_it_is_also_the_reason_where_the_others_break_for_it(home: Path, tmp_path: Path) -> None:
    task = launch(tmp_path, SEEN + KILLED, BREAKS)
    assert task.status == "failed"
    # Of the two that break one is the first to say so.
    reason = task.data.status_reason
    assert reason.startswith("rank 1: SIGKILL; then rank ")
    assert reason.endswith("RuntimeError: connection closed by peer")
    assert "Traceback" in (task.get_status_message() or "")
    journals = [j for j in lookup.readers(task._session.task_dir) if j.identity.role == "task"]
    told = [r for j in journals for r in lookup.records_of(j) if isinstance(r, StatusChanged)]
    assert [r.status for r in told if not r.observed] == ["failed"]
    assert len(deaths_of(task, 1)) == 1


def test_the_recorder_of_a_later_attempt_does_not_tell_of_it_again(
    home: Path, tmp_path: Path
) -> None:
    task = launch(tmp_path, SEEN + KILLED, WORKS)
    script = tmp_path / "resume.py"
    script.write_text(
        "from stripchart import Task\n"
        f"task = Task.init('p', 'n', continue_last_task={task.id!r})\n"
        "task.logger.report_scalar('t', 's', 1.0, 0)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "STRIPCHART_RECORDER": "1"}
    subprocess.run([sys.executable, str(script)], env=environment, check=True, capture_output=True)
    lock = task._session.task_dir / f"recorder-{os.uname().nodename}.lock"
    until(lambda: is_free(lock) and len(readings_of(task)) > 1)
    assert task.status == "completed"
    assert len(deaths_of(task, 1)) == 1


def readings_of(task: Task) -> set[int]:
    """Return the attempts that a recorder has written of."""
    journals = lookup.readers(task._session.task_dir)
    return {j.identity.attempt for j in journals if j.identity.role == "recorder"}
