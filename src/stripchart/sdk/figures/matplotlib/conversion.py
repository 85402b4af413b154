"""``convert``: a figure of Matplotlib as plotly's, or the reason why it would not be the same picture."""

from __future__ import annotations

from typing import Any

from stripchart.sdk.figures.figure import MOST_VALUES
from stripchart.sdk.figures.matplotlib import axes as axes_of
from stripchart.sdk.figures.matplotlib import legends, lines, maps, patches, points, style, texts
from stripchart.sdk.figures.matplotlib.places import Place
from stripchart.sdk.figures.matplotlib.style import NotFaithful

Dict = dict[str, Any]

_LINES = ("Line2D",)
_LINE_COLLECTIONS = ("LineCollection", "EventCollection")
_AREA_COLLECTIONS = ("PolyCollection", "FillBetweenPolyCollection")


class _Converted:
    """Gather the parts of a plotly figure."""

    def __init__(self) -> None:
        self.traces: list[Dict] = []
        self.shapes: list[Dict] = []
        self.annotations: list[Dict] = []
        self.pictures: list[Dict] = []
        self.layout: Dict = {}


def convert(figure: Any) -> Dict:
    """Return the figure with its axes, artists, texts and legends; the figure itself is only read.

    Raises:
        NotFaithful: something of it has no equal in plotly; the message names it.
    """
    _check_figure(figure)
    places = _places(figure)
    bars = _colour_bars(places)
    plain = [place for place in places if place.axes not in bars]
    if not plain:
        raise NotFaithful("a figure without axes")
    found = _Converted()
    for place in plain:
        _convert_axes(place, found, plain)
    _attach_colour_bars(bars, places, found)
    _add_heading(figure, plain, found)
    _add_legends(figure, plain, found)
    _check_count(found.traces)
    return {"data": [_public(trace) for trace in found.traces], "layout": _whole(figure, found)}


def _check_figure(figure: Any) -> None:
    if getattr(figure, "subfigs", None):
        raise NotFaithful("subfigures")
    own = [*figure.lines, *figure.images, *figure.patches, *figure.artists]
    headings = (
        figure._suptitle,
        getattr(figure, "_supxlabel", None),
        getattr(figure, "_supylabel", None),
    )
    if own or any(text not in headings for text in figure.texts if text.get_text()):
        raise NotFaithful("artists of the figure itself")
    for axes in figure.axes:
        if axes.name != "rectilinear":
            raise NotFaithful(f"{axes.name} axes")
        if axes.child_axes:
            raise NotFaithful("axes within axes")
        if axes.tables or axes.artists:
            raise NotFaithful("tables or free artists")


def _places(figure: Any) -> list[Place]:
    """Return where each axes lies, on a paper that all of them fill."""
    visible = [axes for axes in figure.axes if axes.get_visible()]
    # Not the active position: to find that, Matplotlib sets it.
    boxes = [axes.get_position(original=True) for axes in visible]
    if not boxes:
        return []
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    low, high = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
    wide, tall = max(right - left, 1e-9), max(high - low, 1e-9)

    def share(value: float, start: float, length: float) -> float:
        return round(min(max((value - start) / length, 0.0), 1.0), 6)

    return [
        Place(
            axes,
            number,
            share(box.x0, left, wide),
            share(box.x1, left, wide),
            share(box.y0, low, tall),
            share(box.y1, low, tall),
        )
        for number, (axes, box) in enumerate(zip(visible, boxes, strict=True), 1)
    ]


def _colour_bars(places: list[Place]) -> dict[Any, Any]:
    """Return the colour bars of a figure by the axes that holds them."""
    bars = {}
    for place in places:
        bar = getattr(place.axes, "_colorbar", None)
        if bar is not None:
            bars[place.axes] = bar
    return bars


