"""Hand credentials that the script gave to the recorder of this host, to each one that comes while the task is open.

See ``blobs.keyring`` for the way that they take. A thread does it, which there is only where credentials were given.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Mapping
from typing import Any

from stripchart.blobs.keyring import line_of, make_pipe, open_pipe, pipe_path
from stripchart.sdk.session import Session, host_name

_LOOK_EVERY_SEC = 0.1
_PATIENCE_SEC = 15.0  # a recorder that was just started is not there at once


class HandingOver:
    """Hold the credentials of one task in this process."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._path = pipe_path(session.settings.home, session.task_id, host_name())
        self._lines: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._delivered = threading.Event()
        self._pid = 0  # whose thread is at work

    def give(self, prefix: str, values: Mapping[str, Any]) -> bool:
        """Hand over the credentials of a destination; say whether a recorder has been given them by now.

        Raises:
            OSError: there is no such way on this system, or in this home.
        """
        make_pipe(self._path)
        with self._lock:
            self._lines[prefix] = line_of(prefix, values)
            self._delivered.clear()
        if self._pid != os.getpid():  # also in a fork, which has no thread of its parent's
            self._pid = os.getpid()
            threading.Thread(target=self._run, name="stripchart-keys", daemon=True).start()
        return self._delivered.wait(_PATIENCE_SEC)

    def _run(self) -> None:
        fd: int | None = None
        while not self._session.closed:
            if fd is None and (fd := open_pipe(self._path, os.O_WRONLY)) is not None:
                self._delivered.clear()  # another recorder than before
            if fd is not None and not self._delivered.is_set() and not self._write(fd):
                fd = None
            if fd is not None and _has_gone(fd):
                os.close(fd)
                fd = None
            time.sleep(_LOOK_EVERY_SEC)
        if fd is not None:
            os.close(fd)

    def _write(self, fd: int) -> bool:
        """Write all lines; say whether somebody was there to the end. Otherwise the pipe is closed."""
        with self._lock:
            data = b"".join(self._lines.values())
            try:
                while data:
                    with contextlib.suppress(BlockingIOError):
                        data = data[os.write(fd, data) :]
            except OSError:
                os.close(fd)
                return False
            self._delivered.set()
            return True


def _has_gone(fd: int) -> bool:
    """Tell whether nobody reads a pipe any more, where the system tells."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(fd, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))
