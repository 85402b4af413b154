"""What is set up around the training while its task is open, and taken down when it ends.

Nothing here is needed to keep a point: whatever of it fails is noted, and the training goes on.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from stripchart.records import StatusChanged, clean_text
from stripchart.sdk import endings, guard
from stripchart.sdk.console import Console
from stripchart.sdk.launch import start_recorder
from stripchart.sdk.session import Session, now_us

if TYPE_CHECKING:
    from stripchart.sdk.endings import Ending

TASK_VARIABLE, ATTEMPT_VARIABLE = "STRIPCHART_TASK_ID", "STRIPCHART_ATTEMPT"
_HOME_VARIABLE = "STRIPCHART_HOME"


class Running:
    """Hold what surrounds the open task of the process that owns its attempt."""

    def __init__(self, session: Session, console: Console, streams: frozenset[str]) -> None:
        self._session = session
        self.console = console
        self._streams = streams
        self._environment: dict[str, str | None] = {}
        self._said = False  # the task's own word on its status stands in the journal

    def begin(self) -> None:
        """Set everything up."""
        session = self._session
        endings.watch(self._on_exception, self._on_exit)
        self._attempt("last-words", lambda: endings.last_words.begin(session.task_dir))
        self._attempt("environment", self._export)
        self._attempt("console", lambda: self.console.connect(self._streams))
        if session.settings.recorder:
            self._attempt("recorder", self._start_recorder)

    def _start_recorder(self) -> None:
        session = self._session
        try:
            start_recorder(session.task_dir, attempt=session.attempt)
        except OSError as error:
            message = f"the recorder did not start, so machine load and the cause of a death go unrecorded: {error}"
            session.losses.note("recorder", message, lost=False)

    def _attempt(self, code: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - handed to the guard
            guard.handle(error, self._session.losses, code, lost=False)

    def _export(self) -> None:
        session = self._session
        for name, value in (
            (TASK_VARIABLE, session.task_id),
            (ATTEMPT_VARIABLE, str(session.attempt)),
            (_HOME_VARIABLE, str(session.settings.home)),
        ):
            self._environment[name] = os.environ.get(name)
            os.environ[name] = value

    def _restore(self) -> None:
        for name, before in self._environment.items():
            if before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = before

    def say(self, ending: Ending) -> None:
        """Write down a status of the task.

        Raises:
            Closed, OSError: it cannot be kept.
        """
        session = self._session
        session.append(
            StatusChanged(
                time_us=now_us(),
                attempt=session.attempt,
                status=ending.status,
                reason=clean_text(ending.reason),
                message=clean_text(ending.message),
                exit_code=ending.exit_code,
                observed=not ending.sure,
            )
        )
        self._said = self._said or ending.sure

    def _on_exception(self, ending: Ending) -> None:
        if self._is_owner():
            self._attempt("status", lambda: self.say(ending))

    def _on_exit(self, ending: Ending) -> None:
        self._attempt("console", self.console.disconnect)
        if self._is_owner() and not self._said:
            self._attempt("status", lambda: self.say(ending))
        self._attempt("close", self._session.close)

    def _is_owner(self) -> bool:
        return self._session.pid == os.getpid() and not self._session.is_fork

    def end(self, ending: Ending) -> None:
        """Take everything down and close the journal; the process goes on."""
        self._attempt("console", self.console.disconnect)
        if self._is_owner():
            if not self._said:
                self._attempt("status", lambda: self.say(ending))
            self._attempt("last-words", endings.last_words.end)
        self._attempt("environment", self._restore)
        endings.unwatch(self._on_exception, self._on_exit)
        self._attempt("close", self._session.close)


def announce(session: Session, *, is_new: bool) -> None:
    """Print the one line that says which task this is and how to see it.

    It goes to stderr: what a script prints on stdout may be another program's input.
    """
    if sys.stderr is None:
        return
    kind = "task" if is_new else f"attempt {session.attempt} of task"
    with contextlib.suppress(OSError, ValueError):  # stderr is closed
        sys.stderr.write(f"Stripchart: {kind} {session.task_id}, to be seen with: stripchart ui\n")
