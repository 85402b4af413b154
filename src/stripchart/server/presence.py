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

import httpx
import msgspec

from stripchart.server.schema import ServerInfo

FILE_NAME = "server.json"
LOCK_NAME = "server.lock"
_ASK_TIMEOUT_SEC = 2.0


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Name a running server: its address, the machine and process, and when it started."""

    address: str
    host: str
    pid: int
    started_us: int


class HomeUnusableError(RuntimeError):
    """Say why a home cannot be opened."""


class HomeInUseError(HomeUnusableError):
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


def find_running(home: Path) -> Presence | None:
    """Return the server that has the home open, if it answers; what a dead one left behind does not count."""
    presence = read_presence(home)
    if presence is None:
        return None
    try:
        answer = httpx.get(
            f"{presence.address}/api/v1/server", timeout=_ASK_TIMEOUT_SEC, trust_env=False
        )
        info = msgspec.json.decode(answer.content, type=ServerInfo)
    except (httpx.HTTPError, msgspec.DecodeError):
        return None
    same = info.pid == presence.pid and info.started_us == presence.started_us
    return presence if same else None


def describe_holder(home: Path) -> str:
    """Say who seems to have the home open."""
    presence = read_presence(home)
    if presence is None:
        return f"another process has {home} open (a command, or a server that is starting)"
    return (
        f"another process has {home} open: a server on {presence.host}, process "
        f"{presence.pid}, {presence.address}, which does not answer from here"
    )


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
