"""Credentials that a script gave in code, on their way to the recorder: through a named pipe, never over a disk.

The recorder does the uploads, in a process of its own that may be running already. The script makes a pipe in the
home (``run/<task>-<host>.keys``, mode 0600) and writes one line of JSON for each destination; the recorder holds what
it reads in memory, for as long as it lives. A pipe keeps nothing on the disk, is no argument of a process and no part
of its environment, and who is not its owner cannot open it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stripchart.settings import Settings

_FOLDER = "run"
_READ_BYTES = 1 << 16
_LONGEST_LINE_BYTES = 1 << 20


def pipe_path(home: Path, task_id: str, host: str) -> Path:
    """Return where the pipe of a task is on a host."""
    name = re.sub(r"[^\w.-]", "_", host) or "host"
    return home / _FOLDER / f"{task_id}-{name}.keys"


def make_pipe(path: Path) -> None:
    """Make the pipe, if it is not there.

    Raises:
        OSError: it cannot be made; on Windows there are none.
    """
    if not hasattr(os, "mkfifo"):
        raise OSError("this system has no named pipes")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mkfifo(path, 0o600)


def open_pipe(path: Path, flags: int) -> int | None:
    """Open the pipe without waiting; ``None`` where it, or somebody at its other end, is not there.

    What is no pipe, or is not ours alone, is not opened: secrets would be written to it.
    """
    try:
        fd = os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    status = os.fstat(fd)
    is_private = status.st_uid == os.geteuid() and not status.st_mode & 0o077
    if stat.S_ISFIFO(status.st_mode) and is_private:
        return fd
    os.close(fd)
    return None


def line_of(prefix: str, values: Mapping[str, Any]) -> bytes:
    """Return the line that hands over the credentials of a destination."""
    return json.dumps({"prefix": prefix, "values": dict(values)}).encode() + b"\n"


class Keyring:
    """Hold, in the recorder, the settings with the credentials that came. Not for several threads."""

    def __init__(self, task_id: str, host: str, settings: Settings) -> None:
        self.settings = settings
        self._path = pipe_path(settings.home, task_id, host)
        self._fd: int | None = None
        self._read = b""

    def is_wanted(self) -> bool:
        """Tell whether a script has made the pipe."""
        return self._fd is not None or self._path.exists()

    def look(self) -> bool:
        """Take what came, and say whether something did."""
        if self._fd is None:
            if not self._path.exists():
                return False
            self._fd = open_pipe(self._path, os.O_RDONLY)
        before = self.settings
        with contextlib.suppress(OSError):  # nothing there
            while self._fd is not None and (piece := os.read(self._fd, _READ_BYTES)):
                self._read += piece
        *lines, self._read = self._read.split(b"\n")
        self._read = self._read[-_LONGEST_LINE_BYTES:]
        for line in lines:
            self._take(line)
        return self.settings is not before

    def close(self) -> None:
        """Let go of the pipe and remove it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _take(self, line: bytes) -> None:
        # What does not fit is passed over without a word: a word might show it.
        with contextlib.suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            storage = self.settings.storage.given(told["prefix"], told["values"])
            if storage != self.settings.storage:
                self.settings = replace(self.settings, storage=storage)
