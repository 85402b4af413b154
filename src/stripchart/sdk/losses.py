"""Count what could not be kept, and say so: in the log, in the journal, at the end. Never in a flood.

What is lost for different reasons, or at different lines of the script, has a count and a message each; past a bound
they are counted together. A cause is told in the log once; the journal gets a ``Noted`` record with the running count
at 1, 10, 100 … and when the task ends. What the journal cannot take is kept here until it can.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from stripchart.records import Noted, clean_text, code_of
from stripchart.sdk.errors import Closed

log = logging.getLogger("stripchart")

MOST_CAUSES = 50  # told apart; what comes after them is one more
OTHERS = "others"


@dataclass(slots=True)
class _Cause:
    code: str
    number: int  # of this code: the first, second …
    message: str
    lost: bool
    count: int = 0
    written: int = 0  # the count that the journal has


class Losses:
    """Keep the counts of one process for one task. Safe in threads, and in a signal handler in the midst of a call."""

    def __init__(self, append: Callable[[Noted], None], *, strict: bool) -> None:
        self.strict = strict
        self._append = append
        self._causes: dict[tuple[str, str, str], _Cause] = {}
        self._untold: list[tuple[int, str]] = []
        self._lock = threading.RLock()

    def note(
        self,
        code: str,
        message: str,
        *,
        lost: bool = True,
        where: str = "",
        reason: str = "",
        count: int = 1,
        tell_later: bool = False,
    ) -> None:
        """Count a loss (or, with ``lost`` false, a degradation) and tell of it as often as is bearable.

        ``reason`` tells causes of one ``code`` apart, and so does ``where``, the line of the script.

        With ``tell_later`` the log is told by the next note, or at the end: for callers that a log handler calls.
        That handler holds its lock; were we to wait for another's, whose thread waits for that one, both would hang.
        """
        message = clean_text(message)[:2000]
        with self._lock:
            cause = self._cause(code, f"{message}{_at(where)}", lost, (reason, where))
            before, cause.count = cause.count, cause.count + count
            if len(str(before)) < len(str(cause.count)) or before == 0:
                self._write(cause)
            if before == 0:
                self._untold.append((_level(lost), cause.message))
        if not tell_later:
            self._tell()

    def _cause(self, code: str, message: str, lost: bool, kind: tuple[str, str]) -> _Cause:
        key = (code, *kind)
        if key not in self._causes and len(self._causes) >= MOST_CAUSES:
            key = (OTHERS, "lost" if lost else "degraded", "")
            what = "lost" if lost else "not kept as reported"
            code, message = OTHERS, f"more was {what}, for other reasons or at other lines"
        if key not in self._causes:
            number = 1 + sum(cause.code == code for cause in self._causes.values())
            self._causes[key] = _Cause(code, number, message, lost)
        return self._causes[key]

    def _tell(self) -> None:
        with self._lock:
            untold, self._untold = self._untold, []
        for level, text in untold:
            log.log(level, "Stripchart: %s", text)

    def counts(self) -> dict[str, int]:
        """Return how often each code was noted."""
        counts: dict[str, int] = {}
        with self._lock:
            for cause in self._causes.values():
                counts[cause.code] = counts.get(cause.code, 0) + cause.count
        return counts

    def settle(self) -> None:
        """Bring the journal's counts up to date; what it cannot take is told in the log, with the number."""
        with self._lock:
            behind = [cause for cause in self._causes.values() if cause.written != cause.count]
            for cause in behind:
                self._write(cause)
            unwritten = [cause for cause in behind if cause.written != cause.count]
        self._tell()
        for cause in unwritten:
            log.error(
                "Stripchart: %d x %s could not be noted: %s", cause.count, cause.code, cause.message
            )

    def _write(self, cause: _Cause) -> None:
        record = Noted(
            time_us=time.time_ns() // 1000,
            code=code_of(cause.code, cause.number),
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
