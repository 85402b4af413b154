"""What was written is read back, at once and in order; what is unfit is refused and leaves nothing."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart.journal.reader import JournalReader, Scalars, writer_dirs
from stripchart.journal.writer import ClosedError, JournalWriter, new_writer_name
from stripchart.records import (
    LONGEST_NAME,
    NO_ITERATION,
    SINGLE_VALUE,
    ConsoleWritten,
    Noted,
    SeriesDeclared,
    WriterClosed,
)


def _names(reader: JournalReader) -> dict[int, tuple[str, str]]:
    return {
        record.number: (record.title, record.series)
        for _, record in reader.records().items
        if isinstance(record, SeriesDeclared)
    }


def _points(reader: JournalReader, scalars: Scalars) -> list[tuple[object, ...]]:
    names = _names(reader)
    return [
        (*names[series], value, iteration, flags)
        for iteration, value, _, flags, series in scalars.slots.tolist()
    ]


def test_points_are_there_when_the_call_has_returned(
    writer: JournalWriter, directory: Path
) -> None:
    reader = JournalReader(directory)
    writer.scalar("loss", "train", 0.5, 1)
    first = reader.scalars()
    assert _points(reader, first) == [("loss", "train", 0.5, 1, 0)]
    writer.scalar("loss", "val", -0.0, -(2**63), 8)
    writer.scalar("loss", "train", math.inf, 2**63 - 1)
    assert _points(reader, reader.scalars(first.next)) == [
        ("loss", "val", -0.0, -(2**63), 8),
        ("loss", "train", math.inf, 2**63 - 1, 0),
    ]


def test_nothing_new_reads_as_nothing_at_the_same_position(
    writer: JournalWriter, directory: Path
) -> None:
    reader = JournalReader(directory)
    assert (len(reader.scalars().slots), reader.scalars().next) == (0, 0)
    writer.scalar("a", "b", 1.0, 1)
    position = reader.scalars().next
    assert (len(reader.scalars(position).slots), reader.scalars(position).next) == (0, position)


def test_segments_follow_one_another_without_a_seam(writer: JournalWriter, directory: Path) -> None:
    count = 8192 + 32768 + 5000
    for i in range(count):
        writer.scalar("t", f"s{i % 3}", float(i), i)
    assert len(list(directory.glob("scalars-*.seg"))) == 3
    reader = JournalReader(directory)
    whole = reader.scalars()
    assert whole.slots["iteration"].tolist() == list(range(count))
    assert whole.skipped == []
    parts, offsets, start = [], [], 0
    while (part := reader.scalars(start, limit=3000)).next != start:
        assert len(part.slots) <= 3000
        parts += part.slots["iteration"].tolist()
        offsets += part.offset.tolist()
        start = part.next
    assert parts == list(range(count))
    assert offsets == whole.offset.tolist()
    assert start == whole.next


@pytest.mark.parametrize(
    ("value", "iteration", "error"),
    [
        ("1.0", 1, struct.error),
        (None, 1, struct.error),
        (1.0, 1.5, struct.error),
        (1.0, 2**63, struct.error),
        (1.0, -(2**63) - 1, struct.error),
        (10**400, 1, (OverflowError, struct.error)),
    ],
)
def test_an_unfit_value_is_refused_and_leaves_no_point(
    writer: JournalWriter,
    directory: Path,
    value: float,
    iteration: int,
    error: type[Exception] | tuple[type[Exception], ...],
) -> None:
    writer.scalar("t", "s", 1.0, 1)
    with pytest.raises(error):
        writer.scalar("t", "s", value, iteration)
    writer.scalar("t", "s", 3.0, 3)
    read = JournalReader(directory).scalars()
    assert read.slots["iteration"].tolist() == [1, 3]
    assert read.offset.tolist() == [0, 2]
    assert read.skipped == []


@pytest.mark.parametrize(("title", "series"), [(1, "s"), ("t", None), (b"t", "s"), ([], "s")])
def test_names_must_be_strings(writer: JournalWriter, title: str, series: str) -> None:
    with pytest.raises(TypeError):
        writer.scalar(title, series, 1.0, 1)


def test_any_text_can_be_a_name(writer: JournalWriter, directory: Path) -> None:
    names = ["", "\0\n\x1b[31m", "Ünïcödé 🎉", "x" * LONGEST_NAME, "\udc80"]
    for i, name in enumerate(names):
        writer.scalar(name, "s", 1.0, i)
    titles = [title for title, _ in _names(JournalReader(directory)).values()]
    assert titles == [*names[:-1], "\\udc80"]


def test_names_have_a_longest(writer: JournalWriter) -> None:
    with pytest.raises(ValueError, match="at most"):
        writer.scalar("t", "x" * (LONGEST_NAME + 1), 1.0, 1)


def test_a_name_without_bounds_is_refused(writer: JournalWriter) -> None:
    with pytest.raises(ValueError, match="at most"):
        writer.scalar("x" * 10_000_000, "s", 1.0, 1)


def test_a_great_many_series(writer: JournalWriter, directory: Path) -> None:
    count = 20_000
    for i in range(count):
        writer.scalar("t", str(i), float(i), i)
    reader = JournalReader(directory)
    scalars = reader.scalars()
    names = _names(reader)
    assert len(names) == count
    assert all(names[s] == ("t", str(i)) for i, s in enumerate(scalars.slots["series"].tolist()))


def test_records_come_back_as_they_were(writer: JournalWriter, directory: Path) -> None:
    texts = ["", "line\n", "\0", "é" * 3, "y" * 5_000_000]
    for i, text in enumerate(texts):
        writer.append(ConsoleWritten(time_us=i, stream="stdout", text=text))
    reader = JournalReader(directory)
    read = reader.records()
    assert [item.text for _, item in read.items if isinstance(item, ConsoleWritten)] == texts
    assert read.skipped == []
    assert reader.records(read.next).items == []
    assert [item for _, item in reader.records(read.items[2][0], limit_bytes=1).items] == [
        read.items[2][1]
    ]


def test_record_segments_follow_one_another(writer: JournalWriter, directory: Path) -> None:
    for i in range(40):
        writer.append(ConsoleWritten(time_us=i, stream="stdout", text=chr(65 + i % 26) * (1 << 20)))
    assert len(list(directory.glob("records-*.seg"))) == 3
    reader = JournalReader(directory)
    times, start = [], 0
    while (part := reader.records(start, limit_bytes=5 << 20)).next != start:
        times += [item.time_us for _, item in part.items if isinstance(item, ConsoleWritten)]
        start = part.next
    assert times == list(range(40))


def test_a_record_that_cannot_be_encoded_leaves_nothing(
    writer: JournalWriter, directory: Path
) -> None:
    with pytest.raises(UnicodeEncodeError):
        writer.append(Noted(time_us=1, code="c", message="\udc80"))
    assert JournalReader(directory).records().items == []


def test_the_last_iteration_is_the_highest_that_has_a_place_on_the_axis(
    writer: JournalWriter,
) -> None:
    assert writer.last_iteration() is None
    writer.scalar("Summary", "best", 1.0, 99, SINGLE_VALUE)
    writer.scalar("t", "no iteration", 1.0, 98, NO_ITERATION)
    assert writer.last_iteration() is None
    for i in (5, -3, 7, 6):
        writer.scalar("t", "s", 1.0, i)
    assert writer.last_iteration() == 7
    for i in range(9000):
        writer.scalar("t", "s", 1.0, -i)
    assert writer.last_iteration() == 7
    writer.scalar("t", "s", 1.0, 8)
    assert writer.last_iteration() == 8


def test_a_closed_writer_refuses(writer: JournalWriter, directory: Path) -> None:
    writer.scalar("t", "s", 1.0, 1)
    writer.close()
    writer.close()
    with pytest.raises(ClosedError):
        writer.scalar("t", "s", 1.0, 2)
    with pytest.raises(ClosedError):
        writer.scalar("t", "new", 1.0, 2)
    with pytest.raises(ClosedError):
        writer.append(Noted(time_us=1, code="c", message="m"))
    reader = JournalReader(directory)
    assert len(reader.scalars().slots) == 1
    assert isinstance(reader.records().items[-1][1], WriterClosed)
    assert len(reader.records().items) == 2


def test_the_identity_is_in_the_journal(
    make_writer: Callable[..., JournalWriter], tmp_path: Path
) -> None:
    writer = make_writer(tmp_path / "w", attempt=3, rank=7, role="recorder", host="hôte")
    reader = JournalReader(tmp_path / "w")
    assert reader.identity == writer.identity
    assert reader.size_bytes() == 4096


def test_a_folder_that_holds_a_journal_is_not_written_over(
    make_writer: Callable[..., JournalWriter], directory: Path
) -> None:
    with pytest.raises(FileExistsError):
        make_writer(directory)


def test_writers_are_listed_by_start(
    make_writer: Callable[..., JournalWriter], task_dir: Path
) -> None:
    assert writer_dirs(task_dir) == []
    names = [make_writer(writer=new_writer_name()).identity.writer for _ in range(5)]
    assert [d.name for d in writer_dirs(task_dir)] == names
