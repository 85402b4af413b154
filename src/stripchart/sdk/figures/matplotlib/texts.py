"""Texts and arrows: ``text``, ``annotate``, the titles of axes and figure."""

from __future__ import annotations

from typing import Any

from stripchart.sdk.figures.matplotlib import style
from stripchart.sdk.figures.matplotlib.mathtext import to_plotly
from stripchart.sdk.figures.matplotlib.places import Place, annotation_coordinate
from stripchart.sdk.figures.matplotlib.style import PIXELS_A_POINT, NotFaithful

Dict = dict[str, Any]

_ACROSS = {"left": "left", "center": "center", "right": "right"}
_ALONG = {
    "top": "top",
    "center": "middle",
    "center_baseline": "middle",
    "baseline": "bottom",
    "bottom": "bottom",
}


def font(text: Any) -> Dict:
    """Return size and colour of a text, and its weight where it is bold."""
    told: Dict = {
        "size": round(text.get_fontsize() * PIXELS_A_POINT, 1),
        "color": style.colour(text.get_color(), text.get_alpha()),
    }
    if str(text.get_weight()) in ("bold", "heavy", "black", "700", "800", "900"):
        told["weight"] = "bold"
    if text.get_style() in ("italic", "oblique"):
        told["style"] = "italic"
    return told


def heading(text: Any) -> Dict | None:
    """Return a title, or ``None`` where it is empty."""
    if text is None or not text.get_text():
        return None
    return {"text": to_plotly(text.get_text()), "font": font(text)}


def annotation(text: Any, place: Place) -> Dict:
    """Return a text at its place, with its arrow where it has one.

    Raises:
        NotFaithful: its place is measured in a way of its own.
    """
    told: Dict = {
        "text": to_plotly(text.get_text()),
        "font": font(text),
        "xanchor": _ACROSS.get(text.get_ha(), "center"),
        "yanchor": _ALONG.get(text.get_va(), "bottom"),
        "textangle": -text.get_rotation(),
        "align": _ACROSS.get(text.get_ha(), "center"),
        "showarrow": False,
        **_box(text),
    }
    if not hasattr(text, "arrowprops"):
        xref, yref = place.refs(text.get_transform(), "a text")
        return {**told, **_at(place, xref, yref, *text.get_position())}
    return {**told, **_annotated(text, place)}


def _box(text: Any) -> Dict:
    patch = text.get_bbox_patch()
    if patch is None:
        return {}
    return {
        "bgcolor": style.colour(patch.get_facecolor()),
        "bordercolor": style.colour(patch.get_edgecolor()),
        "borderwidth": round(patch.get_linewidth() * PIXELS_A_POINT, 1),
        "borderpad": 4,
    }


def _at(place: Place, xref: str, yref: str, x: Any, y: Any) -> Dict:
    axes = place.axes
    return {
        "xref": xref,
        "yref": yref,
        "x": annotation_coordinate(axes.xaxis, xref, x),
        "y": annotation_coordinate(axes.yaxis, yref, y),
    }


def _annotated(text: Any, place: Place) -> Dict:
    point = _measured(text.xycoords, place)
    text_at = text.anncoords
    if text_at in ("offset points", "offset pixels"):
        scale = PIXELS_A_POINT if text_at == "offset points" else 1
        right, up = text.get_position()
        at = _at(place, *point, *text.xy)
        if text.arrowprops is None:
            return {**at, "xshift": right * scale, "yshift": up * scale}
        return {**at, **_arrow(text), "ax": right * scale, "ay": -up * scale}
    there = _measured(text_at, place)
    if text.arrowprops is None:
        return _at(place, *there, *text.get_position())
    if there != point or point != (place.x, place.y):
        raise NotFaithful("an arrow between different coordinates")
    start = _at(place, *there, *text.get_position())
    told = {"axref": place.x, "ayref": place.y, "ax": start["x"], "ay": start["y"]}
    return {**_at(place, *point, *text.xy), **_arrow(text), **told}


def _measured(coordinates: Any, place: Place) -> tuple[str, str]:
    if isinstance(coordinates, str) and coordinates == "data":
        return place.x, place.y
    if isinstance(coordinates, str) and coordinates == "axes fraction":
        return f"{place.x} domain", f"{place.y} domain"
    if hasattr(coordinates, "transform"):
        return place.refs(coordinates, "an annotation")
    raise NotFaithful(f"an annotation in {coordinates}")


def _arrow(text: Any) -> Dict:
    given = text.arrowprops
    tint = given.get("color") or given.get("ec") or given.get("edgecolor") or given.get("facecolor")
    has_head = "arrowstyle" not in given or ">" in str(given["arrowstyle"])
    width = given.get("lw", given.get("linewidth", given.get("width", 1.0)))
    return {
        "showarrow": True,
        "arrowcolor": style.colour(tint or "black"),
        "arrowwidth": max(1.0, round(float(width) * PIXELS_A_POINT, 1)),
        "arrowhead": 2 if has_head else 0,
        "standoff": 2,
    }
