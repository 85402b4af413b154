"""Colour maps: ``imshow``, ``pcolormesh``, heatmaps, and the colour bars that belong to them."""

from __future__ import annotations

import base64
import io
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stripchart.sdk.figures.matplotlib import style
from stripchart.sdk.figures.matplotlib.mathtext import to_plotly
from stripchart.sdk.figures.matplotlib.places import Place, values
from stripchart.sdk.figures.matplotlib.style import NotFaithful

Dict = dict[str, Any]

_STOPS = 64
_MOST_STEPS = 32  # of a map that is a list of colours
_NORMS = ("Normalize", "NoNorm", "CenteredNorm", "TwoSlopeNorm", "PowerNorm")
_SHARP = 1200  # pixels along the longer side
_SMOOTH = {"bilinear": "best", "bicubic": "best"}
_AS_THEY_ARE = ("nearest", "none", "antialiased", "auto")


def colour_axis(mappable: Any, *, low: str, high: str) -> Dict:
    """Return the colour scale of what is coloured by a value, and the range of values that it spans.

    Raises:
        NotFaithful: values and colours belong together in a way that plotly has not.
    """
    norm = mappable.norm
    if type(norm).__name__ not in _NORMS:
        raise NotFaithful(f"colours by {type(norm).__name__}")
    mappable_low, mappable_high = mappable.get_clim()
    if mappable_low is None or mappable_high is None:
        array = np.ma.masked_invalid(mappable.get_array())
        mappable_low, mappable_high = (array.min(), array.max()) if array.count() else (0, 1)
    return {
        "colorscale": _scale(mappable.get_cmap(), norm, float(mappable_low), float(mappable_high)),
        low: float(mappable_low),
        high: float(mappable_high),
        "showscale": False,
    }


def _scale(cmap: Any, norm: Any, low: float, high: float) -> list[list[Any]]:
    steps = getattr(cmap, "N", 256)
    if steps <= _MOST_STEPS:
        edges = np.linspace(0, 1, steps + 1)
        tints = [style.colour(cmap(i)) for i in range(steps)]
        return [[float(edges[i + j]), tints[i]] for i in range(steps) for j in (0, 1)]
    shares = np.linspace(0, 1, _STOPS)
    tints = [style.colour(cmap(float(share))) for share in shares]
    if type(norm).__name__ != "Normalize" and high > low:
        shares = np.clip((np.asarray(norm.inverse(shares)) - low) / (high - low), 0, 1)
    shares[0], shares[-1] = 0.0, 1.0
    return [[float(share), tint] for share, tint in zip(shares, tints, strict=True)]


def image_trace(image: Any, place: Place) -> Dict | None:
    """Return the heatmap of an image of values; ``None`` for one of colours, which ``picture_of`` places.

    Raises:
        NotFaithful: it is interpolated in a way that plotly has not.
    """
    array = image.get_array()
    if array is None or image.get_transform() != place.axes.transData:
        raise NotFaithful("an image in coordinates of its own")
    if array.ndim != 2:
        return None
    interpolation = image.get_interpolation()
    if interpolation not in (*_SMOOTH, *_AS_THEY_ARE):
        raise NotFaithful(f"an image smoothed by {interpolation}")
    left, right, bottom, top = image.get_extent()
    rows, columns = array.shape
    first, last = (top, bottom) if image.origin == "upper" else (bottom, top)
    dx, dy = (right - left) / max(columns, 1), (last - first) / max(rows, 1)
    return {
        "type": "heatmap",
        "z": _numbers(array),
        "x": values(place.axes.xaxis, left + dx * (np.arange(columns) + 0.5)),
        "y": values(place.axes.yaxis, first + dy * (np.arange(rows) + 0.5)),
        "zsmooth": _SMOOTH.get(interpolation, False),
        "hovertemplate": "x: %{x}<br>y: %{y}<br>%{z}<extra></extra>",
        "opacity": _opacity(image),
        **colour_axis(image, low="zmin", high="zmax"),
    }


