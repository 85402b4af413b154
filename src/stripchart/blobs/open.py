"""Open a destination by its URI."""

from __future__ import annotations

from stripchart.blobs.destination import Destination
from stripchart.blobs.folder import Folder
from stripchart.blobs.location import locate
from stripchart.settings import Settings


def open_destination(uri: str, settings: Settings) -> Destination:
    """Open a folder, ``file://``, a Stripchart server, ``s3://``, ``gs://`` or ``azure://``; nothing is asked yet.

    Raises:
        DestinationError: there is no such kind, its client is not installed, or credentials do not fit.
    """
    location = locate(uri)
    if location.scheme == "file":
        return Folder(location.folder)
    if location.scheme in ("http", "https"):
        from stripchart.blobs.served import Served

        return Served(location, settings)
    from stripchart.blobs.cloud import Bucket

    return Bucket(location, settings)
