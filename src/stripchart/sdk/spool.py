"""The spool of a task: where bytes wait for the recorder.

A sample or artifact has a file of its own, or its place in a *pack*: to make a file costs as much as to write ten
images of 256 x 256. What a record names is complete before the record is written; what no record names is nobody's
and is swept up.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = "spool"
_CHUNK_BYTES = 1 << 20
_PACK_BYTES = 32 << 20  # a pack that has grown to this is followed by another
_PACKED_AT_MOST = 4 << 20  # bytes of one image; a larger one has a file of its own


def keep(task_dir: Path, name: str, pieces: Iterable[Any]) -> str:
    """Write pieces of bytes to a new file of the spool; return its path, relative to the task's folder.

    Raises:
        OSError: they could not be kept; nothing is left behind.
    """
    path = f"{task_dir}/{FOLDER}/{name}"
    fd = _create(path)
    try:
        try:
            for piece in pieces:
                _write(fd, piece)
        finally:
            os.close(fd)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - no Path is made on the way of a report
        raise
    return f"{FOLDER}/{name}"


def make(task_dir: Path) -> None:
    """Make the folder of the spool: where there is one, the recorder looks for what waits.

    Raises:
        OSError: it cannot be made; that of a task that was removed is not.
    """
    (task_dir / FOLDER).mkdir(exist_ok=True)


def pieces_of(file: Any) -> Iterable[bytes]:
    """Yield what a file object gives, as bytes; text as UTF-8."""
    while True:
        piece = file.read(_CHUNK_BYTES)
        if not piece:
            return
        yield piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece


def discard(task_dir: Path, relative: str) -> None:
    """Remove a file of the spool that no record names."""
    with contextlib.suppress(OSError):
        (task_dir / relative).unlink()


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        make(Path(path).parents[1])
        return os.open(path, flags, 0o644)


def _write(fd: int, data: Any) -> None:
    written = os.write(fd, data)
    size = memoryview(data).nbytes
    while written < size:
        written += os.write(fd, memoryview(data)[written:])


class Place:
    """Name bytes in the spool; their pack is not removed while this is held."""

    __slots__ = ("_pack", "offset", "path")

    def __init__(self, path: str, offset: int = 0, pack: _Pack | None = None) -> None:
        self.path, self.offset, self._pack = path, offset, pack

    def discard(self, task_dir: Path) -> None:
        """Remove the bytes, which no record names; in a pack they stay until all of it goes."""
        if self._pack is None:
            discard(task_dir, self.path)


class Packs:
    """Write the packs of one process. Safe in threads; after a fork the child makes its own."""

    def __init__(self, task_dir: Path, host: str) -> None:
        self._task_dir = task_dir
        # Of a pack's lock other hosts may see nothing, so that its name says whose it is.
        self._prefix = f"pack-{re.sub(r'[^A-Za-z0-9.]', '_', host)}-"
        self._lock = threading.RLock()
        self._pack: _Pack | None = None

    def keep(self, name: str, data: Any, size: int) -> Place:
        """Write bytes into the open pack, or to a file of their own where they are many or packs do not work.

        Raises:
            OSError: they could not be kept.
        """
        pack = None if size > _PACKED_AT_MOST else self._open(name)
        if pack is None:
            return Place(keep(self._task_dir, name, (data,)))
        with self._lock:
            offset, pack.end = pack.end, pack.end + size
        written = os.pwrite(pack.fd, data, offset)
        while written < size:
            written += os.pwrite(pack.fd, memoryview(data)[written:], offset + written)
        return Place(pack.path, offset, pack)

    def close(self) -> None:
        """Let go of the open pack: at the end, and in a forked child."""
        self._lock = threading.RLock()  # another thread of the parent may have held it
        self._pack = None

    def _open(self, name: str) -> _Pack | None:
        with self._lock:
            if self._pack is None or self._pack.end >= _PACK_BYTES:
                self._pack = _open_pack(self._task_dir, f"{self._prefix}{name}")
            return self._pack


class _Pack:
    """Hold the descriptor of a pack, and with it the lock that keeps it from being removed."""

    def __init__(self, path: str, fd: int) -> None:
        self.path, self.fd, self.end = path, fd, 0

    def __del__(self) -> None:
        os.close(self.fd)


def _open_pack(task_dir: Path, name: str) -> _Pack | None:
    """Make a pack, lock it and reserve its blocks; ``None`` where the system does not lock or reserve."""
    if sys.platform == "win32" or not hasattr(os, "posix_fallocate"):
        return None
    import fcntl

    path = f"{FOLDER}/{name}"
    pack = _Pack(path, _create(f"{task_dir}/{path}"))
    try:
        fcntl.flock(pack.fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        # A third of the time of each write, and a full disk is found here: then each image tries on its own.
        os.posix_fallocate(pack.fd, 0, _PACK_BYTES)
        if os.fstat(pack.fd).st_nlink:  # or the recorder came upon it before it was locked
            return pack
    except OSError:
        pass
    discard(task_dir, path)
    return None
