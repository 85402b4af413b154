"""Reach the home, and find the task that is meant."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from stripchart import api, settings
from stripchart.cli.failure import PROBLEM, WRONG_USE, Failure
from stripchart.cli.naming import Named, choose, remark, sought_text
from stripchart.server import schema

PAGE_TASKS = 10_000


@contextmanager
def asking(arguments: argparse.Namespace) -> Iterator[api.Client]:
    """Give a client of the home; what it is refused ends the command."""
    try:
        with api.connect(settings.load(home=arguments.home)) as client:
            yield client
    except api.ApiFailure as error:
        raise Failure(str(error), PROBLEM if error.status == 404 else WRONG_USE) from None
    except api.HomeBusy as error:
        raise Failure(str(error)) from None


def find_task(client: api.Client, wanted: str) -> schema.TaskRow:
    """Return the task that a word means (see ``naming``); where others could be meant, stderr says so.

    Raises:
        Failure: there is none, or the start of an id fits several.
    """
    found = {row.id: row for row in _rows_with(client, sought_text(wanted))}
    choice = choose(wanted, [Named(row.id, row.name) for row in found.values()])
    remark(choice)
    return found[choice.id]


def _rows_with(client: api.Client, text: str) -> Iterator[schema.TaskRow]:
    offset = 0
    while True:
        page = client.tasks(schema.TaskQuery(search=text, offset=offset, limit=PAGE_TASKS))
        yield from page.tasks
        offset += len(page.tasks)
        if offset >= page.total or not page.tasks:
            return
