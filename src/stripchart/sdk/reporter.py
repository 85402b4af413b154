"""``Reporter``: what all reports of a ``Logger`` share, whichever module they are written in."""

from __future__ import annotations

from typing import Any

from stripchart.records import LONGEST_NAME
from stripchart.sdk import convert
from stripchart.sdk.errors import Closed
from stripchart.sdk.guard import is_users, user_line
from stripchart.sdk.losses import Losses
from stripchart.sdk.session import Session


class Reporter:
    """Hold the session that reports go to, and clean what names and places them."""

    _session: Session
    _offset: int  # added to every iteration

    @property
    def _losses(self) -> Losses:
        return self._session.losses

    def _name(self, text: Any) -> str:
        name = convert.to_name(text)
        if isinstance(text, str) and len(text) > LONGEST_NAME:
            message = f"a title or series of {len(text)} characters was cut to {len(name)}"
            self._losses.note("name-cut", message, lost=False, where=user_line())
        return name

    def _place(self, iteration: Any) -> int | None:
        """Return where a report stands on the task's axis; ``None`` stays ``None``.

        Raises:
            Unfit: it is no integer, or does not fit into 64 bits.
        """
        if iteration is None:
            return None
        return convert.in_int64(convert.to_iteration(iteration) + self._offset)

    def _lose(self, error: Exception, what: str) -> None:
        """Note that a report was lost and why; in strict mode, and where the error is the user's, raise."""
        losses = self._losses
        if isinstance(error, convert.Unfit):
            cause = error.__cause__
            if isinstance(cause, Exception) and is_users(cause):
                raise cause from None
            if losses.strict:
                raise error.error from None
            told = f"{what} lost: {error}"
            losses.note(error.code, told, where=user_line(), reason=error.reason)
        elif isinstance(error, Closed):
            losses.note("closed", f"{what} lost: the task is closed", where=user_line())
        else:
            from stripchart.sdk.guard import handle

            handle(error, losses, what)
