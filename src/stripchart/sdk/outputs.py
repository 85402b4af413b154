"""Where the files of a task go: its destination for artifacts, and credentials given in code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.sdk.held import Held

if TYPE_CHECKING:
    from stripchart.settings import Settings

Destination = str | bool | os.PathLike[str] | None


class Outputs(Held):
    """Choose and tell where artifacts go."""

    _destination: str  # empty for the task's own folder

    @property
    def output_uri(self) -> str:
        """Return where artifacts go, a URI; empty for the task's own folder.

        It is set to a URI, a folder, True or None (the setting) or False (the task's own folder); a destination that
        cannot be written is refused with ``ValueError``.
        """
        return self._destination

    @output_uri.setter
    def output_uri(self, uri: Destination) -> None:
        self._destination = checked_destination(uri, self._session.settings)

    @property
    def storage_uri(self) -> str:
        """Return where artifacts go; the same as ``output_uri``."""
        return self._destination

    @storage_uri.setter
    def storage_uri(self, uri: Destination) -> None:
        self.output_uri = uri

    def get_output_destination(self, extra_path: str | None = None, **kwargs: Any) -> str:
        """Return where artifacts go: the destination, or the task's own folder."""
        place = self._destination or str(self._session.task_dir / "artifacts")
        return f"{place.rstrip('/')}/{extra_path}" if extra_path else place

    @property
    def cache_dir(self) -> Path:
        """Return the folder in which fetched files are kept."""
        return self._session.settings.home / "cache"


def checked_destination(uri: Destination, settings: Settings) -> str:
    """Return a destination in its normal form, after a small file was written there as a test.

    Raises:
        ValueError: it is none, or cannot be written; says why.
        OSError: it does not answer.
    """
    if uri is False:
        return ""
    if uri is None or uri is True:
        uri = settings.artifact_destination
        if not uri:
            return ""
    from stripchart.blobs import open_destination

    destination = open_destination(os.fspath(uri), settings)
    destination.check()
    return destination.uri
