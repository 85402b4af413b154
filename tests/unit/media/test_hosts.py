"""A task that several hosts report to, each with a recorder of its own."""

from __future__ import annotations

import time
from pathlib import Path

from stripchart import Task
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.recorder.backlog import Backlog
from stripchart.records import SampleReported, WriterIdentity
from tests.unit.media.conftest import Samples


def _report_from(task_dir: Path, host: str, path: str, age_sec: float) -> None:
    now_us = time.time_ns() // 1000
    identity = WriterIdentity(
        task_id=task_dir.name, writer=new_writer_name(), host=host, pid=1, started_us=now_us
    )
    writer = JournalWriter(task_dir / "journal" / identity.writer, identity)
    time_us = now_us - int(age_sec * 1e6)
    writer.append(
        SampleReported(
            time_us=time_us, sample=path[-1] * 32, title="t", series="s", media="text", path=path
        )
    )
    writer.close()


def test_each_host_does_its_own(task: Task, samples: Samples) -> None:
    for host, path, age_sec in (
        ("here", "/tmp/a", 0),
        ("here", "spool/b", 0),
        ("there", "/tmp/c", 9999),
        ("there", "spool/d", 0),
        ("there", "spool/e", 9999),
    ):
        _report_from(samples.task_dir, host, path, age_sec)
    here = Backlog(samples.task_dir, "here")
    here.read_on()
    assert sorted(r.sample[0] for r in here.samples(9, lambda r: True)) == ["a", "b", "e"]
    assert here.count() == 3
    assert {"/tmp/c", "spool/d"} < here.paths()  # known, and not swept up
    at_once = Backlog(samples.task_dir, "here", of_others_after_sec=0.0)
    at_once.read_on()
    assert sorted(r.sample[0] for r in at_once.samples(9, lambda r: True)) == ["a", "b", "d", "e"]
