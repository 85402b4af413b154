"""The contract of a destination, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class DestinationError(ValueError):
    """Refuse a destination or a key; trying again will not help. Says why, without any secret."""


class Unreachable(OSError):
    """Say that a destination does not answer, or not well; trying again later may help."""


def require_size(key: str, size_bytes: int, most_bytes: int | None) -> None:
    """Check that a file is no larger than is taken.

    Raises:
        DestinationError: it is.
    """
    if most_bytes is not None and size_bytes > most_bytes:
        raise DestinationError(f"{key} has {size_bytes} bytes, more than the {most_bytes} taken")


class Destination(Protocol):
    """Keep files by key below one URI.

    A key is a relative path with ``/`` between its parts; see ``blobs.keys``. Every call may be made again: ``put``
    replaces, and a ``put`` that was cut short leaves the earlier file or none, ``delete`` of what is not there is
    no error. All calls raise ``Unreachable`` where trying again may help, ``DestinationError`` where it will not.
    """

    @property
    def uri(self) -> str:
        """Return the URI in its normal form, without secrets."""

    def put(self, key: str, path: Path) -> str:
        """Store a file and return the URL of what was stored; it is durable then."""

    def get(self, key: str, path: Path, *, most_bytes: int | None = None) -> None:
        """Fetch a file to ``path``; one that is not there raises FileNotFoundError, a larger one DestinationError."""

    def delete(self, key: str) -> None:
        """Remove a file."""

    def list(self, prefix: str = "") -> list[str]:
        """Return the keys that begin with the folder ``prefix``, sorted."""

    def url(self, key: str) -> str:
        """Return the URL of a key."""

    def key_of(self, url: str) -> str | None:
        """Return the key of a URL, ``None`` if it does not lie here."""

    def check(self) -> None:
        """Write a small file and remove it, as a test."""
