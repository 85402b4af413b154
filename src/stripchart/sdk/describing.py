"""What a task is called, where it belongs, and how far it is.

What a task is asked here is what people made of it on the page, if theirs is the later word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from stripchart.records import TaskDescribed, clean_text
from stripchart.sdk import start
from stripchart.sdk.guard import contained, user_line
from stripchart.sdk.held import Held, name_of, names_of
from stripchart.sdk.session import now_us


class Describing(Held):
    """Name, describe and file a task."""

    @property
    def name(self) -> str:
        """Return the task's name."""
        return self._heard().name

    @property
    def project(self) -> str:
        """Return the path of the task's project, which is also the project's id."""
        return self._heard().project

    @property
    def task_type(self) -> str:
        """Return what the task is for, one of the values of ``TaskTypes``."""
        return self._heard().type

    @property
    def comment(self) -> str:
        """Return the task's comment."""
        return self._heard().comment

    @comment.setter
    def comment(self, comment: str) -> None:
        self.set_comment(comment)

    @property
    def parent(self) -> str | None:
        """Return the id of the task that started this one."""
        return self._heard().parent or None

    def get_project_name(self) -> str:
        """Return the path of the task's project."""
        return self._heard().project

    @contained("describe")
    def set_name(self, name: str) -> None:
        """Rename the task."""
        self._describe(name=name_of(name))

    def rename(self, new_name: str) -> None:
        """Rename the task."""
        self.set_name(new_name)

    @contained("describe")
    def set_comment(self, comment: str) -> None:
        """Set the task's comment."""
        self._describe(comment=clean_text(str(comment)))

    @contained("describe")
    def set_parent(self, parent: str | Held | None) -> None:
        """Say which task started this one, by id or object; ``None`` says none did."""
        self._describe(parent=parent.id if isinstance(parent, Held) else str(parent or ""))

    @contained("describe")
    def set_task_type(self, task_type: start.TaskTypes | str) -> None:
        """Say what the task is for."""
        self._describe(type=start.to_type(task_type).value)

    @contained("describe", returns=bool)
    def move_to_project(
        self,
        new_project_id: str | None = None,
        new_project_name: str | None = None,
        system_tags: Sequence[str] | None = None,
    ) -> bool:
        """File the task in another project and return whether that was done; a project's id is its path.

        ``system_tags`` are those of a project that has to be made; projects here have none.
        """
        path = new_project_name or new_project_id
        if not path:
            raise ValueError("move_to_project needs new_project_name or new_project_id")
        self._describe(project=name_of(path))
        return True

    def set_project(self, project_id: str | None = None, project_name: str | None = None) -> None:
        """File the task in another project."""
        self.move_to_project(project_id, project_name)

    # -- tags ------------------------------------------------------------------------------------------------

    @contained("read", returns=list, lost=False)
    def get_tags(self) -> list[str]:
        """Return the task's tags, read anew from its journals."""
        return list(self._read().tags)

    @contained("describe")
    def add_tags(self, tags: Sequence[str] | str) -> None:
        """Add tags to the task."""
        # The change alone: of what another process has set since, this object knows nothing.
        self._change_tags(added=names_of(tags))

    @contained("describe")
    def remove_tags(self, tags: Sequence[str] | str) -> None:
        """Take tags from the task; one that it has not is passed over."""
        self._change_tags(removed=names_of(tags))

    def _change_tags(self, added: Sequence[str] = (), removed: Sequence[str] = ()) -> None:
        self._append(
            TaskDescribed(time_us=now_us(), tags_added=list(added), tags_removed=list(removed))
        )
        kept = [tag for tag in self._told.tags if tag not in (*added, *removed)]
        self._told.tags = [*kept, *added]

    @contained("describe")
    def set_tags(self, tags: Sequence[str]) -> None:
        """Set the task's tags."""
        self._describe(tags=names_of(tags))

    def get_system_tags(self) -> Sequence[str]:
        """Return the task's system tags, ``archived`` among them where it is archived."""
        told = self._heard()
        return [*told.system_tags, *(["archived"] if told.archived else [])]

    @contained("describe")
    def set_system_tags(self, tags: Sequence[str]) -> None:
        """Set the task's system tags; with ``archived`` among them it is archived."""
        wanted = names_of(tags)
        self._describe(
            system_tags=[tag for tag in wanted if tag != "archived"], archived="archived" in wanted
        )

    @contained("describe")
    def set_archived(self, archive: bool) -> None:
        """Put the task into the archive, or take it out of it."""
        self._describe(archived=bool(archive))

    def get_archived(self) -> bool:
        """Return whether the task is archived."""
        return self._heard().archived

    # -- progress --------------------------------------------------------------------------------------------

    @contained("describe", lost=False)
    def set_progress(self, progress: int) -> None:
        """Say how far the task is, 0 to 100; anything else is noted and ignored."""
        percent = _to_percent(progress)
        if percent is None:
            message = f"set_progress takes 0 to 100, not {progress!r}"[:200]
            self._losses.note("progress", message, lost=False, where=user_line())
        else:
            self._describe(progress=percent)

    @contained("read", lost=False)
    def get_progress(self) -> int | None:
        """Return how far the task is, 0 to 100, or ``None`` where that was not said."""
        return self._read().progress


def _to_percent(progress: Any) -> int | None:
    if isinstance(progress, str) and re.fullmatch(r"\d{1,3}", progress) is None:
        return None
    try:
        percent = int(progress)
    except (TypeError, ValueError, OverflowError):
        return None
    return percent if 0 <= percent <= 100 else None