def mesh_trace(mesh: Any, place: Place) -> Dict:
    """Return the heatmap of a ``pcolormesh`` on a grid of straight lines.

    Raises:
        NotFaithful: the grid is bent, or colours run across cells.
    """
    if mesh.get_transform() != place.axes.transData or getattr(mesh, "_shading", "") == "gouraud":
        raise NotFaithful("a mesh of triangles or in coordinates of its own")
    corners = np.asarray(mesh.get_coordinates())
    x, y = corners[0, :, 0], corners[:, 0, 1]
    if not (
        np.allclose(corners[:, :, 0], x[None, :]) and np.allclose(corners[:, :, 1], y[:, None])
    ):
        raise NotFaithful("a bent mesh")
    array = np.ma.asarray(mesh.get_array())
    if array.ndim > 2:
        raise NotFaithful("a mesh of colours")
    return {
        "type": "heatmap",
        "z": _numbers(array.reshape(len(y) - 1, len(x) - 1)),
        "x": values(place.axes.xaxis, x),
        "y": values(place.axes.yaxis, y),
        "hovertemplate": "x: %{x}<br>y: %{y}<br>%{z}<extra></extra>",
        "opacity": _opacity(mesh),
        **colour_axis(mesh, low="zmin", high="zmax"),
    }


def _numbers(array: Any) -> NDArray[np.float64]:
    filled: NDArray[np.float64] = np.ma.filled(np.ma.asarray(array).astype(np.float64), np.nan)
    return filled


def _opacity(artist: Any) -> float:
    alpha = artist.get_alpha()
    if alpha is not None and not np.isscalar(alpha):
        raise NotFaithful("an image with an opacity for each cell")
    return 1.0 if alpha is None else float(cast(float, alpha))


def picture_of(image: Any, place: Place) -> Dict:
    """Return an image of colours as a picture placed in its axes, pixel for pixel."""
    from PIL import Image

    array = np.asarray(image.get_array())
    if array.dtype != np.uint8:
        array = np.round(np.clip(array, 0, 1) * 255).astype(np.uint8)
    left, right, bottom, top = image.get_extent()
    x0, x1 = place.axes.get_xlim()
    y0, y1 = place.axes.get_ylim()
    array = array if image.origin == "upper" else array[::-1]
    if (right - left) * (x1 - x0) < 0:
        array = array[:, ::-1]
    if (top - bottom) * (y1 - y0) < 0:
        array = array[::-1]
    if image.get_interpolation() in _AS_THEY_ARE:
        # A browser smooths what it enlarges; enlarged here, pixels stay squares.
        times = max(1, _SHARP // max(1, *array.shape[:2]))
        array = array.repeat(times, axis=0).repeat(times, axis=1)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(file, "PNG")
    at_left = min(left, right) if x1 > x0 else max(left, right)
    at_top = max(bottom, top) if y1 > y0 else min(bottom, top)
    return {
        "source": "data:image/png;base64," + base64.b64encode(file.getvalue()).decode(),
        "xref": place.x,
        "yref": place.y,
        "x": float(at_left),
        "y": float(at_top),
        "sizex": abs(float(right - left)),
        "sizey": abs(float(top - bottom)),
        "sizing": "stretch",
        "layer": "below",
        "opacity": _opacity(image),
    }


def colour_bar(bar: Any, place: Place) -> Dict:
    """Return the colour bar that an axes of the figure holds."""
    label = to_plotly(bar.ax.get_ylabel() or bar.ax.get_xlabel() or "")
    if bar.orientation == "horizontal":
        told: Dict = {"orientation": "h", "x": (place.x0 + place.x1) / 2, "xanchor": "center"}
        told.update(y=place.y0, yanchor="bottom", len=place.x1 - place.x0)
    else:
        told = {"x": place.x0, "xanchor": "left"}
        told.update(y=(place.y0 + place.y1) / 2, yanchor="middle", len=place.y1 - place.y0)
    side = "right" if bar.orientation == "vertical" else "top"
    return {**told, "thickness": 14, "outlinewidth": 0.5, "title": {"text": label, "side": side}}
