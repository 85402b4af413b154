"""The figure of ``report_matplotlib_figure``: interactive where that is faithful, else an image."""

from __future__ import annotations

import sys
from typing import Any

from stripchart.sdk.figures.figure import Figure, Unplottable
from stripchart.sdk.guard import is_users


def figure_of(value: Any) -> Any:
    """Return the figure that is meant: a figure, an axes or a grid that has one, or the current one of pyplot.

    Raises:
        Unfit: none is.
    """
    matplotlib = sys.modules.get("matplotlib.figure")
    if matplotlib is None:
        raise Unplottable("plot-values", TypeError("figure must be a Matplotlib figure"))
    if hasattr(value, "get_fignums"):
        if not value.get_fignums():
            raise Unplottable("plot-values", ValueError("pyplot has no figure"))
        value = value.gcf()
    for candidate in (value, getattr(value, "figure", None)):
        if isinstance(candidate, matplotlib.Figure):
            return candidate
    kind = type(value).__name__
    raise Unplottable("plot-values", TypeError(f"figure must be a Matplotlib figure, got {kind}"))


def build(title: str, series: str, figure: Any, *, interactive: bool) -> Figure:
    """Return the figure as plotly's; as an image where it is asked for, or where the picture would change.

    Raises:
        Unfit: it is no figure.
    """
    from stripchart.sdk.figures.matplotlib.untouched import untouched

    figure = figure_of(figure)
    with untouched(figure):
        return _build(title, series, figure, interactive=interactive)


def _build(title: str, series: str, figure: Any, *, interactive: bool) -> Figure:
    from stripchart.sdk.figures.matplotlib import picture

    if not interactive:
        return Figure(picture.build(figure, title, series, "asked for as an image"))
    from stripchart.sdk.figures.matplotlib.conversion import convert
    from stripchart.sdk.figures.matplotlib.style import NotFaithful
    from stripchart.sdk.figures.matplotlib.untouched import lay_out

    try:
        lay_out(figure)
        return Figure(convert(figure))
    except NotFaithful as reason:
        why = f"not interactive because of {reason}"
    except Exception as error:  # a figure that surprises us is still drawn by Matplotlib
        if is_users(error):
            raise
        why = f"not interactive: {type(error).__name__}: {error}"
    note = f"the figure is kept as an image, {why}"
    return Figure(picture.build(figure, title, series, why), [note])


def png(figure: Any) -> bytes:
    """Return the figure as PNG.

    Raises:
        Unfit: it is no figure, or cannot be drawn.
    """
    from stripchart.sdk.figures.matplotlib import picture
    from stripchart.sdk.figures.matplotlib.untouched import untouched

    figure = figure_of(figure)
    with untouched(figure):
        return picture.png(figure)
