"""The spool of a task: where bytes wait for the recorder, one file for each sample or artifact.

A file is complete before the record that names it is written; one without a record is nobody's and is swept up.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = "spool"
_CHUNK_BYTES = 1 << 20


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
