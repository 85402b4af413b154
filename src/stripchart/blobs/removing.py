"""Remove what the recorder of a task has stored at a destination, and nothing else that lies there."""

from __future__ import annotations

from stripchart.blobs.destination import DestinationError
from stripchart.blobs.open import open_destination
from stripchart.blobs.served import uploaded_key
from stripchart.settings import Settings

_UPLOADS = "uploads/files"  # of a home, as its server keeps them


def remove_stored(settings: Settings, task_id: str, destination: str, url: str) -> None:
    """Remove a file of a task by the URL that it got when it was stored.

    What was uploaded to the server of this home is removed from its folder, whatever the server was called then.

    Raises:
        DestinationError: it is not the task's, or the destination refuses. Unreachable: that does not answer.
        OSError: it cannot be removed. ImportError: the client of that cloud is not installed.
    """
    key, uploads = uploaded_key(url), settings.home / _UPLOADS
    # Not through the server's own API: `stripchart gc` does this where its packages are not installed.
    is_here = key is not None and (uploads / key).is_file()
    opened = open_destination(str(uploads) if is_here else destination, settings)
    if not is_here:
        key = opened.key_of(url)
    # A record is untrusted: only a key that we made, which names the task, is removed.
    if key is None or f".{task_id}/" not in key:
        raise DestinationError("it is not below the task's folder at its destination")
    opened.delete(key)
