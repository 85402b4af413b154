"""What the handlers share while the server runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stripchart.server.errors import GoneError, NotFoundError
from stripchart.server.following import Following
from stripchart.server.home import Home
from stripchart.server.live import Hub
from stripchart.server.schema import ServerInfo
from stripchart.server.trash import Trash
from stripchart.server.uploads import Uploaded
from stripchart.settings import Settings

_NAME = re.compile(r"[\w-]{1,64}")


@dataclass(frozen=True, slots=True)
class Running:
    """Hold the open home, what was uploaded to it and deleted from it, who follows and listens, and who we are."""

    home: Home
    uploaded: Uploaded
    trash: Trash
    following: Following
    hub: Hub
    info: ServerInfo
    settings: Settings

    def require_task(self, task_id: str) -> None:
        """Check that there is such a task.

        Raises:
            NotFoundError: there is none.
            GoneError: it was deleted, and can still be brought back.
        """
        for error in self.missing([task_id]).values():
            raise error

    def missing(self, task_ids: Sequence[str]) -> dict[str, NotFoundError | GoneError]:
        """Return for each of some tasks that is not there what ``require_task`` says of it."""
        return {task_id: self._no_task(task_id) for task_id in self.home.unknown(task_ids)}

    def _no_task(self, task_id: str) -> NotFoundError | GoneError:
        # An id may be any text, and is looked for as a folder's name.
        operation = self.trash.holder(task_id) if _NAME.fullmatch(task_id) else None
        if operation is not None:
            return GoneError(f"task {task_id} was deleted", task=task_id, undo=operation)
        return NotFoundError(f"no task {task_id[:100]!r}", task=task_id[:100])

    def task_dir(self, task_id: str) -> Path:
        """Return the folder of a task that is known: its id is then a name that was found on disk."""
        return self.settings.task_dir(task_id)
