"""What every part of ``Task`` stands on: the session, the logger, and what the journals say of the task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripchart.records import ParametersSet, Record, TaskDescribed, clean_text
from stripchart.sdk.chronicle import describe, take_in
from stripchart.sdk.convert import shorten
from stripchart.sdk.guard import contained
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.sdk.chronicle import Chronicle, Described
    from stripchart.sdk.hearing import Hearing
    from stripchart.sdk.logger import Logger
    from stripchart.sdk.losses import Losses
    from stripchart.sdk.running import Running
    from stripchart.sdk.session import Session


class Held:
    """Hold one task; the parts of ``Task`` inherit from this and add what can be done with it."""

    _session: Session
    _described: Described | None = None
    _chronicle: Chronicle
    _hearing: Hearing
    _running: Running | None
    _logger: Logger

    def __repr__(self) -> str:
        told = self._told
        return f"<Task {self.id}: {told.name!r} of {told.project!r}, {told.status}>"

    @property
    def _told(self) -> Described:
        """Return what was known at the start or the last ``reload``, with what was changed through this object.

        In a worker it is read when it is asked for: most ask for nothing, and the journals may be large by then.
        """
        if self._described is None:
            self._described = describe(self._session.task_dir)
        return self._described

    @property
    def _losses(self) -> Losses:
        return self._session.losses

    @property
    def id(self) -> str:
        """Return the task's id, 32 hexadecimal digits."""
        return self._session.task_id

    @property
    def task_id(self) -> str:
        """Return the task's id."""
        return self._session.task_id

    def _read(self) -> Described:
        """Return what the journals say now; not to be changed."""
        return self._chronicle.read()

    def _heard(self) -> Described:
        """Return what this object knows of the task, with what people have said of it on the page since."""
        self._listen()
        return self._told

    @contained("read", lost=False)
    def _listen(self) -> None:
        for record in self._hearing.fresh():
            take_in(self._told, record)

    def _append(self, record: Record) -> None:
        self._session.append(record)

    def _describe(self, **values: Any) -> None:
        time_us = now_us()
        self._append(TaskDescribed(time_us=time_us, **values))
        for name, value in values.items():
            setattr(self._told, name, value)
            self._told.said_us[name] = time_us

    def _append_parameters(self, **fields: Any) -> None:
        fields.setdefault("values", {})
        self._append(ParametersSet(time_us=now_us(), **fields))


def name_of(text: Any) -> str:
    """Return a name as a journal can hold it."""
    return clean_text(shorten(str(text)))


def names_of(texts: Any) -> list[str]:
    """Return names as a journal can hold them, each once; one text is one name."""
    several = [texts] if isinstance(texts, str) else list(texts)
    return list(dict.fromkeys(name_of(text) for text in several))
