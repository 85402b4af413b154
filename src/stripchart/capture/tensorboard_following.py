"""Follow an event file that grows.

Format, of TensorFlow's ``record_writer.h``: each record is its length (8 bytes, little endian), 4 bytes of checksum
of that, the event, 4 bytes of checksum of the event. A record that is not complete is read the next time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_LENGTH = struct.Struct("<QI")
_CHECKSUM_BYTES = 4


class Follower:
    """Read what is appended to an event file after this was made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = path.stat().st_size

    def read(self) -> Iterator[bytes]:
        """Yield the serialised events that are new, each once."""
        with open(self._path, "rb") as file:
            file.seek(self._at)
            while True:
                head = file.read(_LENGTH.size)
                if len(head) < _LENGTH.size:
                    return
                size, _ = _LENGTH.unpack(head)
                data = file.read(size + _CHECKSUM_BYTES)
                if len(data) < size + _CHECKSUM_BYTES:
                    return
                self._at += len(head) + len(data)
                yield data[:size]
