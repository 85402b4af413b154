"""Destinations as the uploads use them: opened once, left alone for a while after a failure, told of once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from stripchart.blobs import Destination, DestinationError, Unreachable, open_destination
from stripchart.blobs.folder import Folder
from stripchart.recorder.troubles import Troubles
from stripchart.settings import Settings

_FIRST_RETRY_SEC, _LAST_RETRY_SEC = 1.0, 60.0


class Shut(Exception):
    """Say that a destination failed; what was to go there waits."""


class Door:
    """Hold one destination and the time from which on it is tried again. Safe in threads."""

    def __init__(self, uri: str, task_dir: Path, settings: Settings, troubles: Troubles) -> None:
        self.is_own = not uri
        self._uri, self._task_dir, self._settings = uri, task_dir, settings
        self._troubles = troubles
        self._destination: Destination | None = None
        self._lock = threading.Lock()
        self._retry_at = 0.0
        self._retry_sec = _FIRST_RETRY_SEC

    def renew(self, settings: Settings) -> None:
        """Open the destination anew, with other credentials, at the next call."""
        with self._lock:
            self._settings = settings
            self._destination = None
            self._retry_at, self._retry_sec = 0.0, _FIRST_RETRY_SEC

    def is_open(self) -> bool:
        """Tell whether it is time to try."""
        return time.monotonic() >= self._retry_at

    def put(self, key: str, path: Path) -> str:
        """Store a file; return its URL, in the task's own folder relative to that.

        Raises:
            Shut: it could not be stored now.
        """
        try:
            url = self._opened().put(key, path)
        except (DestinationError, Unreachable) as error:
            raise self.failed(error) from error
        self._retry_sec = _FIRST_RETRY_SEC
        return key if self.is_own else url

    def url(self, key: str) -> str:
        """Return the URL at which ``put`` will store a key.

        Raises:
            Shut: the destination cannot be opened now.
        """
        if self.is_own:
            return key
        try:
            return self._opened().url(key)
        except (DestinationError, Unreachable) as error:
            raise self.failed(error) from error

    def delete(self, url: str) -> None:
        """Remove what lies at a URL that ``put`` returned.

        Raises:
            Shut: it could not be removed now.
        """
        try:
            destination = self._opened()
            key = url if self.is_own else destination.key_of(url)
            if key is not None:
                destination.delete(key)
        except (DestinationError, Unreachable) as error:
            raise self.failed(error) from error

    def failed(self, error: Exception) -> Shut:
        """Close the door for a while; tell it once for each outage."""
        with self._lock:
            if self._retry_sec == _FIRST_RETRY_SEC:
                where = "the task's folder" if self.is_own else self._uri
                self._troubles.note(
                    "uploads_wait", f"{where} does not take files now, they wait: {error}"
                )
            if self.is_open():
                self._retry_at = time.monotonic() + self._retry_sec
                self._retry_sec = min(2 * self._retry_sec, _LAST_RETRY_SEC)
        return Shut(str(error))

    def _opened(self) -> Destination:
        with self._lock:
            if self._destination is None:
                if self.is_own:
                    self._destination = Folder(self._task_dir)
                else:
                    self._destination = open_destination(self._uri, self._settings)
            return self._destination
