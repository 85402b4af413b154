"""``Reporter``: what all reports of a ``Logger`` share, whichever module they are written in."""

from __future__ import annotations

from typing import Any

from stripchart.capture.patch import is_unobserved
from stripchart.records import LONGEST_NAME
from stripchart.sdk import convert
from stripchart.sdk.errors import Closed
from stripchart.sdk.guard import contained, handle, is_users, user_line
from stripchart.sdk.losses import Losses
from stripchart.sdk.session import Session


class Reporter:
    """Hold the session that reports go to, and clean what names and places them."""

    _session: Session
    _offset: int  # added to every iteration

    @property
    def _losses(self) -> Losses:
        return self._session.losses

    def _name(self, text: Any, argument: str) -> str:
        """Return a title, series or name as clean text, and note that it was cut.

        Raises:
            Refused: it is no text.
        """
        name = convert.to_name(text, argument)
        if isinstance(text, str) and len(text) > LONGEST_NAME:
            message = f"a {argument} of {len(text)} characters was cut to {len(name)}"
            self._losses.note("name-cut", message, lost=False, where=user_line())
        return name

    def _place(self, iteration: Any) -> int | None:
        """Return where a report stands on the task's axis; ``None`` stays ``None``.

        Raises:
            Refused: it is no integer. Unfit: it does not fit into 64 bits.
        """
        if iteration is None:
            return None
        return convert.in_int64(convert.to_iteration(iteration) + self._offset)

    @contained("argument", returns=bool, lost=False)
    def _is_true(self, value: Any) -> bool:
        return bool(value)

    def _lose(self, error: Exception, code: str, what: str = "") -> None:
        """Deal with the error that a report has met: the one place where it is decided who learns of it.

        The script meets it where it is the script's own, where its call is wrong as it is written (``Refused``), and
        in strict mode. Everything else is counted and noted, as ``what`` (else ``code``) that was lost.
        """
        losses = self._losses
        what = what or code
        if isinstance(error, convert.Unfit):
            cause = error.__cause__
            if isinstance(cause, Exception) and is_users(cause):
                raise cause from None
            if losses.strict or (isinstance(error, convert.Refused) and self._is_scripts_call()):
                raise error.error from None
            told = f"{what} lost: {error}"
            losses.note(error.code, told, where=user_line(), reason=error.reason)
        elif isinstance(error, Closed):
            losses.note("closed", f"{what} lost: the task is closed", where=user_line())
        else:
            handle(error, losses, code)

    def _is_scripts_call(self) -> bool:
        """Tell whether the script made this call, and of a task that still takes reports.

        What is captured is none: the script has called a library, which was content.
        """
        return not self._session.closed and not is_unobserved()
