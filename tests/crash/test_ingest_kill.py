"""A process that ingests is killed again and again: what the index says in the end is what the journals say."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from stripchart.ingest.ingest import Ingest
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import AttemptStarted, ConsoleWritten, ParametersSet, WriterIdentity
from stripchart.store.catalog_tables import DERIVED
from stripchart.store.contract import ConsoleRead, LineRead
from stripchart.store.open import open_catalog, open_events

KILLS = 25
INGESTING = """
import sys, time
from pathlib import Path
from stripchart.ingest.ingest import Ingest
from stripchart.store.open import open_catalog, open_events
home = Path(sys.argv[1])
ingest = Ingest(home, open_catalog(home / "catalog.sqlite"), open_events(home / "events.duckdb"))
print("ready", flush=True)
while True:
    ingest.step()
    time.sleep(0.005)
"""


def _write(journals: list[JournalWriter], chance: random.Random) -> None:
    for journal in journals:
        for i in range(chance.randrange(400)):
            journal.scalar("loss", f"s{i % 7}", chance.random(), i)
        text = chance.choice(["line\n", "\rpart", "a\nb\x1b[A", "\x1b[3"])
        journal.append(ConsoleWritten(time_us=time.time_ns() // 1000, stream="stdout", text=text))
        values = {f"G/{chance.randrange(9)}": str(chance.random())}
        journal.append(ParametersSet(time_us=time.time_ns() // 1000, values=values))


def _content(home: Path, folder: Path) -> dict[str, Any]:
    """Finish the index in a folder, and return everything that it says."""
    catalog, events = open_catalog(folder / "catalog.sqlite"), open_events(folder / "events.duckdb")
    Ingest(home, catalog, events).catch_up()
    said: dict[str, Any] = {}
    with catalog.engine.connect() as connection:
        for table in DERIVED:
            said[table.name] = sorted(map(repr, connection.execute(select(table)).all()))
    for task in events.tasks():
        lines = sorted(events.lines({task: None}), key=lambda line: repr(line.key))
        points = events.points([LineRead(line.key) for line in lines])
        said[task] = [repr(lines), [part.value.tolist() for part in points]]
        said[task] += [
            sorted(events.progress(task).items()),
            events.console(ConsoleRead(task, limit=10**6)),
        ]
    catalog.close()
    events.close()
    return said


def test_an_ingest_that_is_killed_at_any_moment_loses_and_doubles_nothing(
    home: Path, tmp_path: Path
) -> None:
    chance = random.Random(11)
    journals = []
    for number in range(4):
        task, name = f"{number % 3:032x}", new_writer_name()
        identity = WriterIdentity(
            task_id=task,
            writer=name,
            host=socket.gethostname(),
            pid=1,  # lives as long as the machine
            started_us=time.time_ns() // 1000,
            rank=number,
        )
        journals.append(JournalWriter(home / "tasks" / task / "journal" / name, identity))
        journals[-1].append(AttemptStarted(time_us=time.time_ns() // 1000, attempt=0))
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", INGESTING, str(home)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        until = time.monotonic() + chance.random() * 0.4
        while time.monotonic() < until:
            _write(journals, chance)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    for journal in journals:
        journal.close()
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert _content(home, home) == _content(home, fresh)
