"""What the handlers share while the server runs."""

from __future__ import annotations

from dataclasses import dataclass

from stripchart.server.errors import NotFoundError
from stripchart.server.home import Home
from stripchart.server.live import Hub
from stripchart.server.schema import ServerInfo


@dataclass(frozen=True, slots=True)
class Running:
    """Hold the open home, the listeners and who we are."""

    home: Home
    hub: Hub
    info: ServerInfo

    def require_task(self, task_id: str) -> None:
        """Check that there is such a task.

        Raises:
            NotFoundError: there is none.
        """
        if not self.home.has_task(task_id):
            raise NotFoundError(f"no task {task_id[:100]!r}", task=task_id[:100])
