"""Real journals through real files into real stores: the index says what the journals say, however it was built."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from stripchart.ingest.changes import Changed
from stripchart.ingest.cursor import SERIES_A_READ
from stripchart.ingest.documents import PLOT, SAMPLE, STORED
from stripchart.ingest.ingest import Ingest
from stripchart.ingest.reindex import reindex
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import (
    ArtifactStored,
    AttemptStarted,
    ConfigurationSet,
    ConsoleWritten,
    CostMeasured,
    EnvironmentDescribed,
    Noted,
    ParametersSet,
    PlotReported,
    PropertiesSet,
    Record,
    SampleRemoved,
    SampleReported,
    SampleStored,
    StatusChanged,
    TaskDescribed,
    WriterIdentity,
)
from stripchart.store.catalog import Catalog
from stripchart.store.catalog_rows import TaskRow
from stripchart.store.catalog_tables import DERIVED
from stripchart.store.contract import ConsoleRead, DocumentRead, LineRead, Store
from stripchart.store.open import open_catalog, open_events

TASK, OTHER = "a" * 32, "b" * 32
STORES = ["memory://", "events.duckdb"]


def now_us() -> int:
    return time.time_ns() // 1000


class Index:
    """Hold one index of a home: both stores and the ingest."""

    def __init__(self, home: Path, folder: Path, events: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.catalog: Catalog = open_catalog(folder / "catalog.sqlite")
        self.events: Store = open_events(events if "://" in events else folder / events)
        self.ingest = Ingest(home, self.catalog, self.events)

    def close(self) -> None:
        self.events.close()
        self.catalog.close()


@pytest.fixture(params=STORES)
def make_index(
    request: pytest.FixtureRequest, home: Path, tmp_path: Path
) -> Iterator[Callable[[str], Index]]:
    opened: list[Index] = []

    def make(name: str) -> Index:
        opened.append(Index(home, tmp_path / name, request.param))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


def writer(
    home: Path,
    task: str = TASK,
    *,
    pid: int | None = None,
    host: str | None = None,
    **identity: Any,
) -> JournalWriter:
    name = new_writer_name()
    return JournalWriter(
        home / "tasks" / task / "journal" / name,
        WriterIdentity(
            task_id=task,
            writer=name,
            host=host or socket.gethostname(),
            pid=pid or os.getpid(),
            **({"started_us": now_us()} | identity),
        ),
    )


def content(index: Index) -> dict[str, Any]:
    """Return everything that an index says, in an order of its own."""
    said: dict[str, Any] = {}
    with index.catalog.engine.connect() as connection:
        for table in DERIVED:
            said[table.name] = sorted(map(repr, connection.execute(select(table)).all()))
    for task in sorted(index.events.tasks()):
        lines = sorted(index.events.lines({task: None}), key=lambda line: repr(line.key))
        said[task] = [repr(asdict(line)) for line in lines]  # repr: a NaN is not equal to itself
        reads = [LineRead(line.key, axis="time") for line in lines]
        said[task] += [
            [
                repr(getattr(points, name).tolist())
                for name in ("iteration", "time_us", "value", "flags")
            ]
            for points in index.events.points(reads)
        ]
        said[task].append(index.events.console(ConsoleRead(task, limit=100_000)))
        said[task].append(repr(index.events.single_values(task)))
        for kind in (PLOT, SAMPLE, STORED):
            said[task].append(index.events.documents(DocumentRead(task, kind)))
        said[task].append(sorted(index.events.progress(task).items()))
    return said


def some_reports(chance: random.Random) -> list[Record]:
    """Report a plot, sample, artifact, configuration or property of few names, so that they meet."""
    name, sample = chance.choice("abc"), chance.choice("012345")
    at, now = chance.choice([None, 0, 1]), now_us()
    text = chance.choice([None, "text"])
    settled = chance.choice([0, 1])
    return [
        PlotReported(
            time_us=now, title=name, series="s", iteration=at, figure=f"{chance.random()}"
        ),
        SampleReported(time_us=now, sample=sample, title=name, series="s", media="text"),
        SampleStored(time_us=now, sample=sample, title=name, series="s", media="text", url=name),
        SampleRemoved(time_us=now, sample=chance.choice("345")),
        ArtifactStored(time_us=now + settled, name=name, url=f"{now}", metadata={"a": "b"}),
        ArtifactStored(time_us=now, name=name, removed=True),
        ConfigurationSet(time_us=now, name=name, text=text),
        PropertiesSet(time_us=now, values={name: {"value": f"{now}"}}, removed=["a"]),
    ]


def some_events(journal: JournalWriter, chance: random.Random, count: int) -> None:
    """Report this and that."""
    for _ in range(count):
        what = chance.random()
        if what < 0.7:
            title = chance.choice(["loss", "accuracy", ":monitor:machine"])
            value = chance.choice([chance.random(), float("nan"), float("inf"), -1e300])
            journal.scalar(title, chance.choice("xyz"), value, chance.randrange(-5, 200))
        elif what < 0.9:
            stream = chance.choice(["stdout", "stderr", "text"])
            text = chance.choice(["line\n", "part", "\r50%", "\x1b[A\rup", "two\nlines", "\x1b[3"])
            journal.append(ConsoleWritten(time_us=now_us(), stream=stream, text=text))  # type: ignore[arg-type]
        else:
            journal.append(
                chance.choice(
                    [
                        ParametersSet(time_us=now_us(), values={f"G/{chance.random():.1f}": "v"}),
                        EnvironmentDescribed(time_us=now_us(), attempt=0, values={"user": "u"}),
                        Noted(time_us=now_us(), code="x", message="m", count=1, lost=True),
                        CostMeasured(
                            time_us=now_us(),
                            recorder_cpu_sec=1.0,
                            recorder_rss_bytes=2,
                            journal_bytes=3,
                        ),
                        TaskDescribed(time_us=now_us(), project="p", name=f"{chance.random()}"),
                        *some_reports(chance),
                    ]
                )
            )


def test_incremental_at_once_restarted_and_rebuilt_are_identical(
    home: Path, make_index: Callable[[str], Index]
) -> None:
    chance = random.Random(5)
    live = make_index("live")
    journals: list[JournalWriter] = []
    for round_number in range(25):
        if round_number % 6 == 0:
            attempt, task = round_number // 12, chance.choice([TASK, OTHER])
            # A line of its own for each writer: what several write to one line is kept in the order of arrival.
            journals.append(writer(home, task, attempt=attempt, rank=len(journals)))
            journals[-1].append(AttemptStarted(time_us=now_us(), attempt=attempt))
        for journal in journals:
            some_events(journal, chance, chance.randrange(60))
        live.ingest.step()
        if round_number == 13:  # another ingest over the same stores, as after a crash
            live.ingest = Ingest(home, live.catalog, live.events)
    journals[0].append(StatusChanged(time_us=now_us(), attempt=0, status="completed"))
    for journal in journals:
        journal.close()
    live.ingest.catch_up()
    fresh = make_index("fresh")
    fresh.ingest.catch_up()
    expected = content(fresh)
    assert content(live) == expected
    assert expected["metrics"]
    assert expected[TASK]
    reindex(home, live.catalog, live.events)
    assert content(live) == expected


@pytest.mark.parametrize("lost", ["catalog", "events", "the last of the catalog"])
def test_an_index_that_lost_a_part_is_made_whole(
    home: Path, tmp_path: Path, make_index: Callable[[str], Index], lost: str
) -> None:
    chance = random.Random(6)
    journal = writer(home)
    some_events(journal, chance, 300)
    index = make_index("index")
    index.ingest.catch_up()
    file, earlier = tmp_path / "index" / "catalog.sqlite", tmp_path / "earlier.sqlite"
    index.catalog.close()  # moves the write-ahead log into the file
    shutil.copy(file, earlier)
    some_events(journal, chance, 300)
    journal.close()
    index.ingest.catch_up()
    expected = content(index)
    if lost == "catalog":
        index.catalog.clear_derived()
    elif lost == "events":
        index.events.delete_task(TASK)
    else:
        index.catalog.close()
        shutil.copy(earlier, file)
        assert content(index) != expected
    Ingest(home, index.catalog, index.events).catch_up()
    assert content(index) == expected


def task_row(index: Index, task: str, now_us: int | None = None) -> TaskRow:
    detail = index.catalog.detail(task, now_us=now_us)
    assert detail is not None
    return detail.task


def settled(index: Index, seconds: float = 1.0) -> dict[str, Changed]:
    """Step until nothing has changed for a while, in time and in steps; return the last word on each task."""
    said: dict[str, Changed] = {}
    quiet_since, quiet_steps = time.monotonic(), 0
    while time.monotonic() < quiet_since + seconds or quiet_steps < 20:
        quiet_steps += 1
        for changed in index.ingest.step():
            said[changed.id] = said[changed.id].merged(changed) if changed.id in said else changed
            quiet_since, quiet_steps = time.monotonic(), 0
        time.sleep(0.02)
    return said


def test_changes_say_what_to_read_again(home: Path, make_index: Callable[[str], Index]) -> None:
    index = make_index("index")
    assert index.ingest.step() == []
    journal = writer(home)
    journal.append(AttemptStarted(time_us=now_us(), attempt=0))
    (change,) = index.ingest.step()
    assert (change.id, change.status, change.detail, change.scalars) == (
        TASK,
        "in_progress",
        True,
        False,
    )
    journal.scalar("loss", "train", 1.0, 1)
    (change,) = index.ingest.step()
    assert (change.scalars, change.series, change.console) == (True, {("loss", "train")}, False)
    assert (change.points, change.readings) == (1, 0)
    for i in range(3):
        journal.scalar("loss", "train", 1.0, 2 + i)
        journal.scalar(":monitor:machine", "cpu_usage", 1.0, i)
    journal.scalar(":monitor:machine", "cpu_usage", 1.0, 3)
    (change,) = index.ingest.step()
    assert (change.points, change.readings) == (3, 4)
    journal.append(ConsoleWritten(time_us=now_us(), stream="stdout", text="hello"))
    (change,) = index.ingest.step()
    assert (change.scalars, change.console, change.detail) == (False, True, False)
    journal.append(PlotReported(time_us=now_us(), title="t", series="s", figure="{}"))
    (change,) = index.ingest.step()
    assert (change.plots, change.samples, change.detail, change.console) == (
        True,
        False,
        False,
        False,
    )
    journal.append(SampleRemoved(time_us=now_us(), sample="x"))
    (change,) = index.ingest.step()
    assert (change.plots, change.samples, change.detail) == (False, True, False)
    journal.append(ConfigurationSet(time_us=now_us(), name="c", text="x"))
    (change,) = index.ingest.step()
    assert (change.samples, change.detail) == (False, True)
    assert index.ingest.step() == []
    journal.close()


def test_a_task_that_is_copied_deleted_or_replaced_is_noticed(
    home: Path, tmp_path: Path, make_index: Callable[[str], Index]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name, value in (("old", 1.0), ("new", 2.0)):
        journal = writer(elsewhere / name)
        journal.scalar("loss", name, value, 1)
        journal.close()
    index = make_index("index")
    settled(index, 0.1)
    copied = home / "tasks" / OTHER
    shutil.copytree(elsewhere / "old" / "tasks" / TASK, copied)
    assert settled(index)[OTHER].status == "in_progress"
    assert [line.key.series for line in index.events.lines({OTHER: None})] == ["old"]
    shutil.rmtree(copied)
    assert settled(index)[OTHER].deleted
    assert index.catalog.detail(OTHER) is None
    assert OTHER not in index.events.tasks()
    shutil.copytree(elsewhere / "old" / "tasks" / TASK, copied)
    settled(index)
    shutil.rmtree(copied / "journal")
    shutil.copytree(elsewhere / "new" / "tasks" / TASK / "journal", copied / "journal")
    settled(index, 3.0)
    assert [line.key.series for line in index.events.lines({OTHER: None})] == ["new"]
    assert [metric.series for metric in index.catalog.metrics(OTHER)] == ["new"]


def test_a_resumed_task_wakes(home: Path, make_index: Callable[[str], Index]) -> None:
    first = writer(home)
    first.append(AttemptStarted(time_us=1_000_000, attempt=0))
    first.append(StatusChanged(time_us=2_000_000, attempt=0, status="completed"))
    first.close()
    index = make_index("index")
    settled(index, 0.3)
    second = writer(home, attempt=1)
    second.append(AttemptStarted(time_us=now_us(), attempt=1))
    assert settled(index)[TASK].status == "in_progress"
    second.close()


def test_a_process_that_is_gone_without_a_word_is_said_to_have_vanished(
    home: Path, make_index: Callable[[str], Index]
) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    here = writer(home, TASK, pid=child, started_us=1_000_000)
    there = writer(home, OTHER, pid=child, host="another", started_us=now_us())
    for journal in (here, there):
        journal.append(AttemptStarted(time_us=1_000_000, attempt=0))
    index = make_index("index")
    settled(index, 0.5)  # neither journal is closed: so a killed process leaves them
    row, other = task_row(index, TASK), task_row(index, OTHER)
    assert (row.status, row.status_reason.split(":")[0]) == ("failed", "vanished")
    assert other.status == "in_progress"
    assert not other.unresponsive
    assert task_row(index, OTHER, now_us=now_us() + 120 * 10**6).unresponsive


def test_damage_is_noted_and_stops_no_other_task(
    home: Path, make_index: Callable[[str], Index], caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(7)
    damaged, sound = writer(home, TASK), writer(home, OTHER)
    for journal in (damaged, sound):
        for i in range(50):
            journal.scalar("loss", "x", float(i), i)
            journal.append(ConsoleWritten(time_us=now_us(), stream="text", text=f"line {i}"))
        journal.append(AttemptStarted(time_us=now_us(), attempt=0))
        journal.close()
    file = next((home / "tasks" / TASK).rglob("records-*.seg"))
    data = bytearray(file.read_bytes())
    for _ in range(20):
        data[chance.randrange(4200, len(data))] ^= 0xFF
    file.write_bytes(data)
    unreadable = home / "tasks" / ("c" * 32)
    unreadable.mkdir()
    (unreadable / "journal").write_text("this is no folder")
    index = make_index("index")
    settled(index, 0.5)
    detail = index.catalog.detail(TASK)
    assert detail is not None
    assert any(note.code.startswith("skipped-records") and note.lost for note in detail.notes)
    assert detail.task.lost > 0
    assert sum(line.count for line in index.events.lines({TASK: None})) == 50
    row = task_row(index, OTHER)
    assert (row.iteration, row.lost) == (49, 0)


def test_points_whose_name_was_lost_are_kept_and_noted(
    home: Path, make_index: Callable[[str], Index]
) -> None:
    journal = writer(home)
    journal.scalar("loss", "x", 1.0, 1)
    journal.scalar("loss", "y", 2.0, 1)
    journal.close()
    file = next((home / "tasks" / TASK).rglob("records-*.seg"))
    data = file.read_bytes()
    at = data.index(b"series", data.index(b"loss") - 60)
    file.write_bytes(data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :])
    index = make_index("index")
    settled(index, 0.5)
    lines = {line.key.title: line.count for line in index.events.lines({TASK: None})}
    assert sum(lines.values()) == 2
    assert lines.pop("loss") == 1
    detail = index.catalog.detail(TASK)
    assert detail is not None
    assert {note.code for note in detail.notes if note.lost} >= {"name-lost"}


def test_a_task_of_many_series_is_taken_in_by_and_by(
    home: Path, make_index: Callable[[str], Index]
) -> None:
    count = 2 * SERIES_A_READ + 500
    with subprocess.Popen(["true"]) as gone:  # its writer is found dead before it is found closed
        gone.wait()
    journal = writer(home, pid=gone.pid)
    for number in range(count):
        journal.scalar("title", str(number), float(number), number)
    for number in (0, count - 1):
        journal.scalar("title", str(number), -1.0, count)

    index = make_index("a")
    index.ingest.step()
    journal.close()
    index.ingest.catch_up()
    metrics = {metric.series: metric for metric in index.catalog.metrics(TASK)}
    assert len(metrics) == count
    assert (metrics["0"].count, metrics["0"].last) == (2, -1.0)
    assert (metrics[str(count - 1)].count, metrics[str(count - 1)].last) == (2, -1.0)
    assert sum(line.count for line in index.events.lines({TASK: None})) == count + 2
