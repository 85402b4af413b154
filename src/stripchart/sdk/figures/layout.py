"""What the layouts of all figures share: titles, axes, comments, and merging what the script adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stripchart.sdk.figures.figure import Refused, Unplottable

Dict = dict[str, Any]


def heading(title: str, comment: str | None = None) -> Dict:
    """Return a figure's title; a comment stands under it in small."""
    return {"text": f"{title}<br><sup>{comment}</sup>" if comment else title}


def axis(title: str | None, **more: Any) -> Dict:
    """Return an axis with a title, or none, and room for its labels."""
    return {"title": {"text": str(title)} if title else {}, "automargin": True, **more}


def seen_from(x: float = 1.5, y: float = 1.5, z: float = 1.2) -> Dict:
    """Return the camera of a figure in space; by default a little further off than plotly's, which cuts labels."""
    return {"eye": {"x": x, "y": y, "z": z}}


def spatial(title: Dict, scene: Dict) -> Dict:
    """Return the layout of a figure in space, which has its axes inside and needs little margin."""
    camera = {**seen_from(), "center": {"x": 0, "y": 0, "z": -0.1}}
    return {
        "title": title,
        "scene": {"camera": camera, **scene},
        "margin": {"l": 0, "r": 0, "b": 0},
        "showlegend": True,
    }


def spikes() -> Dict:
    """Return what makes an axis show where the cursor stands."""
    return {
        "showspikes": True,
        "spikethickness": 1,
        "spikesnap": "cursor",
        "spikemode": "toaxis+across",
    }


def merged(base: Mapping[str, Any], extra: Any, argument: str) -> Dict:
    """Return ``base`` with a dict of the script's merged into it at every depth; neither is changed.

    A title that is given as a text is put where plotly looks for it today.

    Raises:
        Unfit: it is no dict.
    """
    if extra is None:
        return dict(base)
    if not isinstance(extra, Mapping):
        message = f"{argument} must be a dict, got {type(extra).__name__}"
        raise Unplottable("plot-extra", TypeError(message))
    return _deep(base, extra)


def _deep(base: Mapping[str, Any], extra: Mapping[Any, Any]) -> Dict:
    result = dict(base)
    for key, value in extra.items():
        before = result.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            result[key] = _deep(before, value)
        elif key == "title" and isinstance(value, str):
            result[key] = {**before, "text": value} if isinstance(before, Mapping) else value
        else:
            result[key] = value
    return result


def distinct(labels: list[str]) -> list[str]:
    """Return labels that differ and look the same: plotly puts categories of one name in one place."""
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        count = seen[label] = seen.get(label, -1) + 1
        result.append(label + "\u200b" * count)  # spaces without a width
    return result


def categories(labels: list[str], title: str | None) -> Dict:
    """Return an axis of categories in their order; numbers among them stay names."""
    few = {"tickmode": "linear", "dtick": 1} if len(labels) <= 40 else {}
    return axis(title, type="category", categoryorder="array", categoryarray=labels, **few)


def plain_text(text: str | None, otherwise: str) -> str:
    """Return a text for use in a hover template, where ``%{`` begins a variable."""
    return (text or otherwise).replace("%{", "%\u200b{")


def updated(base: Mapping[str, Any], extra: Any, argument: str) -> Dict:
    """Return ``base`` with the entries of a dict of the script's in the place of its own; neither is changed.

    Raises:
        Refused: it is no dict.
    """
    if extra is not None and not isinstance(extra, Mapping):
        message = f"{argument} must be a dict, got {type(extra).__name__}"
        raise Refused(TypeError(message))
    return {**base, **(extra or {})}
