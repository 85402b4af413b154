"""Offline sessions: a task as one zip file at its end, to be taken into another home.

Every task is local first, so that offline changes nothing about how one is recorded.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any, ClassVar

from stripchart.sdk import endings
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held

FOLDER = "offline"


class Offline(Held):
    """Choose and tell whether tasks end as a zip file."""

    _current: ClassVar[Any]
    _is_offline: ClassVar[bool] = False
    _packs: bool = False  # at its end

    @classmethod
    def is_offline(cls) -> bool:
        """Return whether tasks that are started are written to a zip file at their end."""
        return Offline._is_offline

    @classmethod
    def set_offline(cls, offline_mode: bool = False) -> None:
        """Have tasks that are started from now on written to one zip file each when they end.

        It is ``<home>/offline/<id>.zip``, and ``Task.import_offline_session`` takes it into another home. All else is
        as ever: tasks are kept on this machine in any case, complete without a server.

        Raises:
            UsageError: a task is open, and the mode is to end.
        """
        if cls._current is not None and Offline._is_offline and not offline_mode:
            raise UsageError("the mode cannot change while a task is open: close it first")
        Offline._is_offline = bool(offline_mode)

    def get_offline_mode_folder(self) -> Path:
        """Return the task's folder, which holds everything."""
        return self._session.task_dir

    def _begin_offline(self) -> None:
        if Offline._is_offline:
            self._packs = True
            endings.watch(_ignore, self._pack_at_exit)

    def _pack_at_exit(self, _ending: endings.Ending) -> None:
        self._end_offline()

    @contained("offline", lost=False)
    def _end_offline(self) -> None:
        """Write the zip file, once everything is said."""
        if not self._packs or self._session.is_fork:
            return
        from stripchart.sdk import archive

        self._packs = False
        endings.unwatch(_ignore, self._pack_at_exit)
        if self._session.settings.recorder:
            self._logger._wait_for_uploads()  # what is only named as yet shall be in it
        folder = self._session.settings.home / FOLDER
        folder.mkdir(exist_ok=True)
        path = archive.pack(self._session.task_dir, folder)
        if sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):  # stderr is closed
                sys.stderr.write(f"Stripchart: offline session stored in {path}\n")


def _ignore(_ending: endings.Ending) -> None:
    """Leave an exception to who tells it."""
