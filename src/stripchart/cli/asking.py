"""Reach the home, and find the task that is meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from stripchart import api, settings
from stripchart.cli.failure import PROBLEM, WRONG_USE, Failure
from stripchart.cli.printing import printable, shortened
from stripchart.server import schema

MOST_NAMED = 10


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
    """Return the task with this id, this start of an id, or this name (the latest of several).

    Raises:
        Failure: there is none, or the start fits several.
    """
    found = client.tasks(schema.TaskQuery(search=wanted, limit=10_000)).tasks
    fitting = [t for t in found if t.id.startswith(wanted.lower())] if wanted else []
    if len(fitting) > 1:
        ids = ", ".join(t.id for t in fitting[:MOST_NAMED])
        raise Failure(f"{len(fitting)} tasks have an id that starts with {wanted!r}: {ids}")
    if fitting:
        return fitting[0]
    named = [t for t in found if t.name == wanted]
    if not named:
        raise Failure(f"no task with the id or name {shortened(wanted, 200)!r}")
    if len(named) > 1:
        text = f"{len(named)} tasks have this name; this is the latest, {named[0].id}"
        print(printable(text), file=sys.stderr)
    return named[0]
