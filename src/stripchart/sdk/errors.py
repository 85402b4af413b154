"""The errors that a script may meet: at start, in strict mode, or where the contract names them."""

from __future__ import annotations

from pathlib import Path


class UsageError(RuntimeError):
    """Refuse a call that cannot be meant, such as a second task while one is open."""


class HomeError(OSError):
    """Refuse to start because the home cannot be written; says which setting to change."""


def home_error(error: OSError, home: Path) -> HomeError:
    """Say what kept the home from being written, and what to do."""
    reason = error.strerror or str(error)
    return HomeError(
        error.errno,
        f"cannot write in the home {str(home)!r} ({reason}): make room or allow writing there, or choose "
        "another folder with STRIPCHART_HOME (setting 'home')",
    )


class Closed(Exception):
    """Mark a report that came after its task was closed; never leaves the package."""
