"""``verify`` and ``reindex``. Checking reads the journals themselves and needs no server."""

from __future__ import annotations

import argparse
from pathlib import Path

from stripchart import settings
from stripchart.cli import printing
from stripchart.cli.failure import DONE, PROBLEM, Failure
from stripchart.cli.printing import printable
from stripchart.journal.verify import Report
from stripchart.journal.verify import verify as verify_task


def verify(arguments: argparse.Namespace) -> int:
    """Check every checksum of one task or of all."""
    home = settings.load(home=arguments.home)
    folders = _folders(home.tasks, arguments.task)
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


def _folders(tasks: Path, wanted: str | None) -> list[Path]:
    folders = sorted(p for p in tasks.iterdir() if p.is_dir()) if tasks.is_dir() else []
    if wanted is None:
        return folders
    fitting = [p for p in folders if p.name.startswith(wanted.lower())] if wanted else []
    if not fitting:
        raise Failure(f"no task with the id {wanted[:100]!r} in {tasks}")
    if len(fitting) > 1:
        raise Failure(f"{len(fitting)} tasks have an id that starts with {wanted!r}")
    return fitting


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
