"""Close in order the journals that this process has opened in tasks that are not its own."""

from __future__ import annotations

import atexit
import contextlib

from stripchart.sdk.session import Session

_sessions: list[Session] = []


def close_at_exit(session: Session) -> None:
    """Have a session closed when the process exits."""
    if not _sessions:
        atexit.register(_close_all)
    _sessions.append(session)


def _close_all() -> None:
    for session in _sessions:
        with contextlib.suppress(OSError):
            session.close()
    _sessions.clear()
