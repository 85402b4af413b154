"""What people say of a task on the page, written into the task's own journal (docs/adr/0011).

Each edit is a journal of its own, of role "page": written aside, closed, and moved into place in one step, so that no
reader ever meets half of it. What it says bears a time later than anything said of the task before, so that it holds
however the clocks of the machines differ, until the task or somebody else says something later.
"""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from stripchart import __version__
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import PAGE_ENDING, Record, StatusChanged, TaskDescribed, WriterIdentity
from stripchart.store.catalog_editing import Editable


def say(task_dir: Path, task: Editable, changes: dict[str, Any]) -> str:
    """Write an edit and return its writer's name; ``changes`` are fields of ``TaskDescribed``, or a ``status``.

    Raises:
        OSError: the task's folder is gone, or cannot be written.
    """
    now_us = max(time.time_ns() // 1000, task.said_us + 1)
    name = new_writer_name() + PAGE_ENDING
    identity = WriterIdentity(
        task_id=task.id,
        writer=name,
        host=platform.node(),
        pid=os.getpid(),
        started_us=now_us,
        attempt=max(task.attempt, 0),
        role="page",
        stripchart=__version__,
    )
    journal = task_dir / "journal"
    if not journal.is_dir():
        raise FileNotFoundError(f"the folder of task {task.id} is gone")
    aside = task_dir / f".{name}"
    try:
        writer = JournalWriter(aside, identity)
        for record in _records(task, changes, now_us):
            writer.append(record)
        writer.close()
        aside.rename(journal / name)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return name


def _records(task: Editable, changes: dict[str, Any], now_us: int) -> Sequence[Record]:
    described = {k: v for k, v in changes.items() if k != "status"}
    records: list[Record] = []
    if described:
        records.append(
            msgspec.convert({"kind": "task", "time_us": now_us, **described}, TaskDescribed)
        )
    if "status" in changes:
        status, reason, message = changes["status"]
        # The end stays where it was: to publish a task does not make it longer.
        ended_us = task.ended_us if task.ended_us is not None else now_us
        records.append(
            StatusChanged(
                time_us=ended_us,
                attempt=max(task.attempt, 0),
                status=status,
                reason=reason,
                message=message,
            )
        )
    return records
