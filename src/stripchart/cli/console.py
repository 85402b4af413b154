"""``console``: what the task wrote."""

from __future__ import annotations

import argparse
import sys
import time

from stripchart.api import Client
from stripchart.cli.asking import asking, find_task
from stripchart.cli.failure import DONE
from stripchart.cli.printing import console_text, write_line
from stripchart.server import schema

PAGE_LINES = 10_000
POLL_SEC = 0.5
_GOING_ON = {"created", "queued", "in_progress"}


def console(arguments: argparse.Namespace) -> int:
    """Print console lines; with ``--follow`` until the task ends."""
    with asking(arguments) as client:
        task = find_task(client, arguments.task)
        printed = 0
        while True:
            # The status first: what was written before the end is then in the lines read after it.
            going_on = arguments.follow and client.task(task.id).task.status in _GOING_ON
            printed = _print_from(client, task.id, arguments.grep, printed, hold_open=going_on)
            sys.stdout.flush()
            if not going_on:
                return DONE
            time.sleep(POLL_SEC)
            client.refresh()


def _print_from(
    client: Client, task_id: str, pattern: str | None, offset: int, *, hold_open: bool
) -> int:
    """Print lines from an offset on; a line that may still change is held back. Return the next offset."""
    terminal = sys.stdout.isatty()
    while True:
        query = schema.ConsoleQuery(
            offset=offset, limit=PAGE_LINES, pattern=pattern, ignore_case=False
        )
        page = client.console(task_id, query)
        for line in page.lines:
            if hold_open and line.open:
                return offset
            write_line(console_text(line.text, colour=terminal))
            offset += 1
        if offset >= page.total or not page.lines:
            return offset
