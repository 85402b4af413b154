"""A machine that goes down takes training and recorder with it: what is left to say so is the next reader's index."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from stripchart.ingest.ingest import Ingest
from stripchart.journal.format import JournalError
from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import AttemptStarted, Role, StatusChanged, WriterIdentity
from stripchart.store.open import open_catalog, open_events

PATIENCE_SEC = 60.0
TRAINING = """
import time
from stripchart import Task
Task.init("p", "n").get_logger().report_scalar("t", "s", 1.0, 0)
time.sleep(600)
"""


def roles(task_dir: Path) -> dict[str, int]:
    """Return the pids of a task's writers by role."""
    found: dict[str, int] = {}
    for path in writer_dirs(task_dir):
        with contextlib.suppress(JournalError, FileNotFoundError):
            identity = JournalReader(path).identity
            found[identity.role] = identity.pid
    return found


def status_in_index(home: Path, task: str) -> tuple[str, str]:
    """Index a home from nothing, and follow it until a status that ends the task is there."""
    catalog, events = open_catalog(home / "catalog.sqlite"), open_events("memory://")
    ingest = Ingest(home, catalog, events)
    deadline = time.monotonic() + PATIENCE_SEC
    try:
        while True:
            ingest.catch_up()
            detail = catalog.detail(task)
            if detail is not None and detail.task.status != "in_progress":
                return detail.task.status, detail.task.status_reason
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        catalog.close()
        events.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_training_and_recorder_killed_together_are_found_dead(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING],
        env=os.environ | {"STRIPCHART_RECORDER": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_SEC
    while not (folders := list(home.glob("tasks/*"))) or len(roles(folders[0])) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    recorder = psutil.Process(roles(folders[0])["recorder"])
    # Stopped first, or it would see the other's end.
    recorder.suspend()
    process.kill()
    process.wait()
    recorder.kill()  # where nothing collects the children of who has ended, it stays as a zombie
    while recorder.is_running() and recorder.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    records = [
        r for path in writer_dirs(folders[0]) for _, r in JournalReader(path).records().items
    ]
    assert not [r for r in records if isinstance(r, StatusChanged)]
    status, reason = status_in_index(home, folders[0].name)
    assert (status, reason) == ("failed", f"vanished: process {process.pid} is gone without a word")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process began")
def test_a_pid_that_came_again_after_a_reboot_is_not_taken_for_the_writer(home: Path) -> None:
    started_us = int((psutil.boot_time() - 3600) * 1e6)
    task = "a" * 32
    alive = os.getpid()  # of this boot, so it cannot be who wrote an hour before it
    for role in ("task", "recorder"):
        write_before_boot(home / "tasks" / task, alive, started_us, role)
    status, reason = status_in_index(home, task)
    assert (status, reason.split(":")[0]) == ("failed", "vanished")


def write_before_boot(task_dir: Path, pid: int, started_us: int, role: Role) -> None:
    """Write what a process leaves that never closed its journal."""
    identity = WriterIdentity(
        task_id=task_dir.name,
        writer=new_writer_name(),
        host=os.uname().nodename,
        pid=pid,
        started_us=started_us,
        role=role,
    )
    journal = JournalWriter(task_dir / "journal" / identity.writer, identity)
    if role == "task":
        journal.append(AttemptStarted(time_us=started_us, attempt=0))
