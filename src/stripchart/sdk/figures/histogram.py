"""The figure of ``report_histogram``: bars of bins that the script has counted."""

from __future__ import annotations

from typing import Any

from stripchart.sdk.convert import Unfit
from stripchart.sdk.figures import arrays, layout
from stripchart.sdk.figures.figure import Figure, Refused

_MODES = ("stack", "group", "relative")


def build(
    title: str,
    series: str,
    values: Any,
    *,
    labels: Any,
    xlabels: Any,
    xaxis: str | None,
    yaxis: str | None,
    mode: str | None,
    data_args: Any,
    extra_layout: Any,
) -> Figure:
    """Return one bar trace for each row of ``values``, named by ``labels``, over ``xlabels`` or 0, 1, 2 …

    Raises:
        Refused, Unfit: as ``report_histogram``.
    """
    rows = arrays.numbers(values, "values", dimensions=(1, 2))
    if rows.ndim == 1:
        rows = rows.reshape(1, -1)
    mode = "group" if mode is None else mode
    if not isinstance(mode, str) or mode not in _MODES:
        raise Refused(AssertionError(f"mode must be one of {', '.join(_MODES)}, got {mode!r}"))
    given = _texts(labels, "labels")
    names = _names(given, len(rows), series, named_bins=xlabels is not None)
    bins = _bins(_texts(xlabels, "xlabels"), rows.shape[1])
    traces = [
        layout.updated({"type": "bar", "name": name, "x": bins, "y": row}, data_args, "data_args")
        for name, row in zip(names, rows, strict=True)
    ]
    lying = [_lay(trace, data_args) for trace in traces]
    on_bins = layout.categories(bins, None) if isinstance(bins, list) else layout.axis(None)
    axes = {"yaxis" if any(lying) else "xaxis": on_bins}
    base = {
        "title": layout.heading(series if given and series else title),
        "xaxis": {**axes.get("xaxis", layout.axis(None)), "title": layout.axis(xaxis)["title"]},
        "yaxis": {**axes.get("yaxis", layout.axis(None)), "title": layout.axis(yaxis)["title"]},
        "barmode": mode,
        "bargap": 0.08,
        "bargroupgap": 0,
        "showlegend": True,
    }
    return Figure({"data": traces, "layout": layout.merged(base, extra_layout, "extra_layout")})


def _texts(labels: Any, name: str) -> list[str] | None:
    try:
        return arrays.texts(labels, name)
    except Unfit as unfit:
        raise Refused(unfit.error) from unfit.__cause__


def _names(labels: list[str] | None, rows: int, series: str, *, named_bins: bool) -> list[str]:
    if not labels:
        numbered = (
            named_bins and rows > 1
        )  # the contract's own fails here, and bars of one name tell nothing
        return [f"{series} {i + 1}" for i in range(rows)] if numbered else [series] * rows
    if named_bins and len(labels) == 1:
        return labels * rows
    if len(labels) != rows:
        raise Refused(AssertionError("Please provide a label for each data row (labels)"))
    return labels


def _bins(xlabels: list[str] | None, count: int) -> Any:
    if xlabels is None:
        return range(count)
    if len(xlabels) != count:
        message = f"xlabels must name each of the {count} columns of values, got {len(xlabels)}"
        raise Refused(AssertionError(message))
    return layout.distinct(xlabels)


def _lay(trace: dict[str, Any], data_args: Any) -> bool:
    """Exchange the coordinates of bars that are to lie, and tell whether they are."""
    if trace.get("orientation") != "h":
        return False
    if not {"x", "y"} & set(data_args):
        trace["x"], trace["y"] = trace["y"], trace["x"]
    return True
