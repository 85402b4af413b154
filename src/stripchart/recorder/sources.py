"""The bytes that a sample or artifact is made from: a file of the spool, or one of the user's."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

SPOOL = "spool"
PACK = "pack-"  # files of the spool that hold the pixels of many samples; locked by whoever writes to them
_CHUNK_BYTES = 1 << 20
_KEEP_IT = "keep a file until it is stored (flush(wait_for_uploads=True) waits for that), or report what is in it"


class Missing(ValueError):
    """Say that the bytes are not there, or are none of a file; trying again will not help."""


class Source:
    """Name a file and who owns it."""

    def __init__(self, task_dir: Path, path: str) -> None:
        """Find the file.

        Raises:
            Missing: it cannot be read, or lies neither in the spool nor at an absolute path.
        """
        pure = PurePosixPath(path)
        self.is_spooled = pure.parts[:1] == (SPOOL,) and ".." not in pure.parts
        self.path = task_dir / path if self.is_spooled else Path(path)
        if not path or not self.path.is_absolute():
            raise Missing(f"{path!r} names no file")
        try:
            if not self.path.is_file():
                raise Missing(f"there is no file {path}: {_KEEP_IT}")
            with open(self.path, "rb") as file:
                status = os.fstat(file.fileno())
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror}; the recorder has the rights of who runs the script"
            raise Missing(message) from error
        self.size_bytes = status.st_size
        self.changed_us = status.st_mtime_ns // 1000

    def is_as_it_was(self) -> bool:
        """Tell whether nobody has written to the file since it was found; to one of the spool nobody does."""
        if self.is_spooled:
            return True
        try:
            status = self.path.stat()
        except OSError:
            return True  # removed: what was read of it is what it was
        return (status.st_size, status.st_mtime_ns // 1000) == (self.size_bytes, self.changed_us)

    def digest(self) -> str:
        """Return the SHA-256 of the content."""
        with open(self.path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def dispose(self, *, of_users: bool) -> None:
        """Remove the file, now that its content is stored; one of the user's if that is asked for, and it is that."""
        is_shared = self.is_spooled and self.path.name.startswith(PACK)
        if (self.is_spooled and not is_shared) or (of_users and self.is_as_it_was()):
            with contextlib.suppress(OSError):
                self.path.unlink()


def remove_packs(task_dir: Path, host: str | None, named: Callable[[], set[str]]) -> None:
    """Remove the packs of a host, or of all, that nobody writes to any more and nothing names.

    ``named`` is asked while a pack is locked: its writer has appended all its records then.
    """
    try:
        prefix = PACK if host is None else f"{PACK}{re.sub(r'[^A-Za-z0-9.]', '_', host)}-"
        names = [name for name in os.listdir(task_dir / SPOOL) if name.startswith(prefix)]  # noqa: PTH208
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError), open(task_dir / SPOOL / name, "rb") as file:
            if lock_alone(file.fileno()) and f"{SPOOL}/{name}" not in named():
                (task_dir / SPOOL / name).unlink()


def lock_alone(fd: int) -> bool:
    """Lock a file that nobody else has locked; say whether that was so."""
    if sys.platform == "win32":
        return False  # no packs are written there
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sweep(task_dir: Path, named: set[str], older_than: float) -> int:
    """Remove files of the spool that nothing names, left by a process that was killed in between; count them."""
    removed = 0
    try:
        entries = list(os.scandir(task_dir / SPOOL))
    except OSError:
        return 0
    for entry in entries:
        with contextlib.suppress(OSError):
            is_old = entry.is_file() and entry.stat().st_mtime < older_than
            is_pack = entry.name.startswith(PACK)
            if is_old and not is_pack and f"{SPOOL}/{entry.name}" not in named:
                Path(entry.path).unlink()
                removed += 1
    return removed
