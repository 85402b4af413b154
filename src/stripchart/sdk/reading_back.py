"""What was reported, read back from the journals; no server is needed."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from stripchart.sdk import lookup, passing_on
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held

if TYPE_CHECKING:
    from stripchart.sdk import reading as _reading
    from stripchart.sdk.reported import Event


def _no_columns() -> _reading.ScalarColumns:
    from stripchart.sdk import points, reading

    return reading.columns_of(points.NONE)


class ReadingBack(Held):
    """Read back points, plots, samples and console lines."""

    def get_reported_scalars(self, max_samples: int = 0, x_axis: str = "iter") -> _reading.Read:
        """Return the reported points: ``{title: {series: {"name", "x", "y"}}}``.

        ``x_axis`` is ``iter``, ``timestamp`` (milliseconds since 1970) or ``iso_time``. Of an
        iteration that was reported several times the last report counts. Of a series of more than ``max_samples``
        points so many are returned, the extremes among them; 0 returns all.

        Raises:
            ValueError: there is no such axis.
        """
        from stripchart.sdk import reading

        reading.check_axis(x_axis)
        return self._scalars(x_axis, max_samples=max_samples) or {}

    def get_all_reported_scalars(self, x_axis: str = "iter") -> _reading.Read:
        """Return every reported point, as ``get_reported_scalars``; of consecutive ones at one x the last.

        Raises:
            ValueError: there is no such axis.
        """
        from stripchart.sdk import reading

        reading.check_axis(x_axis)
        return self._scalars(x_axis, last_of_equal=True) or {}

    def read_scalars(self, title: str, series: str, x_axis: str = "iter") -> _reading.ScalarColumns:
        """Return the points of one line as NumPy columns: ``iteration``, ``time``, ``value``, ``reported``.

        For many points, or to go on computing: no lists are made, as the other calls do for the contract. Of a task
        that has ended the columns are kept, and a second call costs next to nothing. They are read-only; ``copy()``
        one to change it. Points without an iteration are there with ``x_axis="timestamp"`` only, which orders by
        time. Where nothing was reported there are no points.

        Raises:
            ValueError: there is no such axis.
        """
        from stripchart.sdk import reading

        reading.check_axis(x_axis)
        return self._columns(title, series, x_axis)

    @contained("read", returns=_no_columns, lost=False)
    def _columns(self, title: str, series: str, x_axis: str) -> _reading.ScalarColumns:
        from stripchart.sdk import reading

        return reading.scalar_columns(self._session.task_dir, title, series, x_axis)

    @contained("read", returns=dict, lost=False)
    def _scalars(self, /, x_axis: str, **options: Any) -> _reading.Read:
        from stripchart.sdk import reading

        return reading.scalars(self._session.task_dir, x_axis, **options)

    @contained("read", returns=dict, lost=False)
    def get_last_scalar_metrics(self) -> dict[str, dict[str, dict[str, float]]]:
        """Return ``{title: {series: {"last", "min", "max"}}}``, machine readings and single values included."""
        from stripchart.sdk import reading

        return reading.last_metrics(self._session.task_dir)

    @contained("read", returns=dict, lost=False)
    def get_reported_single_values(self) -> dict[str, float]:
        """Return the single values by name."""
        from stripchart.sdk import reading

        return reading.single_values(self._session.task_dir)

    def get_reported_single_value(self, name: str) -> float | None:
        """Return one single value, ``None`` where it was not reported."""
        return self.get_reported_single_values().get(name)

    @contained("read", returns=list, lost=False)
    def get_reported_console_output(self, number_of_reports: int = 1) -> list[str]:
        """Return the last lines printed or texts reported, oldest first."""
        from stripchart.sdk import reading

        return reading.console(self._session.task_dir, number_of_reports)

    @contained("read", returns=list, lost=False)
    def get_reported_plots(self, max_iterations: int | None = None) -> list[Event]:
        """Return the plots of the last iterations (1) of each title and series, oldest first.

        ``plot_str`` of each is the figure, JSON text of a plotly figure.
        """
        from stripchart.sdk import reported

        return reported.plots(self._session.task_dir, max_iterations)

    def get_debug_samples(
        self, title: str, series: str, n_last_iterations: int | None = None
    ) -> list[Event]:
        """Return the debug samples of the last iterations (100) of a title and series, newest first.

        ``url`` of each is a URI, or the path of a file on this machine.

        Raises:
            TypeError: ``n_last_iterations`` is no positive integer.
        """
        if n_last_iterations is not None and (
            isinstance(n_last_iterations, bool)
            or not isinstance(n_last_iterations, int)
            or n_last_iterations < 0
        ):
            raise TypeError(
                "Parameter n_last_iterations is expected to be a positive integer value, "
                f"but instead got n_last_iterations={n_last_iterations}"
            )
        return self._samples(title, series, n_last_iterations)

    @contained("read", returns=list, lost=False)
    def _samples(self, title: str, series: str, number: int | None) -> list[Event]:
        from stripchart.sdk import reported

        return reported.samples(self._session.task_dir, title, series, number)

    # -- iterations ------------------------------------------------------------------------------------------

    @contained("read", returns=int, lost=False)
    def get_last_iteration(self) -> int:
        """Return the highest iteration reported to the task, 0 where there is none."""
        return lookup.last_iteration(self._session.task_dir) or 0

    def set_initial_iteration(self, offset: int = 0) -> int:
        """Set what is added to every iteration reported from now on, and return it.

        Raises:
            ValueError: the offset is not an integer.
        """
        if isinstance(offset, bool) or not hasattr(offset, "__index__"):
            raise ValueError("Initial iteration offset must be an integer")
        self._logger._offset = self._told.initial_iteration = operator.index(offset)
        passing_on.pass_on(self._session, passing_on.OFFSET, str(self._logger._offset))
        return self._logger._offset

    def get_initial_iteration(self) -> int:
        """Return what is added to every reported iteration."""
        return self._logger._offset
