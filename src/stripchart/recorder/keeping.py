"""Look after the journals of this host: seal what is new, bring it to the disk, compress what is finished."""

from __future__ import annotations

import time
from pathlib import Path

from stripchart.journal.format import list_segments
from stripchart.journal.sealing import compress, compressible, seal, sync
from stripchart.recorder.troubles import Troubles

_FIRST_RETRY_SEC, _LAST_RETRY_SEC = 1.0, 60.0


class Kept:
    """Look after one writer's folder; each step survives its errors and waits before it tries again."""

    def __init__(self, directory: Path, troubles: Troubles) -> None:
        self.directory = directory
        self.over = False  # nothing is written to it any more
        self._troubles = troubles
        self._gone = False  # and its process neither
        self._refused: set[str] = (
            set()
        )  # segments that cannot be compressed, for a hole or for damage
        self._retry_at = 0.0
        self._retry_sec = _FIRST_RETRY_SEC

    def seal(self) -> None:
        """Write checksums over the points that are new."""
        if self._waits():
            return
        try:
            seal(self.directory)
            self._retry_sec = _FIRST_RETRY_SEC
        except (OSError, ValueError) as error:
            self._failed("sealing_waits", error)

    def sync(self) -> None:
        """Force what the page cache holds to the disk."""
        if self._waits():
            return
        try:
            sync(self.directory)
        except (OSError, ValueError) as error:
            self._failed("sync_waits", error)

    def compress_one(self) -> bool:
        """Compress one finished segment; say whether there was one."""
        if self._waits():
            return False
        try:
            for name in compressible(self.directory, ended=self._gone):
                if name not in self._refused:
                    if not compress(self.directory, name, ended=self._gone):
                        self._refused.add(name)
                    return True
        except (OSError, ValueError) as error:
            self._failed("compression_waits", error)
        return False

    def end(self, *, process_gone: bool) -> None:
        """Take note that the writer has ended; what was refused while it lived is tried once more."""
        self.over = True
        if process_gone and not self._gone:
            self._gone = True
            self._refused.clear()

    def done(self) -> bool:
        """Say whether nothing is left to compress of a writer that has ended."""
        try:
            streams = list_segments(self.directory).values()
        except OSError:
            return True
        raw = {segment.name for stream in streams for segment in stream if not segment.packed}
        return raw <= self._refused

    def size_bytes(self) -> int:
        """Return the size of the journal on disk."""
        try:
            return sum(path.stat().st_size for path in self.directory.iterdir())
        except OSError:
            return 0

    def _waits(self) -> bool:
        return time.monotonic() < self._retry_at

    def _failed(self, code: str, error: Exception) -> None:
        self._troubles.caught(code, error)
        self._retry_at = time.monotonic() + self._retry_sec
        self._retry_sec = min(2 * self._retry_sec, _LAST_RETRY_SEC)
