"""Lines: ``plot``, ``step``, ``errorbar``, ``axhline``, ``hlines``, ``vlines``, ``stem`` and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stripchart.sdk.figures.matplotlib import style
from stripchart.sdk.figures.matplotlib.places import Place, coordinate, values
from stripchart.sdk.figures.matplotlib.style import PIXELS_A_POINT, NotFaithful

Dict = dict[str, Any]

_MOST_IN_SVG = 20_000  # points; as in ``figures.scatter``
_MOST_STYLES = 50  # of the segments of one collection
_SHAPES = {"steps": "vh", "steps-pre": "vh", "steps-post": "hv", "steps-mid": "hvh"}


def trace(line: Any, place: Place) -> Dict:
    """Return the trace of a line in data coordinates.

    Raises:
        NotFaithful: its markers have no equal.
    """
    axes = place.axes
    xy = line.get_xydata()
    has_line, has_markers = _has_line(line), _has_markers(line)
    told: Dict = {
        "type": "scatter" if len(xy) <= _MOST_IN_SVG else "scattergl",
        "x": values(axes.xaxis, xy[:, 0]),
        "y": values(axes.yaxis, xy[:, 1]),
        "mode": "+".join(["lines"] * has_line + ["markers"] * has_markers) or "none",
    }
    if has_line:
        told["line"] = stroke(line)
        shape = _SHAPES.get(line.get_drawstyle())
        if shape:
            told["line"]["shape"] = shape
    if has_markers:
        told["marker"] = markers(line)
    return told


def stroke(line: Any) -> Dict:
    """Return colour, width and dashes of a line."""
    return {
        "color": style.colour(line.get_color(), line.get_alpha()),
        "width": round(line.get_linewidth() * PIXELS_A_POINT, 2),
        "dash": style.line_dash(line),
    }


def markers(line: Any) -> Dict:
    """Return the markers of a line.

    Raises:
        NotFaithful: plotly has none like them.
    """
    if line.get_markevery() is not None:
        raise NotFaithful("markers at some of the points")
    name = line.get_marker()
    shown, scale = style.symbol(name, line.get_fillstyle())
    size = line.get_markersize() * scale * PIXELS_A_POINT
    alpha = line.get_alpha()
    edge = style.colour(line.get_markeredgecolor(), alpha)
    face = style.colour(line.get_markerfacecolor(), alpha)
    width = round(line.get_markeredgewidth() * PIXELS_A_POINT, 2)
    if shown.endswith("-open"):
        return {"symbol": shown, "size": round(size, 2), "color": edge, "line": {"width": width}}
    outline = {"width": width, "color": edge}
    return {"symbol": shown, "size": round(size, 2), "color": face, "line": outline}


def _has_line(line: Any) -> bool:
    return line.get_linestyle() not in ("None", "none", " ", "") and line.get_linewidth() > 0


def _has_markers(line: Any) -> bool:
    return line.get_marker() not in ("None", "none", " ", "", None) and line.get_markersize() > 0


def shape(line: Any, place: Place) -> Dict:
    """Return a straight line that spans the axes (``axhline``, ``axvline``) as a shape.

    Raises:
        NotFaithful: it is more than that.
    """
    if _has_markers(line):
        raise NotFaithful("markers on a line across the axes")
    xref, yref = place.refs(line.get_transform(), "a line")
    x, y = line.get_xdata(orig=False), line.get_ydata(orig=False)
    if len(x) != 2:
        raise NotFaithful("a line in parts of the axes")
    ends_of = zip(("x0", "x1", "y0", "y1"), (*x, *y), strict=True)
    told = {
        name: coordinate(
            *((place.axes.xaxis, xref) if name[0] == "x" else (place.axes.yaxis, yref)), value
        )
        for name, value in ends_of
    }
    return {"type": "line", "xref": xref, "yref": yref, "line": stroke(line), **told}


def endless(line: Any, place: Place) -> Dict:
    """Return a straight line without ends (``axline``) as a shape across the axes.

    Raises:
        NotFaithful: it is bent by a scale, or measured by something else than data.
    """
    from matplotlib.artist import Artist

    axes = place.axes
    is_straight = axes.get_xscale() == axes.get_yscale() == "linear"
    if not is_straight or Artist.get_transform(line) != axes.transData:
        raise NotFaithful("a line without ends on such axes")
    (x1, y1), slope = line.get_xy1(), line.get_slope()
    if slope is None:
        x2, y2 = line.get_xy2()
        slope = (y2 - y1) / (x2 - x1) if x2 != x1 else np.inf
    x = (x1, x1) if np.isinf(slope) else axes.get_xlim()
    y = axes.get_ylim() if np.isinf(slope) else [y1 + slope * (at - x1) for at in x]
    told = {f"x{i}": coordinate(axes.xaxis, place.x, at) for i, at in enumerate(x)}
    told |= {f"y{i}": coordinate(axes.yaxis, place.y, at) for i, at in enumerate(y)}
    return {"type": "line", "xref": place.x, "yref": place.y, "line": stroke(line), **told}


def segments(collection: Any, place: Place) -> list[Dict]:
    """Return the traces of a collection of lines, one for each style.

    Raises:
        NotFaithful: there are too many styles, or the lines are coloured by value.
    """
    if collection.get_array() is not None:
        raise NotFaithful("lines coloured by a value")
    paths = collection.get_segments()
    tints, widths, dashes = (
        collection.get_colors(),
        collection.get_linewidths(),
        collection.get_linestyles(),
    )
    groups: dict[tuple[str, float, str], list[Any]] = {}
    for i, path in enumerate(paths):
        if len(tints) == 0:
            continue
        width = float(widths[i % len(widths)])
        key = (
            style.colour(tints[i % len(tints)]),
            width,
            style.dash(dashes[i % len(dashes)], width),
        )
        groups.setdefault(key, []).append(path)
    if len(groups) > _MOST_STYLES:
        raise NotFaithful("lines of many styles")
    return [_segments_trace(key, found, place) for key, found in groups.items()]


def _segments_trace(key: tuple[str, float, str], paths: list[Any], place: Place) -> Dict:
    tint, width, dash = key
    gap = np.full((1, 2), np.nan)
    xy = np.concatenate([part for path in paths for part in (np.asarray(path), gap)])[:-1]
    return {
        "type": "scatter" if len(xy) <= _MOST_IN_SVG else "scattergl",
        "x": values(place.axes.xaxis, xy[:, 0]),
        "y": values(place.axes.yaxis, xy[:, 1]),
        "mode": "lines",
        "connectgaps": False,
        "line": {"color": tint, "width": round(width * PIXELS_A_POINT, 2), "dash": dash},
    }
