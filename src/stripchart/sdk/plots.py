"""``Plots``: the reports of a ``Logger`` that are figures.

Each call turns its arguments into a plotly figure at once, as JSON text, and appends it to the journal: what the script
changes later does not change what was reported, and nothing runs in the background. plotly, pandas and Matplotlib are
never imported for it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from stripchart.records import PlotReported
from stripchart.sdk.figures import series_info
from stripchart.sdk.guard import user_line
from stripchart.sdk.session import now_us
from stripchart.sdk.shown_figures import ShownFigures

if TYPE_CHECKING:
    import matplotlib.figure as mpl_figure
    import numpy.typing as npt
    import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]
    import plotly.graph_objects as go  # type: ignore[import-untyped,import-not-found,unused-ignore]

    from stripchart.sdk.figures.figure import Figure


class Plots(ShownFigures):
    """Report histograms, tables, scatter plots, matrices, surfaces and figures of plotly and Matplotlib.

    Of all of these: plots of one ``title`` stand together; a later plot of the same title, series and iteration
    takes the place of the earlier one. ``iteration`` is an integer of any kind, or ``None`` for a plot without a
    place on the axis. ``extra_layout`` is merged into the figure's layout at every depth, ``comment`` stands under
    its title. NaN and Inf are gaps in a figure, and written out in tables and in the cells of a matrix.

    A call that is wrong as it is written raises what each report names, and ``TypeError`` for a title or series that is
    no text or an iteration that is no integer. What else cannot be kept is noted in the task, and the call returns.
    """

    SeriesInfo = series_info.SeriesInfo

    def report_histogram(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        values: Sequence[int | float],
        iteration: int | None = None,
        labels: list[str] | None = None,
        xlabels: list[str] | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        mode: str | None = None,
        data_args: dict[str, Any] | None = None,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report bars: ``values`` are bins already counted, one row of them or several.

        ``labels`` names the rows, ``xlabels`` the bins. ``mode`` is ``group`` (the default), ``stack`` or
        ``relative``. The entries of ``data_args`` are set in every row's plotly trace; with its ``orientation``
        "h" the bars lie.

        Raises:
            AssertionError: values of more than two dimensions; labels or xlabels of another number than rows or
                columns; an unknown mode.
            ValueError: rows of different lengths.
        """

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import histogram

            return histogram.build(
                title,
                series,
                values,
                labels=labels,
                xlabels=xlabels,
                xaxis=xaxis,
                yaxis=yaxis,
                mode=mode,
                data_args=data_args,
                extra_layout=extra_layout,
            )

        self._plot(title, series, iteration, build)

    def report_vector(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        values: Sequence[int | float],
        iteration: int | None = None,
        labels: list[str] | None = None,
        xlabels: list[str] | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        mode: str | None = None,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report bars, as ``report_histogram``, which is the name to use.

        Raises:
            AssertionError, ValueError: as ``report_histogram``.
        """
        _deprecated("report_vector", "report_histogram")
        self.report_histogram(
            title,
            series,
            values,
            iteration,
            labels=labels,
            xlabels=xlabels,
            xaxis=xaxis,
            yaxis=yaxis,
            mode=mode,
            extra_layout=extra_layout,
        )

    def report_table(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        iteration: int | None = None,
        table_plot: pd.DataFrame | Sequence[Sequence[Any]] | None = None,
        csv: str | None = None,
        url: str | None = None,
        extra_layout: dict[str, Any] | None = None,
        extra_data: dict[str, Any] | None = None,
    ) -> None:
        """Report a table: a pandas DataFrame, rows of which the first is the header, or a file or address of CSV.

        An index of a DataFrame that is more than row numbers becomes the first columns, a MultiIndex of its columns
        several rows of header. NaN and Inf are written out. The first column of CSV is its index; a column is of
        numbers where every cell is one. ``url`` is read before the call returns, for up to 30 seconds.
        ``extra_data`` is merged into the table's plotly trace.

        Raises:
            UsageError: not exactly one of ``table_plot``, ``csv`` and ``url`` is given.
            FileNotFoundError: there is no file ``csv``. A file or an address that cannot be read is noted instead.
        """

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import table

            return table.build(
                title,
                series,
                table_plot=table_plot,
                csv=csv,
                url=url,
                extra_layout=extra_layout,
                extra_data=extra_data,
            )

        self._plot(title, series, iteration, build)

    def report_line_plot(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: Sequence[series_info.SeriesInfo],
        xaxis: str,
        yaxis: str,
        mode: str = "lines",
        iteration: int | None = None,
        reverse_xaxis: bool = False,
        comment: str | None = None,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report several lines as one plot; ``report_scatter2d``, once for each line, is the call to use.

        Raises:
            ValueError: a dict in ``series`` that makes no ``SeriesInfo``.
        """
        _deprecated("report_line_plot", "report_scatter2d")

        def build(title: str, _: str) -> Figure:
            from stripchart.sdk.figures import scatter

            return scatter.build_lines(
                title,
                series,
                xaxis=xaxis,
                yaxis=yaxis,
                mode=mode,
                reverse_xaxis=reverse_xaxis,
                comment=comment,
                extra_layout=extra_layout,
            )

        self._plot(title, "", iteration, build)

    def report_scatter2d(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        scatter: Sequence[tuple[float, float]] | npt.NDArray[Any],
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        labels: list[str] | None = None,
        mode: str = "lines",
        comment: str | None = None,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report points (x, y): ``mode`` is ``lines``, ``markers`` or ``lines+markers``; every point is kept.

        x may be dates or categories too. ``labels`` is a text for each point, shown where the cursor is.

        Raises:
            AssertionError: the points are no rows of two. ValueError: another number of labels than points.
        """

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import scatter as figures

            return figures.build_2d(
                title,
                series,
                scatter,
                xaxis=xaxis,
                yaxis=yaxis,
                labels=labels,
                mode=mode,
                comment=comment,
                extra_layout=extra_layout,
            )

        self._plot(title, series, iteration, build)

    def report_scatter3d(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        scatter: Sequence[tuple[float, float, float]] | npt.NDArray[Any],
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        zaxis: str | None = None,
        labels: list[str] | None = None,
        mode: str = "markers",
        fill: bool = False,
        comment: str | None = None,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report points (x, y, z), or a list of several such sequences, which are then numbered.

        ``fill`` spans a surface over the points. ``labels`` is a text for each point; for several sequences, a list
        of texts for each.

        Raises:
            AssertionError: the points are no rows of three. ValueError: another number of labels than points.
        """

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import scatter as figures

            return figures.build_3d(
                title,
                series,
                scatter,
                xaxis=xaxis,
                yaxis=yaxis,
                zaxis=zaxis,
                labels=labels,
                mode=mode,
                fill=fill,
                comment=comment,
                extra_layout=extra_layout,
            )

        self._plot(title, series, iteration, build)

    def report_confusion_matrix(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        matrix: npt.NDArray[Any],
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        xlabels: list[str] | None = None,
        ylabels: list[str] | None = None,
        yaxis_reversed: bool = False,
        comment: str | None = None,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report a matrix as a heatmap with the number in each cell.

        Row 0 is at the bottom, with ``yaxis_reversed`` at the top. ``xlabels`` and ``ylabels`` name columns and rows,
        in their order. Entries of ``extra_layout`` that a plotly heatmap knows (``colorscale``, ``texttemplate``,
        ``zmin`` …) are set in the trace.

        Raises:
            ValueError: the matrix holds no numbers. AssertionError: it is not of two dimensions.
        """

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import matrix as figures

            return figures.build_confusion(
                title,
                series,
                matrix,
                xaxis=xaxis,
                yaxis=yaxis,
                xlabels=xlabels,
                ylabels=ylabels,
                yaxis_reversed=yaxis_reversed,
                comment=comment,
                extra_layout=extra_layout,
            )

        self._plot(title, series, iteration, build)

    def report_matrix(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        matrix: npt.NDArray[Any],
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        xlabels: list[str] | None = None,
        ylabels: list[str] | None = None,
        yaxis_reversed: bool = False,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report a matrix, as ``report_confusion_matrix``, which is the name to use.

        Raises:
            ValueError, AssertionError: as ``report_confusion_matrix``.
        """
        _deprecated("report_matrix", "report_confusion_matrix")
        self.report_confusion_matrix(
            title,
            series,
            matrix,
            iteration,
            xaxis=xaxis,
            yaxis=yaxis,
            xlabels=xlabels,
            ylabels=ylabels,
            yaxis_reversed=yaxis_reversed,
            extra_layout=extra_layout,
        )

    def report_surface(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        matrix: npt.NDArray[Any],
        iteration: int | None = None,
        xaxis: str | None = None,
        yaxis: str | None = None,
        zaxis: str | None = None,
        xlabels: list[str] | None = None,
        ylabels: list[str] | None = None,
        camera: Sequence[float] | None = None,
        comment: str | None = None,
        extra_layout: dict[str, Any] | None = None,
    ) -> None:
        """Report a matrix of heights as a surface; ``camera`` is the point (x, y, z) that it is seen from.

        Raises:
            ValueError: the matrix holds no numbers. AssertionError: it is not of two dimensions.
        """

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import matrix as figures

            return figures.build_surface(
                title,
                series,
                matrix,
                xaxis=xaxis,
                yaxis=yaxis,
                zaxis=zaxis,
                xlabels=xlabels,
                ylabels=ylabels,
                camera=camera,
                comment=comment,
                extra_layout=extra_layout,
            )

        self._plot(title, series, iteration, build)

    def report_plotly(
        self,
        title: str,
        series: str,
        figure: dict[str, Any] | go.Figure,
        iteration: int | None = None,
    ) -> None:
        """Report a plotly figure, an object or its dict, as it is; its own title stays, and it is not changed.

        Raises:
            AttributeError: it is neither.
        """

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import plotly_figure

            return plotly_figure.build(figure)

        text = self._plot(title, series, iteration, build)
        if text is not None:
            self._plotly_reported(text)

    def _plot(
        self, title: Any, series: Any, iteration: Any, build: Callable[[str, str], Figure]
    ) -> str | None:
        """Build a figure, append it and return its JSON; what is wrong with it is refused or noted."""
        from stripchart.sdk.figures.encoding import to_json

        try:
            names = self._name(title, "title"), self._name(series, "series")
            place = self._place(iteration)
            figure = build(*names)
            text = to_json(figure.content)
            self._session.append(
                PlotReported(
                    time_us=now_us(), title=names[0], series=names[1], figure=text, iteration=place
                )
            )
            for note in figure.notes:
                self._losses.note("plot-changed", note, lost=False, where=user_line())
            return text
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "plot")
            return None

    def report_matplotlib_figure(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        figure: mpl_figure.Figure | Any,
        iteration: int | None = None,
        report_image: bool = False,
        report_interactive: bool = True,
    ) -> None:
        """Report a figure of Matplotlib, or the current one where ``figure`` is the module ``pyplot``.

        It becomes an interactive figure where that is the same picture, else a PNG of twice its resolution, with the
        reason noted; ``docs/guides/plots.md`` lists what is converted. With ``report_interactive`` false it is the PNG
        in any case. ``report_image`` reports it as a debug sample instead of a plot. It is not changed or closed.

        Raises:
            TypeError, ValueError: there is no such figure.
        """

        made: list[Figure] = []  # where it is not an image because one was asked for

        def build(title: str, series: str) -> Figure:
            from stripchart.sdk.figures import matplotlib_figure

            interactive = bool(report_interactive) and not Plots._always_images
            built = matplotlib_figure.build(title, series, figure, interactive=interactive)
            if interactive:
                made.append(built)
            return built

        if not self._is_true(report_image):
            kept = self._plot(title, series, iteration, build) is not None
        else:
            kept = self._sample_of(title, series, figure, iteration)
        if kept:
            self._figure_reported(figure, made[0] if made else None)

    def _sample_of(self, title: str, series: str, figure: Any, iteration: int | None) -> bool:
        from stripchart.sdk.figures import matplotlib_figure

        try:
            stream = BytesIO(matplotlib_figure.png(figure))
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "image")
            return False
        self.report_media(title, series, iteration, stream=stream, file_extension="png")
        return True


def _deprecated(name: str, better: str) -> None:
    warnings.warn(
        f"'{name}' is deprecated; use '{better}' instead", DeprecationWarning, stacklevel=3
    )
