"""What a console has to know of IPython, terminal or notebook: cells begin and end, and their errors end nothing.

IPython puts the ``write`` of the streams back after the cell in which somebody began to observe it, and it is seen no
more; what a kernel's cells raise is sent past the streams. The hooks are IPython's own: its events ``pre_run_cell`` and
``post_run_cell``, both of them within what it puts back.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from typing import Any


class Cells:
    """Call ``renew`` after each cell, and ``tell(text, level)`` with the traceback of one that has failed.

    A kernel's loop calls ``renew`` as soon as the cell has ended, so that what threads print between two cells is seen;
    a terminal has no loop, and the next cell calls it.
    """

    def __init__(
        self,
        renew: Callable[[], None],
        tell: Callable[[str, int], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._renew = renew
        self._tell = tell
        self._on_error = on_error
        self._shell: Any = None
        self._is_due = False

    def connect(self) -> None:
        """Begin, where this process is an IPython."""
        here = _shell()
        if here is not None and self._shell is None:
            here.events.register("pre_run_cell", self._begins)
            here.events.register("post_run_cell", self._ended)
            self._shell = here

    def disconnect(self) -> None:
        """Stop."""
        here, self._shell = self._shell, None
        if here is not None:
            here.events.unregister("pre_run_cell", self._begins)
            here.events.unregister("post_run_cell", self._ended)

    def _begins(self, _info: Any) -> None:
        try:
            if self._is_due:
                self._is_due = False
                self._renew()
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._on_error(error)

    def _ended(self, result: Any) -> None:
        try:
            self._renew_soon()
            failures = ("error_in_exec", "error_before_exec")
            error = next((e for e in (getattr(result, f, None) for f in failures) if e), None)
            # In a terminal, IPython prints it, and it is captured as what is printed.
            if error is not None and getattr(self._shell, "kernel", None) is not None:
                self._tell(_told(error), logging.ERROR)
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._on_error(error)

    def _renew_soon(self) -> None:
        import asyncio  # IPython has imported it

        try:
            asyncio.get_running_loop().call_soon(self._renew)
        except RuntimeError:
            self._is_due = True


def _shell() -> Any:
    """Return the IPython that runs this process, ``None`` where none does."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython() if get_ipython is not None else None


def _told(error: BaseException) -> str:
    """Return the traceback of a cell's error, from the cell on."""
    trace = error.__traceback__
    while trace is not None and _is_of_ipython(trace.tb_frame.f_globals.get("__name__")):
        trace = trace.tb_next
    shown = trace if not isinstance(error, SyntaxError) else None
    return "".join(traceback.format_exception(type(error), error, shown)).rstrip("\n")


def _is_of_ipython(name: Any) -> bool:
    return str(name).split(".")[0] in ("IPython", "ipykernel")
