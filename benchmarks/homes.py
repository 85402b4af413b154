"""A home with more in it than people usually have, for measuring the page (``ui_load.py``).

Everything is written by the real ``JournalWriter``, a task after the other, and its segments are compressed as the
recorder does it; the server then reads it as it reads any home. Only the recorder's readings are missing, and times
are made up: points of one series are 10 ms apart.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stripchart import records
from stripchart.journal import sealing
from stripchart.journal.writer import JournalWriter, new_writer_name

START_US = 1_790_000_000_000_000
STEP_SEC = 0.01
LINES_A_WRITE = 200


def task_id(kind: int, number: int = 0) -> str:
    """Return the id of a made-up task: ids of one kind begin alike."""
    return f"{kind:04x}{number:028x}"


@contextmanager
def writing(
    home: Path, task: str, name: str, *, project: str, parameters: dict[str, str] | None = None
) -> Iterator[JournalWriter]:
    """Give the writer of a new task, and end the task as completed."""
    now = START_US + int(task[4:], 16) * 60_000_000
    identity = records.WriterIdentity(
        task_id=task, writer=new_writer_name(), host="host", pid=1, started_us=now
    )
    journal = home / "tasks" / task / "journal" / identity.writer
    writer = JournalWriter(journal, identity)
    writer.append(records.TaskDescribed(time_us=now, project=project, name=name))
    writer.append(records.AttemptStarted(time_us=now, attempt=0))
    if parameters:
        writer.append(records.ParametersSet(time_us=now, values=parameters))
    yield writer
    writer.append(records.StatusChanged(time_us=now + 1, attempt=0, status="completed"))
    writer.close()
    for segment in sealing.compressible(journal, ended=True):
        sealing.compress(journal, segment, ended=True)


def curve(writer: JournalWriter, title: str, series: str, count: int, *, seed: int = 0) -> None:
    """Write a falling, noisy line with a spike of one point in the middle."""
    noise = random.Random(seed).random
    start, falling = START_US / 1e6, -4 / count
    for i in range(count):
        value = math.exp(falling * i) + 0.1 * noise()
        writer.scalar_at(title, series, value, i, start + i * STEP_SEC)
    writer.scalar_at(title, series, 2.0, count // 2, start + count // 2 * STEP_SEC)


def many_tasks(home: Path, count: int) -> None:
    """Write tasks of ten short metrics and three parameters each, in twenty projects."""
    chance = random.Random(1)
    for number in range(count):
        parameters = {
            "General/lr": f"{10 ** chance.uniform(-5, -1):.3g}",
            "General/seed": str(number % 5),
            "General/depth": str(2 + number % 7),
        }
        with writing(
            home, task_id(1, number), f"run {number}", project=f"team/project-{number % 20}",
            parameters=parameters,
        ) as writer:  # fmt: skip
            for series in range(10):
                for i in range(10):
                    writer.scalar("metric", f"s{series}", chance.random(), i)


def chart_names(count: int) -> list[tuple[str, str]]:
    """Return title and series of each of so many charts, in sections of twenty."""
    return [(f"layer {n // 20:03d}/weight {n % 20:02d}", "norm") for n in range(count)]


def charts(home: Path, task: str, count: int, points: int) -> None:
    """Write one task with so many charts of one line."""
    with writing(home, task, f"{count:,} metrics", project="large") as writer:
        for number, (title, series) in enumerate(chart_names(count)):
            curve(writer, title, series, points, seed=number)


def one_line(home: Path, task: str, points: int) -> None:
    """Write a task of a single series."""
    with writing(home, task, f"{points:,} points", project="large") as writer:
        curve(writer, "loss", "train", points)


def alike(home: Path, count: int, points: int) -> None:
    """Write tasks that have the same metric and differ in a parameter."""
    for number in range(count):
        parameters = {"General/lr": f"{10 ** (-1 - number / 25):.3g}"}
        with writing(
            home, task_id(3, number), f"seed {number}", project="compared", parameters=parameters
        ) as writer:
            curve(writer, "loss", "train", points, seed=number)


def console(home: Path, task: str, lines: int) -> None:
    """Write a task with a log: some of it coloured, some of it from `logging`."""
    with writing(home, task, f"{lines:,} lines", project="large") as writer:
        for begin in range(0, lines, LINES_A_WRITE):
            texts = [_line(i) for i in range(begin, min(begin + LINES_A_WRITE, lines))]
            at = START_US + begin * 1000
            writer.append(records.ConsoleWritten(time_us=at, stream="stdout", text="".join(texts)))


def _line(i: int) -> str:
    if i % 50 == 0:
        return f"\x1b[1;32mepoch {i // 50}\x1b[0m done, \x1b[31mgradient clipped\x1b[0m\n"
    return f"step {i} loss={1 / (1 + i % 977):.4f} lr=0.001 throughput={1000 + i % 37} samples/s\n"
