"""What goes wrong inside the recorder: counted, told once per cause, and bounded on disk.

Goes to ``recorder.log`` in the task's folder and, as ``Noted`` records, to the recorder's journal as
soon as that takes records again. Nothing here raises.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from stripchart.records import Noted, Record

LOG_NAME = "recorder.log"
_LOG_BYTES = 256 << 10
_KEPT_BYTES = 64 << 10


class Troubles:
    """Count troubles by code; write each to the log when its count is a power of two."""

    def __init__(self, task_dir: Path) -> None:
        self._path = task_dir / LOG_NAME
        self._counts: dict[str, int] = {}
        self._untold: dict[str, Noted] = {}

    def note(self, code: str, message: str, *, lost: bool = False, detail: str = "") -> None:
        """Count a trouble; ``message`` is for the user, ``detail`` for the log alone."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count & (count - 1):
            return
        self._untold[code] = Noted(
            time_us=time.time_ns() // 1000, code=code, message=message, count=count, lost=lost
        )
        self._log(f"{code} ({count}x): {message}\n{detail}")

    def caught(self, code: str, error: BaseException) -> None:
        """Count an error that was survived."""
        message = f"the recorder worked around {type(error).__name__}: {error}"
        self.note(code, message, detail="".join(traceback.format_exception(error)))

    def messages(self) -> tuple[str, ...]:
        """Return what the journal has not been told."""
        return tuple(noted.message for noted in self._untold.values())

    def tell(self, append: Callable[[Record], None]) -> None:
        """Append what the journal has not been told; what it refuses is kept for the next time."""
        for code, noted in list(self._untold.items()):
            try:
                append(noted)
            except (OSError, ValueError):
                return
            del self._untold[code]

    def _log(self, text: str) -> None:
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            self._shorten()
            with open(self._path, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{stamp} [{os.getpid()}] {text.rstrip()}\n")
        except OSError:
            pass  # the log is a help, the count is kept

    def _shorten(self) -> None:
        if not self._path.exists() or self._path.stat().st_size < _LOG_BYTES:
            return
        with open(self._path, "rb") as file:
            file.seek(-_KEPT_BYTES, os.SEEK_END)
            tail = file.read()
        self._path.write_bytes(b"[earlier lines were dropped]\n" + tail[tail.find(b"\n") + 1 :])