def _convert_axes(place: Place, found: _Converted, places: list[Place]) -> None:
    axes = place.axes
    siblings = axes._twinned_axes.get_siblings(axes)
    base = next((p for p in places if p.axes in siblings and p.number < place.number), None)
    found.layout.update(axes_of.layout(place, base))
    _share(place, places, found, base)
    named = _names(axes)
    in_bars = _convert_bars(place, found)
    artists = [*axes.patches, *axes.images, *axes.collections, *axes.lines]
    for artist in sorted(artists, key=lambda a: a.get_zorder()):
        if artist in in_bars or not artist.get_visible():
            continue
        style.check_effects(artist)
        for trace in _convert_artist(artist, place, found):
            _keep(trace, artist, named.get(artist, artist.get_label()), place, found)
    for text in axes.texts:
        if text.get_visible() and text.get_text():
            found.annotations.append(texts.annotation(text, place))
    if not any(trace["_axes"] is axes for trace in found.traces):
        empty = {"type": "scatter", "x": [], "y": [], "mode": "markers"}
        _keep(empty, None, "", place, found)


def _share(place: Place, places: list[Place], found: _Converted, base: Place | None) -> None:
    """Let axes that share a limit zoom together."""
    for key, name in (("xaxis", "x"), ("yaxis", "y")):
        shared = getattr(place.axes, f"get_shared_{name}_axes")().get_siblings(place.axes)
        first = next((p for p in places if p.axes in shared), place)
        # plotly allows for one of the two ties only.
        if first is not place and "scaleanchor" not in found.layout[place.key("yaxis")]:
            found.layout[place.key(key)]["matches"] = getattr(first, name)


def _names(axes: Any) -> dict[Any, str]:
    """Return the names of artists that bear that of their container, as error bars do."""
    named: dict[Any, str] = {}
    for container in axes.containers:
        label = container.get_label() or ""
        parts = [part for part in container.get_children() if part is not None]
        for i, part in enumerate(parts):
            if type(container).__name__ != "BarContainer":
                named[part] = label if i == 0 else ""
    return named


def _convert_bars(place: Place, found: _Converted) -> set[Any]:
    done: set[Any] = set()
    for container in place.axes.containers:
        if type(container).__name__ != "BarContainer" or not container.patches:
            continue
        done.update(container.patches)
        trace = patches.bars(container, place)
        _keep(trace, container.patches[0], container.get_label(), place, found)
    return done


def _convert_artist(artist: Any, place: Place, found: _Converted) -> list[Dict]:
    """Return the traces of an artist; what becomes a shape or a picture is put where it belongs.

    Raises:
        NotFaithful: it is of a kind without an equal.
    """
    name = type(artist).__name__
    if name in _LINES:
        if artist.get_transform() == place.axes.transData:
            return [lines.trace(artist, place)]
        found.shapes.append(lines.shape(artist, place))
        return []
    if name == "AxLine":
        found.shapes.append(lines.endless(artist, place))
        return []
    if name in _LINE_COLLECTIONS:
        if artist.get_transform() != place.axes.transData:
            raise NotFaithful("lines in coordinates of their own")
        return lines.segments(artist, place)
    if name == "PathCollection":
        return [points.trace(artist, place)]
    if name in _AREA_COLLECTIONS:
        return patches.areas(artist, place)
    if name == "QuadMesh":
        return [maps.mesh_trace(artist, place)]
    if name == "AxesImage":
        return _convert_image(artist, place, found)
    if name in patches.SHAPES:
        if patches.in_data(artist, place):
            return [patches.area(artist, place)]
        found.shapes.append(patches.shape(artist, place))
        return []
    raise NotFaithful(name)


def _convert_image(image: Any, place: Place, found: _Converted) -> list[Dict]:
    trace = maps.image_trace(image, place)
    if trace is not None:
        return [trace]
    found.pictures.append(maps.picture_of(image, place))
    return []


def _keep(trace: Dict, artist: Any, label: Any, place: Place, found: _Converted) -> None:
    name = str(label or "")
    trace.update(
        xaxis=place.x, yaxis=place.y, name="" if name.startswith("_") else name, showlegend=False
    )
    trace.update(_artist=artist, _axes=place.axes)
    if not trace["name"] and "hovertemplate" not in trace and trace.get("hoverinfo") != "skip":
        trace["hoverinfo"] = "x+y"
    found.traces.append(trace)


