"""``server.json`` in the home says which server has it open; ``server.lock`` makes sure that it is one.

The lock is held by the system for as long as the process lives, so a killed server leaves nothing to clean up. The
file may then be left over; whoever reads it asks whether its server still answers for this home.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

import msgspec

FILE_NAME = "server.json"
LOCK_NAME = "server.lock"


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Name a running server: its address, the machine and process, and when it started."""

    address: str
    host: str
    pid: int
    started_us: int


class HomeInUseError(RuntimeError):
    """Say that another process has the home open."""


def write_presence(home: Path, presence: Presence) -> None:
    """Write ``server.json`` in one step, so that nobody reads half of it."""
    handle, name = tempfile.mkstemp(dir=home, prefix=".server-", suffix=".json")
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(presence), indent=2) + b"\n")
    Path(name).replace(home / FILE_NAME)


def read_presence(home: Path) -> Presence | None:
    """Return what ``server.json`` says, ``None`` where there is none that can be read."""
    try:
        return msgspec.json.decode((home / FILE_NAME).read_bytes(), type=Presence)
    except (OSError, msgspec.DecodeError):
        return None


def remove_presence(home: Path, presence: Presence) -> None:
    """Remove ``server.json`` if it is still ours."""
    if read_presence(home) == presence:
        (home / FILE_NAME).unlink(missing_ok=True)


class HomeLock:
    """Hold the home for one process; released by ``release`` or by the end of the process."""

    def __init__(self, home: Path) -> None:
        """Take the lock.

        Raises:
            HomeInUseError: another process holds it.
            OSError: the home cannot be written.
        """
        self._file: BinaryIO | None = open(home / LOCK_NAME, "a+b")  # noqa: SIM115 - held for life
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            self._file = None
            raise HomeInUseError(f"another process has {home} open") from None

    def release(self) -> None:
        """Give the home free."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
