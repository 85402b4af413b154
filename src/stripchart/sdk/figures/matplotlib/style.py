"""Colours, widths, dashes and markers of Matplotlib in plotly's words."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIXELS_A_POINT = 96 / 72
CLEAR = "rgba(0,0,0,0)"


class NotFaithful(Exception):
    """Say what of a figure has no equal in plotly; the figure is kept as an image."""


MARKERS = {
    ".": "circle", "o": "circle", ",": "circle", "s": "square", "^": "triangle-up", "v": "triangle-down",
    "<": "triangle-left", ">": "triangle-right", "D": "diamond", "d": "diamond-tall", "x": "x-thin", "+": "cross-thin",
    "X": "x", "P": "cross", "*": "star", "p": "pentagon", "h": "hexagon", "H": "hexagon2", "8": "octagon",
    "|": "line-ns", "_": "line-ew", "1": "y-down", "2": "y-up", "3": "y-left", "4": "y-right",
}  # fmt: skip
THIN = {"x", "+", "|", "_", "1", "2", "3", "4"}  # drawn by their edge alone
_SCALE = {".": 0.5}  # of the marker's size


def colour(value: Any, alpha: float | None = None) -> str:
    """Return a colour of any of Matplotlib's forms as CSS."""
    from matplotlib.colors import to_rgba

    red, green, blue, opacity = to_rgba(value, alpha)
    channels = ",".join(str(round(c * 255)) for c in (red, green, blue))
    return f"rgba({channels},{round(opacity, 4)})"


def colours(values: Any) -> Any:
    """Return rows of RGBA as one colour of CSS, or a list of them; clear where there are none."""
    if not len(values):
        return CLEAR
    if len(values) == 1 or (values == values[0]).all():
        return colour(values[0])
    return [colour(value) for value in values]


def dash(linestyle: Any, width: float) -> str:
    """Return a line style's dash pattern; ``NotFaithful`` for styles unknown."""
    names = {"-": "solid", "--": "dash", ":": "dot", "-.": "dashdot"}
    if isinstance(linestyle, str):
        return names.get(linestyle, "solid")
    _, pattern = linestyle
    if not pattern:
        return "solid"
    return ",".join(f"{round(length * PIXELS_A_POINT, 2)}px" for length in pattern)


def line_dash(line: Any) -> str:
    """Return the dash pattern of a line, scaled by its width as it is drawn."""
    if not line.is_dashed():
        return "solid"
    name = line.get_linestyle()
    pattern = getattr(line, "_unscaled_dash_pattern", (0, None))[1]
    if name in (":", "-.") or not pattern:
        return dash(name, line.get_linewidth())
    width = line.get_linewidth() * PIXELS_A_POINT
    return ",".join(f"{round(length * width, 2)}px" for length in pattern)


def symbol(marker: Any, fillstyle: str = "full") -> tuple[str, float]:
    """Return the symbol of a marker, and its size as a share of the marker's.

    Raises:
        NotFaithful: plotly has no such symbol.
    """
    if not isinstance(marker, str) or marker not in MARKERS:
        raise NotFaithful(f"marker {marker!r}")
    if fillstyle not in ("full", "none"):
        raise NotFaithful(f"markers that are half full ({fillstyle})")
    is_open = marker in THIN or fillstyle == "none"
    return MARKERS[marker] + ("-open" if is_open else ""), _SCALE.get(marker, 1.0)


@functools.cache
def _outlines() -> list[tuple[str, NDArray[np.float64]]]:
    from matplotlib.markers import MarkerStyle

    found = []
    for name in MARKERS:
        style = MarkerStyle(name)
        outline = style.get_path().transformed(style.get_transform())
        found.append((name, np.asarray(outline.vertices, dtype=np.float64)))
    return found


def marker_of(path: Any) -> str:
    """Return the name of the marker that has this outline.

    Raises:
        NotFaithful: none has.
    """
    vertices = path.vertices
    for name, outline in _outlines():
        if outline.shape == vertices.shape and np.allclose(outline, vertices):
            return name
    raise NotFaithful("a marker of its own shape")


def check_effects(artist: Any) -> None:
    """Check that an artist is drawn in plain strokes.

    Raises:
        NotFaithful: it has path effects, a hatch, or is sketched.
    """
    if artist.get_path_effects():
        raise NotFaithful("path effects")
    if artist.get_sketch_params():
        raise NotFaithful("sketched lines")
    hatch = getattr(artist, "get_hatch", None)
    if hatch is not None and hatch():
        raise NotFaithful("hatching")
