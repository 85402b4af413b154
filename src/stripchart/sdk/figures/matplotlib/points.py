"""Points: ``scatter``, with sizes, colours and colour maps."""

from __future__ import annotations

from typing import Any

import numpy as np

from stripchart.sdk.figures.matplotlib import style
from stripchart.sdk.figures.matplotlib.maps import colour_axis
from stripchart.sdk.figures.matplotlib.places import Place, values
from stripchart.sdk.figures.matplotlib.style import PIXELS_A_POINT, NotFaithful

Dict = dict[str, Any]

_MOST_IN_SVG = 20_000


def trace(collection: Any, place: Place) -> Dict:
    """Return the trace of a scatter plot.

    Raises:
        NotFaithful: its markers or its coordinates have no equal.
    """
    axes = place.axes
    if collection.get_offset_transform() != axes.transData:
        raise NotFaithful("points in coordinates of their own")
    xy = np.ma.asarray(collection.get_offsets())
    return {
        "type": "scatter" if len(xy) <= _MOST_IN_SVG else "scattergl",
        "x": values(axes.xaxis, xy[:, 0]),
        "y": values(axes.yaxis, xy[:, 1]),
        "mode": "markers",
        "marker": marker(collection),
    }


def marker(collection: Any) -> Dict:
    """Return the markers of a scatter plot.

    Raises:
        NotFaithful: they have shapes of their own, or several.
    """
    paths = collection.get_paths()
    if len(paths) != 1:
        raise NotFaithful("markers of several shapes")
    name = style.marker_of(paths[0])
    faces, edges = collection.get_facecolors(), collection.get_edgecolors()
    is_open = name in style.THIN or (not len(faces) and collection.get_array() is None)
    symbol, scale = style.symbol(name, "none" if is_open else "full")
    sizes = np.sqrt(collection.get_sizes()) * scale * PIXELS_A_POINT
    widths = collection.get_linewidths()
    told: Dict = {
        "symbol": symbol,
        "size": round(float(sizes[0]), 2) if len(sizes) == 1 else np.round(sizes, 2),
        "line": {"width": round(float(widths[0]) * PIXELS_A_POINT, 2) if len(widths) else 0},
        "opacity": 1,
    }
    if collection.get_array() is not None:
        told["color"] = np.ma.filled(np.ma.asarray(collection.get_array(), dtype=float), np.nan)
        told.update(colour_axis(collection, low="cmin", high="cmax"))
        if collection.get_alpha() is not None:
            told["opacity"] = collection.get_alpha()
    else:
        told["color"] = style.colours(edges if is_open else faces)
    if not is_open and len(edges) and not _are_faces(collection):
        told["line"]["color"] = style.colours(edges)
    elif not is_open:
        told["line"]["width"] = 0  # an edge of the face's own colour only adds to the size
        told["size"] = told["size"] + widths[0] if len(widths) else told["size"]
    return told


def _are_faces(collection: Any) -> bool:
    """Tell whether edges have the colour of the faces, which is a scatter plot's way if nothing else is said."""
    original = getattr(collection, "_original_edgecolor", "face")
    return isinstance(original, str) and original == "face"
