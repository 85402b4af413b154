"""Areas: bars, ``hist``, ``fill_between``, ``axvspan`` and plain shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.sdk.figures.matplotlib import style
from stripchart.sdk.figures.matplotlib.places import Place, coordinate, values
from stripchart.sdk.figures.matplotlib.style import PIXELS_A_POINT, NotFaithful

Dict = dict[str, Any]

SHAPES = ("Rectangle", "Polygon", "Circle", "Ellipse", "PathPatch", "Wedge", "StepPatch")
_MOST_AREAS = 500  # of one collection, each of which is a trace


def bars(container: Any, place: Place) -> Dict:
    """Return the bars of one call of ``bar``, ``barh`` or ``hist`` as a trace.

    Raises:
        NotFaithful: they are hatched, or no rectangles.
    """
    patches = [patch for patch in container.patches if patch.get_visible()]
    for patch in patches:
        style.check_effects(patch)
        if type(patch).__name__ != "Rectangle" or patch.get_angle():
            raise NotFaithful("bars that are no rectangles")
    x, y, width, height = np.array(
        [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in patches], dtype=float
    ).reshape(-1, 4).T  # fmt: skip
    axes = place.axes
    is_lying = container.orientation == "horizontal"
    middle, length, base = (y + height / 2, width, x) if is_lying else (x + width / 2, height, y)
    across, along = (axes.yaxis, axes.xaxis) if is_lying else (axes.xaxis, axes.yaxis)
    told: Dict = {
        "type": "bar",
        "orientation": "h" if is_lying else "v",
        "x" if not is_lying else "y": values(across, middle),
        "y" if not is_lying else "x": length,
        "width": _lengths(across, height if is_lying else width),
        "marker": _faces(patches),
    }
    if base.any():
        told["base"] = values(along, base)
    return told


def _lengths(axis: Any, widths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return widths as plotly measures them: on an axis of dates in milliseconds."""
    from stripchart.sdk.figures.matplotlib.places import is_dated

    return np.abs(widths) * (86_400e3 if is_dated(axis) else 1)


def _faces(patches: list[Any]) -> Dict:
    faces = np.array([patch.get_facecolor() for patch in patches]).reshape(-1, 4)
    edges = np.array([patch.get_edgecolor() for patch in patches]).reshape(-1, 4)
    width = patches[0].get_linewidth() if patches else 0
    outline = {"color": style.colours(edges), "width": round(width * PIXELS_A_POINT, 2)}
    return {"color": style.colours(faces), "line": outline}


def shape(patch: Any, place: Place) -> Dict:
    """Return a rectangle that spans the axes (``axvspan``, ``axhspan``) as a shape.

    Raises:
        NotFaithful: it is no rectangle, or in coordinates of its own.
    """
    # The last part of a patch's transform is the artist's, the first its own position and size.
    xref, yref = place.refs(_data_transform(patch), "a patch")
    box = patch.get_path().transformed(patch.get_patch_transform()).get_extents()
    if type(patch).__name__ not in ("Rectangle", "Polygon"):
        raise NotFaithful(f"{type(patch).__name__} in parts of the axes")
    axes = place.axes
    return {
        "type": "rect",
        "xref": xref,
        "yref": yref,
        "x0": coordinate(axes.xaxis, xref, box.x0),
        "x1": coordinate(axes.xaxis, xref, box.x1),
        "y0": coordinate(axes.yaxis, yref, box.y0),
        "y1": coordinate(axes.yaxis, yref, box.y1),
        "fillcolor": style.colour(patch.get_facecolor()),
        "line": _edge(patch.get_edgecolor(), patch.get_linewidth()),
        "layer": "below",
    }


def in_data(patch: Any, place: Place) -> bool:
    """Tell whether a patch is measured in data along both axes."""
    return bool(_data_transform(patch) == place.axes.transData)


def _data_transform(patch: Any) -> Any:
    return patch.get_data_transform()


def area(patch: Any, place: Place) -> Dict:
    """Return a patch in data coordinates as a filled outline.

    Raises:
        NotFaithful: it is of a kind that is not outlined here.
    """
    name = type(patch).__name__
    if name not in SHAPES:
        raise NotFaithful(name)
    path = patch.get_path().transformed(patch.get_patch_transform())
    is_filled = patch.get_fill() and patch.get_facecolor()[3] > 0
    face = style.colour(patch.get_facecolor()) if is_filled else None
    edge = _edge(patch.get_edgecolor(), patch.get_linewidth(), patch.get_linestyle())
    return _outline([path], place, face, edge)


def areas(collection: Any, place: Place) -> list[Dict]:
    """Return the traces of a collection of polygons: one, or one each where their colours differ.

    Raises:
        NotFaithful: they are coloured by value, moved about, or very many.
    """
    if collection.get_array() is not None:
        raise NotFaithful("areas coloured by a value")
    if collection.get_transform() != place.axes.transData or np.any(collection.get_offsets()):
        raise NotFaithful("areas in coordinates of their own")
    paths, faces, edges = (
        collection.get_paths(),
        collection.get_facecolors(),
        collection.get_edgecolors(),
    )
    widths = collection.get_linewidths()
    width = float(widths[0]) if len(widths) else 0.0
    edge = _edge(edges[0], width) if len(edges) else {"width": 0}
    if len(faces) <= 1:
        face = style.colour(faces[0]) if len(faces) else None
        return [_outline(paths, place, face, edge)]
    if len(paths) > _MOST_AREAS:
        raise NotFaithful("very many areas")
    return [
        _outline([path], place, style.colour(faces[i % len(faces)]), edge)
        for i, path in enumerate(paths)
    ]


def _edge(tint: Any, width: float, linestyle: Any = "-") -> Dict:
    told = {"color": style.colour(tint), "width": round(width * PIXELS_A_POINT, 2)}
    return (
        {**told, "dash": style.dash(linestyle, width)} if linestyle not in ("-", "solid") else told
    )


def _outline(paths: list[Any], place: Place, face: str | None, edge: Dict) -> Dict:
    gap = np.full((1, 2), np.nan)
    parts = [
        part for path in paths for polygon in _polygons(path, place) for part in (polygon, gap)
    ]
    xy = np.concatenate(parts)[:-1] if parts else np.empty((0, 2))
    told: Dict = {
        "type": "scatter",
        "x": values(place.axes.xaxis, xy[:, 0]),
        "y": values(place.axes.yaxis, xy[:, 1]),
        "mode": "lines",
        "line": edge,
        "hoverinfo": "skip",
    }
    return {**told, "fill": "toself", "fillcolor": face} if face else told


def _polygons(path: Any, place: Place) -> list[NDArray[np.float64]]:
    """Return the outline of a path; curves are followed as finely as on the screen."""
    if path.codes is None or set(path.codes.tolist()) <= {0, 1, 2, 79}:
        return [np.asarray(p) for p in path.to_polygons(closed_only=False)]
    to_screen = place.axes.transData
    return [
        to_screen.inverted().transform(polygon)
        for polygon in to_screen.transform_path(path).to_polygons(closed_only=False)
    ]
