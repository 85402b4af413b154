"""Which task a word means: a whole id, then a name, then the start of an id; never silently one of several."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from stripchart.cli.failure import Failure
from stripchart.cli.printing import printable, shortened

SHORTEST_START = 4
MOST_LISTED = 10
_NAME_WIDTH = 60
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[tnr\\])")


@dataclass(frozen=True, slots=True)
class Named:
    """Hold a task's id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold the task that is meant, and what to tell of others that could have been."""

    id: str
    remark: str = ""


def choose(wanted: str, tasks: Sequence[Named]) -> Choice:
    """Return the task that is meant, of tasks given the latest first.

    A name is what was given to the task, or what is shown of it: with control characters as escapes.

    Raises:
        Failure: none fits, or the start of an id fits several.
    """
    word = wanted.lower()
    named = [t for t in tasks if wanted and wanted in (t.name, printable(t.name))]
    exact = [t for t in tasks if t.id == word]
    starting = [t for t in tasks if len(word) >= SHORTEST_START and t.id.startswith(word)]
    found = exact or named or starting
    if not found:
        raise Failure(_none(wanted, tasks))
    if not exact and not named and len(starting) > 1:
        count = len(starting)
        raise Failure(f"{count} tasks have an id that starts with {word!r}: {_listed(starting)}")
    chosen = found[0]
    others = [t for t in {t.id: t for t in (*named, *starting)}.values() if t != chosen]
    return Choice(chosen.id, _remark(wanted, chosen, others) if others else "")


def remark(choice: Choice) -> None:
    """Tell on stderr which of several tasks was taken."""
    if choice.remark:
        print(f"stripchart: {printable(choice.remark)}", file=sys.stderr)


def sought_text(wanted: str) -> str:
    """Return a text that is in the name or id of every task that ``choose`` may find."""
    return max(_ESCAPE.split(wanted), key=len)


def _none(wanted: str, tasks: Sequence[Named]) -> str:
    message = f"no task with the id or name {shortened(wanted, 200)!r}"
    if wanted and any(t.id.startswith(wanted.lower()) for t in tasks):
        message += f"; the start of an id needs {SHORTEST_START} characters"
    return message


def _remark(wanted: str, chosen: Named, others: Sequence[Named]) -> str:
    return (
        f"{shortened(wanted, 200)!r} may mean {1 + len(others)} tasks; this is {_shown(chosen)}, the others are "
        f"{_listed(others)}: their ids name them"
    )


def _listed(tasks: Sequence[Named]) -> str:
    shown = ", ".join(_shown(t) for t in tasks[:MOST_LISTED])
    rest = len(tasks) - MOST_LISTED
    return f"{shown} and {rest} more" if rest > 0 else shown


def _shown(task: Named) -> str:
    return f"{task.id} ({printable(shortened(task.name, _NAME_WIDTH))})"
