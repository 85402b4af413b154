"""``Logger``: the calls that a training loop makes.

``report_scalar`` is the hot path: a finite Python float at a Python int goes straight to the journal's
memory-mapped slot. Everything else (arrays, tensors, text, NaN, wrong types, a journal that cannot take it)
leaves the straight path and may cost more. After start-up a call raises only if it is wrong as it is written.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from stripchart.capture.patch import unobserved
from stripchart.records import NO_ITERATION, SINGLE_VALUE, SINGLE_VALUE_TITLE
from stripchart.sdk import convert
from stripchart.sdk.capture_switches import CaptureSwitches
from stripchart.sdk.console import Console
from stripchart.sdk.errors import Closed
from stripchart.sdk.guard import contained, handle, is_users, user_line
from stripchart.sdk.media import Media
from stripchart.sdk.plots import Plots
from stripchart.sdk.session import Session

if TYPE_CHECKING:
    from stripchart.settings import Settings

log = logging.getLogger("stripchart")

_LATEST_SEC = float(1 << 40)  # of a captured wall time; later ones are no times

_ScalarSink = Callable[[str, str, float, int], None]


class Logger(Plots, Media, CaptureSwitches):
    """Report scalars, text and plots of one task.

    Made by ``Task.get_logger()`` or ``Logger.current_logger()``, never by hand.
    """

    _nan_value: float | None = None  # None: the setting
    _inf_value: float | None = None
    _settings_values: tuple[float, float] = (0.0, 0.0)
    _nan_warn_period: int = 1000
    _inf_warn_period: int = 1000
    _non_finite_seen: dict[str, int]  # one for the process, made below

    def __init__(self, private_task: Session, console: Console | None = None) -> None:
        if not isinstance(private_task, Session):
            raise AssertionError(
                "Logger object cannot be instantiated externally, use Logger.current_logger()"
            )
        self._session = private_task
        self._console = console or Console(private_task)
        self._added = 0
        self._scalar: _ScalarSink = self._open_and_report
        private_task.on_reset.append(self._reset)

    @property
    def _offset(self) -> int:
        return self._added

    @_offset.setter
    def _offset(self, offset: int) -> None:
        self._added = offset
        self._reset()

    def __repr__(self) -> str:
        return f"<Logger of task {self._session.task_id}>"

    def _reset(self) -> None:
        self._scalar = self._open_and_report

    def _open_and_report(self, title: str, series: str, value: float, iteration: int) -> None:
        report, offset = self._session.writer().scalar, self._added

        def report_later(title: str, series: str, value: float, iteration: int) -> None:
            report(title, series, value, iteration + offset)

        # Nearly always there is nothing to add: then the journal's own function, and not even the addition of a 0.
        self._scalar = report_later if offset else report
        self._scalar(title, series, value, iteration)

    @classmethod
    def current_logger(cls) -> Logger | None:
        """Return the logger of the current task, or ``None`` where there is none.

        In a subprocess whose parent has a task, this joins that task.
        """
        from stripchart.sdk.task import Task

        task = Task.current_task() or Task._join_parent()
        return task.get_logger() if task is not None else None

    def report_scalar(self, title: str, series: str, value: float, iteration: int) -> None:
        """Report a point: ``value`` at ``iteration`` of the line ``series`` in the graph ``title``.

        It is on disk (in the page cache) when the call returns. ``value`` may be any real number, text of one, or
        an array or tensor of one element. ``iteration`` may be negative; ``None`` gives the point a time only.
        NaN and Inf are logged as ``set_reporting_nan_value`` and ``set_reporting_inf_value`` say (0 by default),
        and what was reported is kept beside it.

        Raises:
            TypeError: ``title`` or ``series`` is no text, or ``iteration`` no integer.
            TypeError, ValueError, OverflowError: ``value`` is no number.
        """
        try:
            # value - value is 0.0 for finite values only; the exact types keep every oddity off this path.
            if type(value) is float and value - value == 0.0 and type(iteration) is int:
                report = (
                    self._scalar
                )  # a call of self._scalar(...) would look for a method in the classes first
                report(title, series, value, iteration)
                return
        except Exception as error:
            if is_users(error):
                raise
        self._report_odd(title, series, value, iteration)

    def report_single_value(self, name: str, value: float) -> None:
        """Report one number for the whole task, such as a final accuracy; a later one replaces it.

        Raises:
            TypeError: ``name`` is no text.
            TypeError, ValueError, OverflowError: ``value`` is no number.
        """
        self._report_odd(SINGLE_VALUE_TITLE, name, value, None, flags=SINGLE_VALUE)

    def _report_scalar_at(
        self, title: Any, series: Any, value: Any, iteration: Any, time_s: float | None
    ) -> None:
        """Report a captured point: ``iteration`` is the task's own, without an offset; ``None`` as time is now."""
        try:
            # As in report_scalar: what is plain goes straight to the journal.
            is_plain = type(value) is float and value - value == 0.0 and type(iteration) is int
            if is_plain and type(time_s) is float and 0.0 <= time_s < _LATEST_SEC:
                self._session.writer().scalar_at(title, series, value, iteration, time_s)
                return
        except Exception as error:
            if is_users(error):
                raise
        self._report_odd_at(title, series, value, iteration, time_s)

    def _report_odd_at(
        self, title: Any, series: Any, value: Any, iteration: Any, time_s: float | None
    ) -> None:
        try:
            clean_title, clean_series = self._name(title, "title"), self._name(series, "series")
            number, flags = self._logged(convert.to_value(value))
            place = convert.in_int64(convert.to_iteration(iteration))
            if time_s is None or not 0 <= time_s < _LATEST_SEC:
                time_s = time.time()
            writer = self._session.writer()
            writer.scalar_at(clean_title, clean_series, number, place, time_s, flags)
        except Exception as error:  # noqa: BLE001 - handed to the one place that notes losses
            self._lose(error, "scalar", _named(title, series, 0))

    def _report_odd(
        self, title: Any, series: Any, value: Any, iteration: Any, flags: int = NO_ITERATION
    ) -> None:
        """Report what is not plainly a finite float at an int; the one place where a point can be lost."""
        named = "name" if flags & SINGLE_VALUE else "series"
        try:
            clean_title, clean_series = self._name(title, "title"), self._name(series, named)
            number, non_finite = self._logged(convert.to_value(value))
            if iteration is None:
                place = 0
            else:
                place = convert.in_int64(convert.to_iteration(iteration) + self._offset)
                flags = 0
            writer = self._session.writer()
            writer.scalar(clean_title, clean_series, number, place, flags | non_finite)
        except Exception as error:  # noqa: BLE001 - handed to the one place that notes losses
            self._lose(error, "scalar", _named(title, series, flags))

    def _logged(self, value: float) -> tuple[float, int]:
        nan_value, inf_value = self._settings_values
        if self._nan_value is not None:
            nan_value = self._nan_value
        if self._inf_value is not None:
            inf_value = self._inf_value
        logged, flags = convert.replace_non_finite(value, nan_value, inf_value)
        if flags:
            self._tell_non_finite("NaN" if value != value else "Inf", logged)  # noqa: PLR0124
        return logged, flags

    def _tell_non_finite(self, kind: str, logged: float) -> None:
        seen = Logger._non_finite_seen[kind]
        Logger._non_finite_seen[kind] = seen + 1
        period = self._nan_warn_period if kind == "NaN" else self._inf_warn_period
        if seen % max(1, period) == 0:
            log.info(
                "%s value encountered, logged as %r. Use Logger.set_reporting_%s_value to choose another value",
                kind,
                logged,
                kind.lower(),
            )

    def report_text(
        self,
        msg: str,
        level: int = logging.INFO,
        print_console: bool = True,
        *args: Any,
        **_: Any,
    ) -> None:
        """Report a line of text to the console of the task, and print it.

        ``level`` is a ``logging`` level, by number or name. ``args`` are merged into ``msg`` with ``%``.
        """
        text = self._merge(msg, args)
        self._append_text(text, self._level(level))
        if self._is_true(print_console):
            self._print(text)

    @contained("text")
    def _append_text(self, text: str, level: int) -> None:
        try:
            self._console.append_text(text, level)
        except Closed:
            self._losses.note("closed", "text lost: the task is closed", where=user_line())

    def _merge(self, msg: Any, args: tuple[Any, ...]) -> str:
        try:
            text = str(msg)
            return text % args if args else text
        except Exception as error:  # noqa: BLE001 - handed to the guard
            handle(error, self._losses, "text-arguments", lost=False)
            return " ".join(convert.text_of(part) for part in (msg, *args))

    def _level(self, level: Any) -> int:
        try:
            if isinstance(level, str) and not level.lstrip("-").isdigit():
                known = logging.getLevelNamesMapping()
                if level.upper() not in known:
                    raise ValueError(f"there is no log level {level!r}")
                return known[level.upper()]
            return max(-(1 << 31), min(int(level), (1 << 31) - 1))
        except Exception as error:
            if self._losses.strict or is_users(error):
                raise
            named = convert.text_of(level)
            message = f'failed casting log level "{named}" to an integer; INFO taken'
            self._losses.note("text-level", message, lost=False, where=user_line())
            return logging.INFO

    @contained("print", lost=False)
    def _print(self, text: str) -> None:
        stream = sys.stdout
        if stream is None:
            return
        with unobserved():
            try:
                stream.write(text + "\n")
            except UnicodeEncodeError:
                encoding = getattr(stream, "encoding", None) or "ascii"
                stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")

    def flush(self, wait: bool = False) -> bool:
        """Return whether everything reported is on disk; it is when the report returns.

        With ``wait`` wait, for up to 60 seconds, until the recorder has stored every debug sample and artifact that
        was reported so far (or has said why it cannot), and return whether it has; False at once without a recorder.
        """
        return not self._session.closed and (not self._is_true(wait) or self._wait_for_uploads())

    @contained("flush", returns=bool, lost=False)
    def _wait_for_uploads(self) -> bool:
        from stripchart.sdk import settling

        session = self._session
        follower = settling.Settling(session.task_dir)
        try:
            return follower.wait(
                patience_sec=settling.PATIENCE_SEC, recorded=session.settings.recorder
            )
        except settling.NoRecorder:
            message = "no recorder runs, so samples and artifacts wait for: stripchart sync"
            self._losses.note("flush", message, lost=False, where=user_line())
            return False

    def set_flush_period(self, period: float) -> None:
        """Accept a period, for scripts that set one; nothing is held back here, so it changes nothing."""

    def get_flush_period(self) -> float | None:
        """Return ``None``: nothing is flushed by period."""
        return None

    def capture_logging(self) -> AbstractContextManager[None]:
        """Send what is logged with ``logging`` inside the ``with`` to the console of the task.

        Each record is sent once, at its own level, and not again where a captured stream carries it already.
        """
        return self._console.capture_logging()

    @classmethod
    def _take_defaults(cls, settings: Settings) -> None:
        Logger._settings_values = (settings.nan_value, settings.inf_value)

    @classmethod
    def set_reporting_nan_value(cls, value: float, warn_period: int = 1000) -> None:
        """Set what a reported NaN is logged as, NaN itself included; told once per ``warn_period`` of them."""
        period = convert.cast(int, "warn_period", warn_period)
        Logger._nan_value, Logger._nan_warn_period = convert.cast(float, "value", value), period

    @classmethod
    def set_reporting_inf_value(cls, value: float, warn_period: int = 1000) -> None:
        """Set what a reported +Inf or -Inf is logged as; with Inf itself they stay as they are."""
        period = convert.cast(int, "warn_period", warn_period)
        Logger._inf_value, Logger._inf_warn_period = convert.cast(float, "value", value), period


def _named(title: Any, series: Any, flags: int) -> str:
    """Return what to call a lost point or single value."""
    if flags & SINGLE_VALUE:
        return f"single value {_shown(series)}"
    return f"point of {_shown(title)} / {_shown(series)}"


def _shown(name: Any) -> str:
    if not isinstance(name, str):
        return f"<{type(name).__name__}>"
    return repr(convert.shorten(str.__str__(name), 100))


Logger._non_finite_seen = {"NaN": 0, "Inf": 0}
