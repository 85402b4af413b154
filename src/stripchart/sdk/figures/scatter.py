"""The figures of ``report_scatter2d``, ``report_scatter3d`` and ``report_line_plot``.

All points are kept. What holds very many is drawn by the graphics card (``scattergl``), which looks the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stripchart.sdk.convert import Unfit
from stripchart.sdk.figures import arrays, layout
from stripchart.sdk.figures.figure import Figure, Refused, Unplottable
from stripchart.sdk.figures.series_info import SeriesInfo

_MOST_IN_SVG = 20_000  # points; above, a browser takes seconds for what WebGL does at once
_PARTS_OF_A_MODE = {"lines", "markers", "text"}


def build_2d(
    title: str,
    series: str,
    scatter: Any,
    *,
    xaxis: str | None,
    yaxis: str | None,
    labels: Any,
    mode: str,
    comment: str | None,
    extra_layout: Any,
) -> Figure:
    """Return one line, or cloud, of points (x, y); x may be numbers, dates or categories.

    Raises:
        Refused, Unfit: as ``report_scatter2d``.
    """
    notes: list[str] = []
    trace = _trace(series, scatter, labels, _mode(mode, "lines", notes), "scatter")
    base = _layout(title, comment, xaxis, yaxis)
    whole = layout.merged(base, extra_layout, "extra_layout")
    return Figure({"data": [trace], "layout": whole}, notes)


def build_lines(
    title: str,
    series: Any,
    *,
    xaxis: str | None,
    yaxis: str | None,
    mode: str,
    reverse_xaxis: bool,
    comment: str | None,
    extra_layout: Any,
) -> Figure:
    """Return the lines of a sequence of ``SeriesInfo``, or of dicts with the same keys.

    Raises:
        Refused, Unfit: as ``report_line_plot``.
    """
    notes: list[str] = []
    mode = _mode(mode, "lines", notes)
    traces = [_trace_of(info, mode) for info in _infos(series)]
    base = _layout(title, comment, xaxis, yaxis)
    if reverse_xaxis:
        base["xaxis"]["autorange"] = "reversed"
    whole = layout.merged(base, extra_layout, "extra_layout")
    return Figure({"data": traces, "layout": whole}, notes)


def _infos(series: Any) -> Sequence[Any]:
    if isinstance(series, SeriesInfo | Mapping):
        return [series]
    if isinstance(series, str) or not isinstance(series, Sequence):
        message = f"series must be a list of SeriesInfo, got {type(series).__name__}"
        raise Unplottable("plot-values", TypeError(message))
    return series


def _trace_of(info: Any, mode: str) -> dict[str, Any]:
    if isinstance(info, Mapping):
        try:
            info = SeriesInfo(**info)
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise Refused(kind(f"series: {error}")) from error
    if not hasattr(info, "data"):
        message = f"series must be a list of SeriesInfo, got a {type(info).__name__} in it"
        raise Unplottable("plot-values", TypeError(message))
    name = str(getattr(info, "name", "") or "")
    return _trace(name, info.data, getattr(info, "labels", None), mode, "series")


def _trace(name: str, points: Any, labels: Any, mode: str, argument: str) -> dict[str, Any]:
    x, y = arrays.columns(points, "XY", argument)
    trace: dict[str, Any] = {
        "type": "scatter" if len(x) <= _MOST_IN_SVG else "scattergl",
        "name": name,
        "x": x,
        "y": y,
        "mode": mode,
        "showlegend": True,
    }
    if labels is not None:
        trace["text"] = _labels(labels, len(x))
    return trace


def _labels(labels: Any, count: int) -> list[str]:
    message = "If 'labels' is provided, it must be a list or tuple, the same length as the data"
    try:
        texts = arrays.texts(labels, "labels")
    except Unfit as unfit:
        raise Refused(ValueError(message)) from unfit.__cause__
    if texts is None or len(texts) != count:
        raise Refused(ValueError(message))
    return texts


def _mode(mode: Any, otherwise: str, notes: list[str]) -> str:
    if mode is None:
        return otherwise
    if isinstance(mode, str) and (mode == "none" or set(mode.split("+")) <= _PARTS_OF_A_MODE):
        return mode
    notes.append(f"mode {mode!r} is none of lines, markers, lines+markers; {otherwise} taken")
    return otherwise


def _layout(
    title: str, comment: str | None, xaxis: str | None, yaxis: str | None
) -> dict[str, Any]:
    return {
        "title": layout.heading(title, comment),
        "xaxis": layout.axis(xaxis, **layout.spikes()),
        "yaxis": layout.axis(yaxis, **layout.spikes()),
        "hovermode": "closest",
    }


def build_3d(
    title: str,
    series: str,
    scatter: Any,
    *,
    xaxis: str | None,
    yaxis: str | None,
    zaxis: str | None,
    labels: Any,
    mode: str,
    fill: bool,
    comment: str | None,
    extra_layout: Any,
) -> Figure:
    """Return one or several clouds, or lines, of points (x, y, z).

    Raises:
        Refused, Unfit: as ``report_scatter3d``.
    """
    notes: list[str] = []
    clouds = _clouds(scatter)
    mode = _mode(mode, "markers", notes)
    names = [series] if len(clouds) == 1 else [f"{series} {i + 1}" for i in range(len(clouds))]
    traces = [
        _trace_3d(name, cloud, _labels_of(labels, i, len(clouds)), mode, fill=bool(fill))
        for i, (name, cloud) in enumerate(zip(names, clouds, strict=True))
    ]
    titles = {"xaxis": xaxis, "yaxis": yaxis, "zaxis": zaxis}
    scene = {name: {"title": {"text": str(text or name[0])}} for name, text in titles.items()}
    base = layout.spatial(layout.heading(title, comment), scene)
    whole = layout.merged(base, extra_layout, "extra_layout")
    return Figure({"data": traces, "layout": whole}, notes)


def _clouds(scatter: Any) -> list[Any]:
    """Tell apart one sequence of points and a sequence of such sequences."""
    if isinstance(scatter, list | tuple) and len(scatter):
        first = scatter[0]
        nested = getattr(first, "ndim", 0) == 2 or (
            isinstance(first, list | tuple) and len(first) and _is_point(first[0])
        )
        if nested:
            return list(scatter)
    elif getattr(scatter, "ndim", 0) == 3:
        return list(scatter)
    return [scatter]


def _is_point(value: Any) -> bool:
    return isinstance(value, list | tuple) or getattr(value, "ndim", 0) == 1


def _labels_of(labels: Any, index: int, clouds: int) -> Any:
    """Return the labels of one of several clouds; where there are too few, the last ones serve again."""
    if labels is None or clouds == 1 or not len(labels):
        nested = (
            clouds == 1
            and isinstance(labels, list | tuple)
            and len(labels) == 1
            and isinstance(labels[0], list | tuple)
        )
        return labels[0] if nested else labels
    if all(isinstance(label, str) for label in labels):
        return labels
    return labels[min(index, len(labels) - 1)]


def _trace_3d(name: str, points: Any, labels: Any, mode: str, *, fill: bool) -> dict[str, Any]:
    x, y, z = arrays.columns(points, "XYZ", "scatter")
    trace: dict[str, Any] = {
        "type": "scatter3d",
        "name": name,
        "x": x,
        "y": y,
        "z": z,
        "mode": mode,
        "marker": {"size": 5, "opacity": 0.8, "line": {"width": 0.8, "color": _FAINT}},
    }
    if fill:
        trace["surfaceaxis"] = 2  # spanned over the points as seen along z
        trace["opacity"] = 0.8
    if labels is not None:
        trace["text"] = _labels(labels, len(x))
    return trace


_FAINT = "rgba(217, 217, 217, 0.14)"
