"""Axes: limits, scales, titles, ticks, grids, frames, and which axes share what."""

from __future__ import annotations

from typing import Any

from matplotlib import ticker  # type: ignore[import-not-found,unused-ignore] # loaded, as a figure is here

from stripchart.sdk.figures.matplotlib import style
from stripchart.sdk.figures.matplotlib.mathtext import to_plotly
from stripchart.sdk.figures.matplotlib.places import Place, ends, is_dated
from stripchart.sdk.figures.matplotlib.style import PIXELS_A_POINT, NotFaithful
from stripchart.sdk.figures.matplotlib.texts import font

Dict = dict[str, Any]

_PLOTLY_TICKS_AS_WELL = (
    "ScalarFormatter",
    "LogFormatter",
    "LogFormatterSciNotation",
    "LogFormatterMathtext",
    "LogFormatterExponent",
    "EngFormatter",
)


def layout(place: Place, base: Place | None) -> Dict:
    """Return both plotly axes of an axes; ``base`` is the one that it lies upon (``twinx``).

    Raises:
        NotFaithful: an axis is scaled or labelled in a way that plotly has not.
    """
    axes = place.axes
    x = _axis(axes.xaxis, axes.get_xlim(), "x")
    y = _axis(axes.yaxis, axes.get_ylim(), "y")
    x.update(anchor=place.y, domain=[place.x0, place.x1])
    y.update(anchor=place.x, domain=[place.y0, place.y1])
    x.update(_frame(axes, "bottom", "top"))
    y.update(_frame(axes, "left", "right"))
    if not axes.axison:
        x["visible"] = y["visible"] = False
    if base is not None:
        x["overlaying"], y["overlaying"] = base.x, base.y
        for axis, told in ((axes.xaxis, x), (axes.yaxis, y)):
            told["showgrid"] = False
            if not axis.get_visible():
                told["visible"] = False
    if axes.get_aspect() != "auto":
        ratio = axes.get_aspect()
        y.update(scaleanchor=place.x, scaleratio=1 if ratio == "equal" else float(ratio))
        x["constrain"] = y["constrain"] = "domain"
    return {place.key("xaxis"): x, place.key("yaxis"): y}


def _axis(axis: Any, limits: Any, name: str) -> Dict:
    scale = axis.get_scale()
    if scale not in ("linear", "log"):
        raise NotFaithful(f"a {scale} scale")
    told: Dict = {
        "type": "date" if is_dated(axis) else scale,
        "range": ends(axis, limits),
        "zeroline": False,
        "automargin": True,
        **_title(axis),
        **_grid(axis),
        **_ticks(axis),
    }
    if scale == "log":
        told.update(_decades(told["range"]))
    near, far = ("left", "right") if name == "y" else ("bottom", "top")
    settings = axis.get_tick_params(which="major")
    if settings.get(f"label{far}") and not settings.get(f"label{near}"):
        told["side"] = far
    return told


def _decades(exponents: list[Any]) -> Dict:
    """Return ticks at powers of ten, where a few of them are in sight."""
    return {
        "exponentformat": "power",
        **({"dtick": 1} if 1 <= abs(exponents[1] - exponents[0]) <= 10 else {}),
    }


def _title(axis: Any) -> Dict:
    label = axis.get_label()
    if not label.get_text() or not label.get_visible():
        return {}
    return {"title": {"text": to_plotly(label.get_text()), "font": font(label)}}


def _grid(axis: Any) -> Dict:
    settings = axis.get_tick_params(which="major")
    if not settings.get("gridOn", False):
        return {"showgrid": False}
    told: Dict = {"showgrid": True}
    tick = axis.majorTicks[0] if axis.majorTicks else None
    if tick is not None:
        line = tick.gridline
        alpha = line.get_alpha()
        told["gridcolor"] = style.colour(line.get_color(), alpha)
        told["gridwidth"] = round(line.get_linewidth() * PIXELS_A_POINT, 2)
        told["griddash"] = style.dash(line.get_linestyle(), line.get_linewidth())
    minor = axis.get_tick_params(which="minor").get("gridOn", False)
    return {**told, "minor": {"showgrid": True}} if minor else told


def _ticks(axis: Any) -> Dict:
    settings = axis.get_tick_params(which="major")
    shown = settings.get("left", settings.get("bottom", True)) or settings.get(
        "right", settings.get("top", False)
    )
    labelled = settings.get("labelleft", settings.get("labelbottom", True)) or settings.get(
        "labelright", settings.get("labeltop", False)
    )
    if isinstance(axis.get_major_locator(), ticker.NullLocator):
        return {"ticks": "", "showticklabels": False}
    told: Dict = {"ticks": "outside" if shown else "", "showticklabels": bool(labelled)}
    if axis.majorTicks:
        label = axis.majorTicks[0].label1
        told["tickfont"] = {
            "size": round(label.get_fontsize() * PIXELS_A_POINT, 1),
            "color": style.colour(label.get_color()),
        }
        if label.get_rotation():
            told["tickangle"] = -label.get_rotation()
    if labelled:
        told.update(_named_ticks(axis))
    return told


def _named_ticks(axis: Any) -> Dict:
    """Return the ticks that the script chose, where it did; else plotly's own, which follow a zoom."""
    formatter, locator = axis.get_major_formatter(), axis.get_major_locator()
    name = type(formatter).__name__
    is_usual = name in _PLOTLY_TICKS_AS_WELL or is_dated(axis)
    if isinstance(formatter, ticker.NullFormatter):
        return {"showticklabels": False}
    if is_usual and not isinstance(locator, ticker.FixedLocator):
        return {}
    places = [float(place) for place in locator()]
    if is_usual and is_dated(axis):
        return {"tickvals": ends_of_ticks(axis, places)}
    if is_usual:
        return {"tickvals": places}
    low, high = sorted(axis.get_view_interval())
    labels = formatter.format_ticks(places)
    pairs = [(p, label) for p, label in zip(places, labels, strict=True) if low <= p <= high]
    return {
        "tickvals": ends_of_ticks(axis, [place for place, _ in pairs]),
        "ticktext": [to_plotly(str(label)) for _, label in pairs],
    }


def ends_of_ticks(axis: Any, places: list[float]) -> Any:
    """Return the places of ticks, dates as text."""
    import numpy as np

    from stripchart.sdk.figures.matplotlib.places import dates

    return dates(axis, np.array(places)) if is_dated(axis) else places


def _frame(axes: Any, near: str, far: str) -> Dict:
    spines = axes.spines
    here, there = (name in spines and spines[name].get_visible() for name in (near, far))
    if not axes.get_frame_on():
        here = there = False
    if not here and not there:
        return {"showline": False}
    spine = spines[near if here else far]
    return {
        "showline": True,
        "mirror": here and there,
        "linecolor": style.colour(spine.get_edgecolor()),
        "linewidth": round(spine.get_linewidth() * PIXELS_A_POINT, 2),
    }
