"""Deleted tasks: moved to ``trash/<operation>/<task id>`` of the home, and removed for good after a while.

A move is undone by a move; until then nothing is lost. What lies at a destination elsewhere is removed when the trash
is emptied, and only what the recorder put there under a key that names the task. A destination that does not answer
is tried again for a week, and the task waits here meanwhile: nothing else knows of its files. One that refuses is told
of. What was uploaded to this home is removed from its folder, whatever the server was called then.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from stripchart.blobs import DestinationError, Unreachable
from stripchart.blobs.removing import remove_stored
from stripchart.journal.stored import stored_elsewhere
from stripchart.settings import Settings

FOLDER = "trash"
KEPT_SEC = 3600.0
"""How long a deleted task can be brought back."""

TRIED_SEC = 7 * 86400.0
"""How long files at a destination that does not answer are tried to be removed."""

SWEEP_SEC = 60.0

_OPERATION = re.compile("[0-9a-f]{32}")
_log = logging.getLogger("stripchart.server")


@dataclass(slots=True)
class Emptied:
    """Count what was removed for good; ``failures`` says of what could not be, and why."""

    tasks: int = 0
    size_bytes: int = 0
    remote_files: int = 0
    failures: list[str] = field(default_factory=list)


class Trash:
    """Take tasks of a home, give them back, and remove them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.home / FOLDER

    def take(self, task_id: str, operation_id: str) -> None:
        """Move a task here.

        Raises:
            OSError: it is not there, or cannot be moved.
        """
        place = self._folder / operation_id
        place.mkdir(parents=True, exist_ok=True)
        os.rename(self._settings.task_dir(task_id), place / task_id)  # noqa: PTH104 - one step or none

    def give_back(self, task_id: str, operation_id: str) -> None:
        """Move a task back to where it was.

        Raises:
            FileExistsError: there is a task of this id again.
            FileNotFoundError: it has been removed for good.
            OSError: it cannot be moved.
        """
        target = self._settings.task_dir(task_id)
        if target.exists():
            raise FileExistsError(f"there is a task {task_id} again")
        os.rename(self._folder / operation_id / task_id, target)  # noqa: PTH104 - one step or none
        self._drop_if_empty(self._folder / operation_id)

    def tasks(self, operation_id: str) -> list[str]:
        """Return the tasks here that an operation deleted."""
        if not _OPERATION.fullmatch(operation_id):
            return []
        try:
            return sorted(path.name for path in (self._folder / operation_id).iterdir())
        except OSError:
            return []

    def holder(self, task_id: str) -> str | None:
        """Return the operation that deleted a task which is still here."""
        for place in self._places():
            if (place / task_id).is_dir():
                return place.name
        return None

    def empty(self, *, older_than_sec: float = KEPT_SEC) -> Emptied:
        """Remove for good what was deleted so long ago."""
        emptied = Emptied()
        for place in self._places():
            try:
                age_sec = time.time() - place.stat().st_mtime
                tasks = sorted(path for path in place.iterdir() if path.is_dir())
            except OSError:
                continue
            if age_sec < older_than_sec:
                continue
            for task_dir in tasks:
                self._remove(task_dir, emptied, is_last_try=age_sec > TRIED_SEC)
            self._drop_if_empty(place)
        return emptied

    def _places(self) -> list[Path]:
        try:
            return sorted(p for p in self._folder.iterdir() if _OPERATION.fullmatch(p.name))
        except OSError:
            return []

    def _remove(self, task_dir: Path, emptied: Emptied, *, is_last_try: bool) -> None:
        silent: set[str] = set()
        for destination, urls in stored_elsewhere(task_dir).items():
            try:
                for url in urls:
                    self._remove_remote(task_dir.name, destination, url, emptied)
            except Unreachable as error:  # nor for the other files there
                silent.add(destination)
                emptied.failures.append(f"{url}: {error}")
        if silent and not is_last_try:
            return
        size_bytes = _size_bytes(task_dir)
        try:
            shutil.rmtree(task_dir)
        except OSError as error:
            emptied.failures.append(f"{task_dir}: {error}")
            return
        emptied.tasks += 1
        emptied.size_bytes += size_bytes

    def _remove_remote(self, task_id: str, uri: str, url: str, emptied: Emptied) -> None:
        """Remove one file.

        Raises:
            Unreachable: its destination does not answer.
        """
        try:
            remove_stored(self._settings, task_id, uri, url)
            emptied.remote_files += 1
        except Unreachable:
            raise
        except (DestinationError, OSError, ImportError) as error:
            emptied.failures.append(f"{url}: {error}")

    def _drop_if_empty(self, place: Path) -> None:
        for folder in (place, self._folder):
            try:
                folder.rmdir()
            except OSError:
                return


class Sweeping:
    """Empty the trash of what is old enough, now and then, until stopped."""

    def __init__(self, trash: Trash) -> None:
        self._trash = trash
        self._told: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stripchart-trash", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a removal under way goes on until the process ends, and is taken up again by the next."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(SWEEP_SEC):
            failures = set(self._trash.empty().failures)
            for failure in sorted(failures - self._told):
                _log.warning("of a deleted task something is left: %s", failure)
            self._told = failures


def _size_bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += (
                path.lstat().st_blocks * 512 if hasattr(os, "geteuid") else path.lstat().st_size
            )
        except OSError:
            continue
    return total
