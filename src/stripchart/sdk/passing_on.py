"""Pass destinations that were set in code on to the processes that this one starts, in the environment.

No secret is in a destination. The task is named with it: a child that opens a task of its own sends its files to where
its own settings say, and so do the children of that one.
"""

from __future__ import annotations

import os

from stripchart.sdk.session import Session

SAMPLES = "STRIPCHART_TASK_UPLOAD_DESTINATION"
ARTIFACTS = "STRIPCHART_TASK_OUTPUT_URI"
_TASK = "STRIPCHART_TASK_ID"  # of the task that is open in this process


def pass_on(session: Session, variable: str, uri: str) -> None:
    """Have children that join this task take a destination, until the task is closed; empty is the task's folder."""
    if os.environ.get(_TASK) != session.task_id:
        return  # a task that was looked up: nobody joins it
    os.environ[variable] = f"{session.task_id} {uri}"

    def forget() -> None:
        if session.closed and passed_on(session, variable) is not None:
            del os.environ[variable]

    session.on_reset.append(forget)


def passed_on(session: Session, variable: str) -> str | None:
    """Return the destination that the parent has set for this task; ``None`` if it has set none."""
    task_id, space, uri = os.environ.get(variable, "").partition(" ")
    return uri if space and task_id == session.task_id else None
