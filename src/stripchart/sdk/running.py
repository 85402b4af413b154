"""What is set up around the training while its task is open, and taken down when it ends.

Nothing here is needed to keep a point: whatever of it fails is noted, and the training goes on.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from stripchart.records import StatusChanged, clean_text
from stripchart.sdk import children, endings, guard
from stripchart.sdk.capturing import Choice
from stripchart.sdk.console import Console
from stripchart.sdk.launch import (
    ask_to_watch,
    is_recorded_here,
    start_recorder,
    was_recorder_killed,
)
from stripchart.sdk.monitoring import Monitoring
from stripchart.sdk.session import Session, host_name, now_us, rank_of

if TYPE_CHECKING:
    from stripchart.sdk.endings import Ending

TASK_VARIABLE, ATTEMPT_VARIABLE = "STRIPCHART_TASK_ID", "STRIPCHART_ATTEMPT"
CAPTURE_VARIABLE = "STRIPCHART_TASK_CAPTURE"  # what is captured of libraries, as JSON, for children
STREAMS_VARIABLE = "STRIPCHART_TASK_STREAMS"  # what of the console is captured, for children
_HOME_VARIABLE = "STRIPCHART_HOME"


class Running:
    """Hold what surrounds the open task in the process that owns its attempt, or in a rank of that launch."""

    def __init__(
        self,
        session: Session,
        console: Console,
        streams: frozenset[str],
        monitoring: Monitoring | None = None,
        *,
        capture: Choice | None = None,
        is_first: bool = True,
        of_launch: bool = False,
    ) -> None:
        self._session = session
        self._of_launch = of_launch  # other ranks have a say in how it ends
        self._is_first = is_first  # the rank whose word says how the task ends
        self._monitoring = monitoring or Monitoring()
        self.console = console
        self._streams = streams
        self._capture = capture or Choice(False, False)
        self._environment: dict[str, str | None] = {}
        self._part: Callable[[], None] = lambda: None
        self.has_spoken = False  # the task's own word on its status stands in the journal

    def begin(self) -> None:
        """Set everything up."""
        session = self._session
        endings.watch(self._on_exception, self._on_exit)
        self._attempt("last-words", lambda: endings.last_words.begin(session.task_dir))
        self._attempt("environment", self._export)
        self._attempt("workers", self._greet_workers)
        self._attempt("console", lambda: self.console.connect(self._streams))
        if session.settings.recorder:
            if self._of_launch:
                self._attempt("recorder", self._ask_to_watch)
            self._attempt("recorder", lambda: _record(session, self._monitoring.arguments()))

    def _ask_to_watch(self) -> None:
        session = self._session
        rank = rank_of(session.settings)
        ask_to_watch(session.task_dir, host_name(), attempt=session.attempt, rank=rank)

    def _attempt(self, code: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - handed to the guard
            guard.handle(error, self._session.losses, code, lost=False)

    def _replace_recorder(self) -> None:
        """Have another recorder finish what one has left that was killed: uploads, seals, compression."""
        session = self._session
        if not session.settings.recorder or not self._is_owner():
            return
        if was_recorder_killed(session.task_dir, host_name()):
            message = (
                "the recorder was killed: no machine readings from then on, and uploads waited until "
                "the end, when another one was started"
            )
            session.losses.note("recorder", message, lost=False)
            _record(session, self._monitoring.arguments())

    def _export(self) -> None:
        session = self._session
        for name, value in (
            (TASK_VARIABLE, session.task_id),
            (ATTEMPT_VARIABLE, str(session.attempt)),
            (STREAMS_VARIABLE, ",".join(sorted(self._streams))),
            (CAPTURE_VARIABLE, self._capture.text()),
            (_HOME_VARIABLE, str(session.settings.home)),
        ):
            self._environment[name] = os.environ.get(name)
            os.environ[name] = value

    def _greet_workers(self) -> None:
        self._part = children.greet_workers()

    def _restore(self) -> None:
        self._part()
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
        self.has_spoken = self.has_spoken or ending.sure

    def _on_exception(self, ending: Ending) -> None:
        # An exception is told by the rank that meets it first: those of the others follow from it (a connection that
        # breaks), or the launcher is about to kill them for it.
        if self._is_owner() and self._fails_first():
            if not self._is_first:
                reason = f"rank {rank_of(self._session.settings)}: {ending.reason}"
                ending = replace(ending, reason=reason)
            self._attempt("status", lambda: self.say(ending))

    def _on_exit(self, ending: Ending) -> None:
        self._attempt("console", self.console.disconnect)
        self._attempt("recorder", self._replace_recorder)
        if self._is_owner() and self._is_first and not self.has_spoken:
            self._attempt("status", lambda: self._conclude(ending))
        self._attempt("close", self._session.close)

    def _fails_first(self) -> bool:
        """Tell whether no other rank has failed before: the first one makes a file.

        The journals would tell as well, but hundreds of ranks may fail at once, with no time to read all of them.
        """
        if not self._of_launch:
            return True
        try:
            with open(self._session.task_dir / f"failed-{self._session.attempt}", "x"):
                return True
        except FileExistsError:
            return False
        except OSError:
            return True

    def _conclude(self, ending: Ending) -> None:
        """Say how the task ended, unless another rank has said that it failed: this one's end does not mend that."""
        if self._of_launch and ending.status == "completed":
            from stripchart.sdk import chronicle

            if chronicle.describe(self._session.task_dir).status == "failed":
                return
        self.say(ending)

    def leads(self) -> bool:
        """Tell whether this process owns the attempt and is the first of its launch: its arguments are the task's."""
        return self._is_first and self._is_owner()

    def _is_owner(self) -> bool:
        return self._session.pid == os.getpid() and not self._session.is_fork

    def end(self, ending: Ending, *, publishes: bool = False) -> None:
        """Take everything down and close the journal; the process goes on. ``publishes`` marks it published too."""
        self._attempt("console", self.console.disconnect)
        self._attempt("recorder", self._replace_recorder)
        if self._is_owner():
            if self._is_first and not self.has_spoken:
                self._attempt("status", lambda: self._conclude(ending))
            if self._is_first and publishes:
                self._attempt("status", lambda: self.say(replace(ending, status="published")))
            self._attempt("last-words", endings.last_words.end)
        self._attempt("environment", self._restore)
        endings.unwatch(self._on_exception, self._on_exit)
        self._attempt("close", self._session.close)


def accompany(session: Session, monitoring: Monitoring) -> None:
    """See that the process of a session that joined another's attempt has a recorder on its host."""
    try:
        if session.settings.recorder and not is_recorded_here(session.task_dir, host_name()):
            _record(session, ["--joined", *monitoring.arguments()])
    except Exception as error:  # noqa: BLE001 - handed to the guard
        guard.handle(error, session.losses, "recorder", lost=False)


def _record(session: Session, options: list[str]) -> None:
    try:
        rank = str(rank_of(session.settings))
        start_recorder(
            session.task_dir, attempt=session.attempt, options=["--rank", rank, *options]
        )
    except OSError as error:
        message = f"the recorder did not start, so machine load and the cause of a death go unrecorded: {error}"
        session.losses.note("recorder", message, lost=False)


def announce(session: Session, *, is_new: bool) -> None:
    """Print the one line that says which task this is and how to see it.

    It goes to stderr: what a script prints on stdout may be another program's input.
    """
    if sys.stderr is None:
        return
    kind = "task" if is_new else f"attempt {session.attempt} of task"
    with contextlib.suppress(OSError, ValueError):  # stderr is closed
        sys.stderr.write(f"Stripchart: {kind} {session.task_id}, to be seen with: stripchart ui\n")
