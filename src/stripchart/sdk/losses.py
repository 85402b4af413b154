"""Count what could not be kept, and say so: in the log, in the journal, at the end. Never in a flood.

A cause is told in the log once per line of the user's script; the journal gets a ``Noted`` record with the running
count at 1, 10, 100 … and when the task ends. What the journal cannot take is kept here until it can.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from stripchart.records import Noted, clean_text
from stripchart.sdk.errors import Closed

log = logging.getLogger("stripchart")

_MOST_PLACES = 200  # lines of the script told apart; past this a cause is told no more


@dataclass(slots=True)
class _Cause:
    message: str
    lost: bool
    count: int = 0
    written: int = 0  # the count that the journal has


class Losses:
    """Keep the counts of one process for one task. Safe in threads, and in a signal handler in the midst of a call."""

    def __init__(self, append: Callable[[Noted], None], *, strict: bool) -> None:
        self.strict = strict
        self._append = append
        self._causes: dict[str, _Cause] = {}
        self._told: set[tuple[str, str]] = set()
        self._untold: list[tuple[int, str]] = []
        self._lock = threading.RLock()

    def note(
        self,
        code: str,
        message: str,
        *,
        lost: bool = True,
        where: str = "",
        count: int = 1,
        tell_later: bool = False,
    ) -> None:
        """Count a loss (or, with ``lost`` false, a degradation) and tell of it as often as is bearable.

        With ``tell_later`` the log is told by the next note, or at the end: for callers that a log handler calls.
        That handler holds its lock; were we to wait for another's, whose thread waits for that one, both would hang.
        """
        message = clean_text(message)[:2000]
        with self._lock:
            cause = self._causes.setdefault(code, _Cause(f"{message}{_at(where)}", lost))
            before, cause.count = cause.count, cause.count + count
            if len(str(before)) < len(str(cause.count)) or before == 0:
                self._write(code, cause)
            first_here = (code, where) not in self._told and len(self._told) < _MOST_PLACES
            if first_here:
                self._told.add((code, where))
                self._untold.append((_level(lost), f"{message}{_at(where)}"))
        if not tell_later:
            self._tell()

    def _tell(self) -> None:
        with self._lock:
            untold, self._untold = self._untold, []
        for level, text in untold:
            log.log(level, "%s", text)

    def counts(self) -> dict[str, int]:
        """Return how often each cause occurred."""
        with self._lock:
            return {code: cause.count for code, cause in self._causes.items()}

    def settle(self) -> None:
        """Bring the journal's counts up to date; what it cannot take is told in the log, with the number."""
        with self._lock:
            behind = [(c, k) for c, k in self._causes.items() if k.written != k.count]
            for code, cause in behind:
                self._write(code, cause)
            unwritten = [(c, k) for c, k in behind if k.written != k.count]
        self._tell()
        for code, cause in unwritten:
            log.error("%d x %s could not be noted: %s", cause.count, code, cause.message)

    def _write(self, code: str, cause: _Cause) -> None:
        record = Noted(
            time_us=time.time_ns() // 1000,
            code=code,
            message=cause.message,
            count=cause.count,
            lost=cause.lost,
        )
        try:
            self._append(record)
        except (OSError, ValueError, Closed):
            return  # the count stays here, and is written when the journal takes it again
        cause.written = record.count


def _at(where: str) -> str:
    return f" (at {where})" if where else ""


def _level(lost: bool) -> int:
    return logging.ERROR if lost else logging.WARNING
