"""``verify`` and ``reindex``. Checking reads the journals themselves and needs no server."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from stripchart import settings
from stripchart.cli import printing
from stripchart.cli.failure import DONE, PROBLEM, Failure
from stripchart.cli.naming import Named, choose, remark
from stripchart.cli.printing import printable
from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.journal.verify import Report
from stripchart.journal.verify import verify as verify_task
from stripchart.records import TaskDescribed


def verify(arguments: argparse.Namespace) -> int:
    """Check every checksum of one task or of all."""
    home = settings.load(home=arguments.home)
    folders = folders_of(home.tasks, arguments.task)
    unsound = 0
    for folder in folders:
        report = verify_task(folder)
        _print_report(folder.name, report, full=arguments.task is not None)
        unsound += not report.sound
    if arguments.task is None:
        print(f"{len(folders)} tasks checked, {unsound} with damage")
    return PROBLEM if unsound else DONE


def reindex(arguments: argparse.Namespace) -> int:
    """Throw the derived part of the index away and make it again."""
    from stripchart.server.reindexing import ReindexError, reindex_home

    loaded = settings.load(home=arguments.home)
    try:
        tasks = reindex_home(loaded)
    except ReindexError as error:
        raise Failure(str(error)) from None
    print(f"{tasks} tasks indexed")
    return DONE


def folders_of(tasks: Path, wanted: str | None) -> list[Path]:
    """Return the folder of one task, by id, name or start of an id, or of all."""
    folders = sorted(p for p in tasks.iterdir() if p.is_dir()) if tasks.is_dir() else []
    if wanted is None:
        return folders
    whole = [p for p in folders if p.name == wanted.lower()]
    if whole:
        return whole
    known = sorted((_told_by(p) for p in folders), key=lambda told: told[0], reverse=True)
    choice = choose(wanted, [named for _, named in known])
    remark(choice)
    return [tasks / choice.id]


def _told_by(folder: Path) -> tuple[int, Named]:
    """Return when a task started and what it is called now, as far as its journals can be read."""
    started_us: list[int] = []
    names: list[tuple[int, str]] = [(0, "")]
    for directory in writer_dirs(folder):
        reader = JournalReader(directory)
        try:
            started_us.append(reader.identity.started_us)
        except (OSError, ValueError):
            continue
        names += _names_in(reader)
    return min(started_us, default=0), Named(folder.name, max(names, key=lambda n: n[0])[1])


def _names_in(reader: JournalReader) -> Iterator[tuple[int, str]]:
    for record in reader.every_record():
        if isinstance(record, TaskDescribed) and record.name is not None:
            yield record.time_us, record.name


def _print_report(task: str, report: Report, *, full: bool) -> None:
    if full:
        head = ["WRITER", "SEGMENT", "BYTES", "PROVEN", "UNSEALED", "VOID", "HOLES", "DAMAGED"]
        rows = [
            [s.writer, s.name]
            + [str(n) for n in (s.size_bytes, s.proven, s.unsealed, s.void, s.holes)]
            + [str(len(s.skipped) + bool(s.trouble))]
            for s in report.segments
        ]
        printing.table(head, rows, right=range(2, len(head)))
    for segment in report.segments:
        for text in [*(_told(s) for s in segment.skipped), *filter(None, [segment.trouble])]:
            print(printable(f"{task} {segment.writer}/{segment.name}: {text}"))


def _told(skipped: object) -> str:
    begin, end, reason = (getattr(skipped, name) for name in ("begin", "end", "reason"))
    return f"[{begin}, {end}) skipped: {reason}"
