"""Journals of every released format version, read for ever."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.journal.verify import verify
from stripchart.records import (
    NAN,
    REPLACED,
    SINGLE_VALUE,
    AttemptStarted,
    ConsoleWritten,
    EnvironmentDescribed,
    Noted,
    ParametersSet,
    SeriesDeclared,
    StatusChanged,
    TaskDescribed,
    WriterClosed,
)

VERSION_1 = Path(__file__).with_name("journal-v1")
WRITERS_1 = writer_dirs(VERSION_1)


def test_the_golden_journal_is_there_in_both_forms() -> None:
    assert [d.name for d in WRITERS_1] == ["packed", "raw"]
    assert {p.suffix for p in WRITERS_1[0].iterdir()} == {".zst"}
    assert {p.suffix for p in WRITERS_1[1].iterdir()} == {".seg", ".seal"}
    assert verify(VERSION_1).sound


@pytest.mark.parametrize("directory", WRITERS_1, ids=lambda d: d.name)
def test_points_of_version_1(directory: Path) -> None:
    read = JournalReader(directory).scalars()
    assert read.slots["iteration"].tolist() == [*range(200), 7, -(2**63)]
    assert read.slots["value"].tolist() == [*(1 / (i + 1) for i in range(200)), 0.0, math.inf]
    assert read.slots["flags"].tolist() == [0] * 200 + [NAN | REPLACED, SINGLE_VALUE]
    assert read.slots["series"].tolist() == [1] * 200 + [2, 3]
    assert read.offset.tolist() == list(range(202))
    assert (read.next, read.skipped) == (202, [])


@pytest.mark.parametrize("directory", WRITERS_1, ids=lambda d: d.name)
def test_records_of_version_1(directory: Path) -> None:
    reader = JournalReader(directory)
    identity = reader.identity
    assert (identity.task_id, identity.host) == ("0123456789abcdef" * 2, "golden")
    assert (identity.attempt, identity.rank, identity.started_us) == (1, 2, 1_700_000_000_000_000)
    records = [record for _, record in reader.records().items]
    assert records[:-1] == [
        TaskDescribed(time_us=1, project="a/b", name="Gold", tags=["x", "é"]),
        AttemptStarted(time_us=2, attempt=1, initial_iteration=10),
        EnvironmentDescribed(time_us=3, attempt=1, values={"argv": ["train.py"]}),
        ParametersSet(time_us=4, values={"Args/lr": "0.1"}, types={"Args/lr": "float"}),
        ConsoleWritten(time_us=5, stream="stdout", text="epoch 1\r\n\0\x1b[1m"),
        SeriesDeclared(number=1, title="loss", series="train"),
        SeriesDeclared(number=2, title="loss", series="val"),
        SeriesDeclared(number=3, title="Summary", series="best"),
        Noted(time_us=6, code="c", message="lost", count=3, lost=True),
        StatusChanged(time_us=7, attempt=1, status="failed", signal=9),
    ]
    assert isinstance(records[-1], WriterClosed)
