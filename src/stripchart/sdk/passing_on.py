"""Pass what was chosen in code on to the processes that this one starts, in the environment: destinations, an offset.

No secret is in a destination. The task is named with it: a child that opens a task of its own sends its files to where
its own settings say, and so do the children of that one.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from stripchart.sdk.session import Session

SAMPLES = "STRIPCHART_TASK_UPLOAD_DESTINATION"
ARTIFACTS = "STRIPCHART_TASK_OUTPUT_URI"
OFFSET = "STRIPCHART_TASK_OFFSET"  # what is added to iterations
_TASK = "STRIPCHART_TASK_ID"  # of the task that is open in this process


@dataclass(frozen=True, slots=True)
class Chosen:
    """Say where artifacts go, empty for the task's folder, and whether the files of models that libraries save do.

    ``keeps_models`` None: they do where there is a destination.
    """

    destination: str
    keeps_models: bool | None = None

    def text(self) -> str:
        """Write it for other processes."""
        return json.dumps(asdict(self))


def chosen(text: str) -> Chosen | None:
    """Read what ``Chosen.text`` wrote; None where it is not that."""
    try:
        told = json.loads(text)
        destination, keeps = told["destination"], told["keeps_models"]
    except (ValueError, KeyError, TypeError):
        return None
    fits = isinstance(destination, str) and (keeps is None or isinstance(keeps, bool))
    return Chosen(destination, keeps) if fits else None


def pass_on(session: Session, variable: str, text: str) -> None:
    """Have children that join this task take what is chosen, until the task is closed."""
    if os.environ.get(_TASK) != session.task_id:
        return  # a task that was looked up: nobody joins it
    os.environ[variable] = f"{session.task_id} {text}"

    def forget() -> None:
        if session.closed and passed_on(session, variable) is not None:
            del os.environ[variable]

    session.on_reset.append(forget)


def passed_on(session: Session, variable: str) -> str | None:
    """Return what the parent has chosen for this task; ``None`` if it has chosen nothing."""
    task_id, space, text = os.environ.get(variable, "").partition(" ")
    return text if space and task_id == session.task_id else None


def passed_on_offset(session: Session) -> int | None:
    """Return what the parent adds to iterations; ``None`` if it has not said."""
    try:
        return int(passed_on(session, OFFSET) or "")
    except ValueError:
        return None
