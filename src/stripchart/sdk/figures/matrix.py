"""The figures of ``report_confusion_matrix`` (cells with their numbers) and ``report_surface``.

A matrix of one sign runs from light to dark; one of both signs (a correlation) from blue through white to red, with
zero in the middle. Cells are square where that leaves them a size to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.sdk.convert import Unfit
from stripchart.sdk.figures import arrays, layout
from stripchart.sdk.figures.figure import Figure, Unplottable

_MOST_CELLS_WITH_TEXT = 10_000  # each text is an element of the page, and unreadable long before
_MOST_NAMED_TICKS = 10  # of a surface, whose labels may not overlap
_WIDEST = 4  # sides of a matrix up to this ratio get square cells

_LIGHT_TO_DARK = [
    [0.0, "rgb(247,251,255)"],
    [0.125, "rgb(222,235,247)"],
    [0.25, "rgb(198,219,239)"],
    [0.375, "rgb(158,202,225)"],
    [0.5, "rgb(107,174,214)"],
    [0.625, "rgb(66,146,198)"],
    [0.75, "rgb(33,113,181)"],
    [0.875, "rgb(8,81,156)"],
    [1.0, "rgb(8,48,107)"],
]
_BLUE_TO_RED = [
    [0.0, "rgb(5,48,97)"],
    [0.2, "rgb(67,147,195)"],
    [0.4, "rgb(209,229,240)"],
    [0.5, "rgb(247,247,247)"],
    [0.6, "rgb(253,219,199)"],
    [0.8, "rgb(214,96,77)"],
    [1.0, "rgb(103,0,31)"],
]
_HEIGHTS = [
    [0.0, "rgb(68,1,84)"],
    [0.25, "rgb(59,82,139)"],
    [0.5, "rgb(33,145,140)"],
    [0.75, "rgb(94,201,98)"],
    [1.0, "rgb(253,231,37)"],
]

# Attributes of a plotly heatmap that ``extra_layout`` may set: the contract merges it into the trace too.
_OF_THE_TRACE = {
    "autocolorscale", "coloraxis", "colorbar", "colorscale", "connectgaps", "customdata", "dx", "dy", "hoverinfo",
    "hoverongaps", "hovertemplate", "hovertext", "legendgroup", "legendrank", "name", "opacity", "reversescale",
    "showlegend", "showscale", "text", "textfont", "texttemplate", "transpose", "visible", "x0", "xgap",
    "xhoverformat", "y0", "ygap", "yhoverformat", "zauto", "zhoverformat", "zmax", "zmid", "zmin", "zsmooth",
}  # fmt: skip
_OF_BOTH = {"showlegend"}


def build_confusion(
    title: str,
    series: str,
    matrix: Any,
    *,
    xaxis: str | None,
    yaxis: str | None,
    xlabels: Any,
    ylabels: Any,
    yaxis_reversed: bool,
    comment: str | None,
    extra_layout: Any,
) -> Figure:
    """Return a heatmap with the number in each cell; row 0 is the lowest unless ``yaxis_reversed``.

    Raises:
        Refused, Unfit: as ``report_confusion_matrix``.
    """
    z = arrays.matrix(matrix, "matrix")
    rows, columns = z.shape
    x = _labels(xlabels, columns, "xlabels")
    y = _labels(ylabels, rows, "ylabels")
    trace = {"type": "heatmap", "name": series, "z": z, **_colours(z), **_cells(z, xaxis, yaxis)}
    trace.update({key: labels for key, labels in (("x", x), ("y", y)) if labels})
    base: layout.Dict = {
        "title": layout.heading(title, comment),
        "xaxis": _axis(x, columns, xaxis),
        "yaxis": _axis(y, rows, yaxis),
    }
    if yaxis_reversed:
        base["yaxis"]["autorange"] = "reversed"
    if rows and columns and max(rows, columns) <= _WIDEST * min(rows, columns):
        base["xaxis"]["constrain"] = "domain"
        base["yaxis"].update(scaleanchor="x", constrain="domain")
    if z.size <= _MOST_CELLS_WITH_TEXT:
        base["annotations"] = _texts_of_non_finite(z, x, y)
    trace, whole = _merged(trace, base, extra_layout)
    return Figure({"data": [trace], "layout": whole})


def _labels(labels: Any, count: int, name: str) -> list[str] | None:
    texts = arrays.texts(labels, name)
    if not texts:
        return None
    if len(texts) != count:
        message = f"{name} must name each of the {count} lines of the matrix, got {len(texts)}"
        raise Unplottable("plot-labels", ValueError(message))
    return layout.distinct(texts)


def _axis(labels: list[str] | None, count: int, title: str | None) -> layout.Dict:
    if labels:
        return layout.categories(labels, title)
    each = {"dtick": 1} if count <= 20 else {"tickformat": "d"}
    return layout.axis(title, **each, showgrid=False, zeroline=False)


def _colours(z: NDArray[Any]) -> layout.Dict:
    finite = z[np.isfinite(z)]
    if finite.size and finite.min() < 0 < finite.max():
        return {"colorscale": _BLUE_TO_RED, "zmid": 0}
    if finite.size and finite.min() == finite.max():
        at = float(finite.min())  # one value alone has no scale of its own
        return {"colorscale": _LIGHT_TO_DARK, "zmin": min(0.0, at), "zmax": max(1.0, at)}
    return {"colorscale": _LIGHT_TO_DARK}


def _cells(z: NDArray[Any], xaxis: str | None, yaxis: str | None) -> layout.Dict:
    number = "%{z:,d}" if _are_whole(z) else "%{z:.3~g}"
    across, along = layout.plain_text(xaxis, "x"), layout.plain_text(yaxis, "y")
    told: layout.Dict = {
        "hovertemplate": f"{across}: %{{x}}<br>{along}: %{{y}}<br>%{{z}}<extra></extra>",
        "hoverongaps": False,
    }
    if z.size <= _MOST_CELLS_WITH_TEXT:
        told["texttemplate"] = number
    return told


def _are_whole(z: NDArray[Any]) -> bool:
    finite = z[np.isfinite(z)]
    return bool((finite == np.floor(finite)).all()) and bool((np.abs(finite) <= 2**53).all())


def _texts_of_non_finite(z: NDArray[Any], x: Any, y: Any) -> list[layout.Dict]:
    """Write what NaN and Inf are into their cells, which plotly leaves empty."""
    found = []
    for row, column in np.argwhere(~np.isfinite(z)).tolist():
        value = float(z[row, column])
        text = "NaN" if value != value else "Inf" if value > 0 else "-Inf"  # noqa: PLR0124
        place = {"x": x[column] if x else column, "y": y[row] if y else row}
        found.append({**place, "text": text, "showarrow": False, "xref": "x", "yref": "y"})
    return found


def _merged(
    trace: layout.Dict, base: layout.Dict, extra_layout: Any
) -> tuple[layout.Dict, layout.Dict]:
    """Give the trace and the layout what is theirs of ``extra_layout``."""
    if not isinstance(extra_layout, Mapping):
        return trace, layout.merged(base, extra_layout, "extra_layout")
    of_trace = {key: value for key, value in extra_layout.items() if key in _OF_THE_TRACE}
    of_layout = {
        key: value
        for key, value in extra_layout.items()
        if key not in _OF_THE_TRACE or key in _OF_BOTH
    }
    if {"colorscale", "coloraxis", "autocolorscale"} & set(of_trace):
        trace = {key: value for key, value in trace.items() if key not in _SCALED}
    return (
        layout.merged(trace, of_trace, "extra_layout"),
        layout.merged(base, of_layout, "extra_layout"),
    )


_SCALED = ("colorscale", "zmid")


def build_surface(
    title: str,
    series: str,
    matrix: Any,
    *,
    xaxis: str | None,
    yaxis: str | None,
    zaxis: str | None,
    xlabels: Any,
    ylabels: Any,
    camera: Any,
    comment: str | None,
    extra_layout: Any,
) -> Figure:
    """Return a surface of the heights in a matrix; ``camera`` is where it is seen from.

    Raises:
        Refused, Unfit: as ``report_surface``.
    """
    z = arrays.matrix(matrix, "matrix")
    rows, columns = z.shape
    scene: layout.Dict = {
        "xaxis": _scene_axis(xaxis, "x", _labels(xlabels, columns, "xlabels")),
        "yaxis": _scene_axis(yaxis, "y", _labels(ylabels, rows, "ylabels")),
        "zaxis": {"title": {"text": str(zaxis or "z")}, "nticks": 5},
    }
    if camera is not None:
        scene["camera"] = layout.seen_from(*_eye(camera))
    texts = [layout.plain_text(text, name) for text, name in _named(xaxis, yaxis, zaxis)]
    trace = {
        "type": "surface",
        "name": series,
        "z": z,
        "colorscale": _HEIGHTS,
        "contours": {"z": {"show": False}},
        "hovertemplate": "<br>".join(
            f"{text}: %{{{name}}}" for text, name in zip(texts, "xyz", strict=True)
        )
        + "<extra></extra>",
    }
    base = layout.spatial(layout.heading(f"{title}/{series}", comment), scene)
    whole = layout.merged(base, extra_layout, "extra_layout")
    return Figure({"data": [trace], "layout": whole})


def _named(*titles: str | None) -> Sequence[tuple[str | None, str]]:
    return list(zip(titles, "xyz", strict=True))


def _scene_axis(title: str | None, name: str, labels: list[str] | None) -> layout.Dict:
    told: layout.Dict = {"title": {"text": str(title or name)}, "showgrid": False, "nticks": 10}
    if labels:
        step = -(-len(labels) // _MOST_NAMED_TICKS)
        told.update(ticktext=labels[::step], tickvals=list(range(0, len(labels), step)))
    return told


def _eye(camera: Any) -> list[float]:
    message = "camera must be three numbers, (x, y, z)"
    try:
        place = arrays.numbers(camera, "camera", dimensions=(1,))
    except Unfit as unfit:
        raise Unplottable("plot-values", ValueError(message)) from unfit.__cause__
    if place.shape != (3,) or not np.isfinite(place).all():
        raise Unplottable("plot-values", ValueError(message))
    return [float(part) for part in place]
