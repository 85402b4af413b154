"""How a task stands: its status, who sets it, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from stripchart.records import StatusChanged, clean_text
from stripchart.sdk import chronicle
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.records import Status

_LONGEST_LOOK_SEC = 1.0  # between two looks, however long the caller's interval is: a look is cheap


class TaskStatusEnum(Enum):
    """Name how a task stands."""

    created = "created"
    queued = "queued"
    in_progress = "in_progress"
    stopped = "stopped"
    published = "published"
    publishing = "publishing"
    closed = "closed"
    failed = "failed"
    completed = "completed"
    unknown = "unknown"

    def __str__(self) -> str:
        return self.value

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Enum) else other)

    def __hash__(self) -> int:
        return hash(self.value)


Statuses = TaskStatusEnum


class Standing(Held):
    """Tell, set and await the status of a task."""

    TaskStatusEnum: ClassVar[type[Statuses]] = Statuses
    _publishes: bool = False

    @property
    def status(self) -> str:
        """Return the task's status, read anew from its journals."""
        return self.get_status()

    @contained("status", returns=lambda: "unknown", lost=False)
    def get_status(self) -> str:
        """Return the task's status, read anew from its journals."""
        return self._read().status

    @contained("status", returns=str, lost=False)
    def get_status_message(self) -> str | None:
        """Return what was said about the task's status, such as a traceback."""
        return self._read().status_message

    @contained("status")
    def mark_started(self, force: bool = False) -> None:
        """Say that the task is in progress."""
        self._mark("in_progress", force=force)

    def started(self, ignore_errors: bool = True, force: bool = False) -> None:
        """Say that the task is in progress; the old name of ``mark_started``."""
        self.mark_started(force)

    @contained("status")
    def mark_completed(
        self, ignore_errors: bool = True, status_message: str | None = None, force: bool = False
    ) -> None:
        """Say that the task has done what it was to do; the process goes on."""
        self._mark("completed", message=status_message, force=force)

    def completed(self, ignore_errors: bool = True) -> None:
        """Say that the task has done what it was to do; the old name of ``mark_completed``."""
        self.mark_completed()

    @contained("status")
    def mark_failed(
        self,
        ignore_errors: bool = True,
        status_reason: str | None = None,
        status_message: str | None = None,
        force: bool = False,
    ) -> None:
        """Say that the task has failed, and why; the process goes on."""
        self._mark("failed", status_reason, status_message, force=force)

    @contained("status")
    def mark_stopped(self, force: bool = False, status_message: str | None = None) -> None:
        """Say that the task was stopped before its end; the process goes on."""
        self._mark("stopped", message=status_message, force=force)

    def stopped(self, ignore_errors: bool = True, force: bool = False) -> None:
        """Say that the task was stopped before its end; the old name of ``mark_stopped``."""
        self.mark_stopped()

    @contained("status", returns=bool)
    def publish(self, ignore_errors: bool = True) -> bool:
        """Mark the task as published, and return whether that was done; one in progress is not.

        Raises:
            ValueError: the task is in progress, with ``ignore_errors`` false.
        """
        if self._read().status == "in_progress":
            if not ignore_errors:
                raise ValueError("a task in progress cannot be published")
            return False
        self._mark("published", force=True)
        return True

    def publish_on_completion(self, enable: bool = True) -> None:
        """Have ``close`` publish the task."""
        self._publishes = bool(enable)

    def _mark(
        self,
        status: Status,
        reason: str | None = None,
        message: str | None = None,
        *,
        force: bool,
    ) -> None:
        session = self._session
        if not force and self._read().status == "published":
            raise UsageError(f"a published task is marked {status} with force=True only")
        reason, message = clean_text(str(reason or "")), clean_text(str(message or ""))
        self._append(
            StatusChanged(
                time_us=now_us(),
                attempt=self._told.attempt,
                status=status,
                reason=reason,
                message=message,
            )
        )
        if self._running is not None and session.attempt == self._told.attempt:
            # In progress again: how the process ends is to be said once more.
            self._running.has_spoken = status in chronicle.ENDED
        self._told.status, self._told.status_message = status, message or reason

    def wait_for_status(
        self,
        status: Iterable[Statuses | str] = ("completed", "stopped", "closed"),
        raise_on_status: Iterable[Statuses | str] | None = ("failed",),
        check_interval_sec: float = 60.0,
    ) -> None:
        """Wait until the task has one of the statuses.

        Raises:
            RuntimeError: it got one of ``raise_on_status``.
        """
        wanted, refused = _values(status), _values(raise_on_status or ())
        while True:
            now = self.get_status()
            if now in refused:
                raise RuntimeError(
                    f"Task {self.id} has status {now!r}: {self.get_status_message() or 'no reason given'}"
                )
            if now in wanted:
                return
            time.sleep(max(0.01, min(float(check_interval_sec), _LONGEST_LOOK_SEC)))


def _values(statuses: Iterable[Statuses | str]) -> set[str]:
    several = [statuses] if isinstance(statuses, str | Enum) else statuses
    return {s.value if isinstance(s, Enum) else str(s) for s in several}