def _attach_colour_bars(bars: dict[Any, Any], places: list[Place], found: _Converted) -> None:
    for axes, bar in bars.items():
        place = next(p for p in places if p.axes is axes)
        trace = next((t for t in found.traces if t["_artist"] is bar.mappable), None)
        if trace is None:
            raise NotFaithful("a colour bar of something else than points or an image")
        holder = trace.get("marker", trace)
        holder["showscale"] = True
        holder["colorbar"] = maps.colour_bar(bar, place)


def _add_heading(figure: Any, places: list[Place], found: _Converted) -> None:
    top = texts.heading(figure._suptitle)
    if top:
        found.layout["title"] = top
    for place in places:
        for text, x, anchor in (
            (place.axes.title, 0.5, "center"),
            (place.axes._left_title, 0.0, "left"),
            (place.axes._right_title, 1.0, "right"),
        ):
            shown = texts.heading(text)
            if shown and anchor == "center" and len(places) == 1 and not top:
                found.layout["title"] = shown
            elif shown:
                found.annotations.append(_over(place, shown, x, anchor))
    for name, place_of in (("_supxlabel", {"x": 0.5, "y": 0}), ("_supylabel", {"x": 0, "y": 0.5})):
        shown = texts.heading(getattr(figure, name, None))
        if shown:
            is_x = name == "_supxlabel"
            turned: Dict = {"yshift": -48} if is_x else {"xshift": -56, "textangle": -90}
            found.annotations.append(
                {
                    **shown,
                    **place_of,
                    **turned,
                    "xref": "paper",
                    "yref": "paper",
                    "showarrow": False,
                }
            )


def _over(place: Place, shown: Dict, x: float, anchor: str) -> Dict:
    across = place.x0 + (place.x1 - place.x0) * x
    where = {"xref": "paper", "yref": "paper", "x": across, "y": place.y1}
    return {
        **shown,
        **where,
        "xanchor": anchor,
        "yanchor": "bottom",
        "showarrow": False,
        "yshift": 2,
    }


def _add_legends(figure: Any, places: list[Place], found: _Converted) -> None:
    shown = [(p.axes.get_legend(), p) for p in places if p.axes.get_legend() is not None]
    alone = len(places) == 1
    for legend in figure.legends:
        whole = Place(places[0].axes, places[0].number, 0.0, 1.0, 0.0, 1.0)
        shown.append((legend, whole))
    for number, (legend, place) in enumerate(shown, 1):
        if not legend.get_visible():
            continue
        key = "legend" if number == 1 else f"legend{number}"
        of_figure = legend in figure.legends
        traces = [t for t in found.traces if of_figure or t["_axes"] is place.axes]
        found.traces += legends.name_traces(legend, traces, key, place)
        found.layout[key] = legends.layout(legend, place, alone=alone)


def _check_count(traces: list[Dict]) -> None:
    count = sum(len(trace.get("x", ())) + getattr(trace.get("z"), "size", 0) for trace in traces)
    if count > MOST_VALUES // 4:
        raise NotFaithful(f"{count:,} values")


def _public(trace: Dict) -> Dict:
    return {key: value for key, value in trace.items() if not key.startswith("_")}


def _whole(figure: Any, found: _Converted) -> Dict:
    inner = figure.axes[0].get_facecolor()
    return {
        **found.layout,
        "paper_bgcolor": style.colour(figure.get_facecolor()),
        "plot_bgcolor": style.colour(inner),
        "font": {"color": "rgba(0,0,0,1)"},
        "hovermode": "closest",
        "barmode": "overlay",
        "showlegend": any(trace.get("showlegend") for trace in found.traces),
        "shapes": found.shapes,
        "annotations": found.annotations,
        "images": found.pictures,
    }
