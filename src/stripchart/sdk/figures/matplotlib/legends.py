"""Legends: which traces they name, where they stand, and entries that the script made itself."""

from __future__ import annotations

from typing import Any

from stripchart.sdk.figures.matplotlib import lines, patches, points, style
from stripchart.sdk.figures.matplotlib.mathtext import to_plotly
from stripchart.sdk.figures.matplotlib.places import Place
from stripchart.sdk.figures.matplotlib.style import NotFaithful

Dict = dict[str, Any]

_CORNERS = {
    1: (1, 1), 2: (0, 1), 3: (0, 0), 4: (1, 0), 5: (1, 0.5), 6: (0, 0.5), 7: (1, 0.5), 8: (0.5, 0), 9: (0.5, 1),
    10: (0.5, 0.5), 0: (1, 1),
}  # fmt: skip


def name_traces(legend: Any, traces: list[Dict], key: str, place: Place) -> list[Dict]:
    """Show those traces in the legend that it names, and return traces for entries of its own.

    Raises:
        NotFaithful: an entry is of a kind unknown.
    """
    extra = []
    for rank, (text, handle) in enumerate(
        zip(legend.get_texts(), legend.legend_handles, strict=False)
    ):
        label = text.get_text()
        named = next((t for t in traces if t.get("name") == label and not t["showlegend"]), None)
        if named is None:
            named = {"x": [None], "y": [None], "type": "scatter", **_entry(handle, place)}
            extra.append(named)
        named.update(name=label, showlegend=True, legend=key, legendrank=rank)
    for trace in (*traces, *extra):
        if trace.get("legend") == key:
            trace["name"] = to_plotly(trace["name"])
    return extra


def _entry(handle: Any, place: Place) -> Dict:
    if handle is None:
        raise NotFaithful("a legend entry of its own kind")
    if hasattr(handle, "get_xydata"):
        has_line = handle.get_linestyle() not in ("None", "none", " ", "")
        told: Dict = {"mode": "lines" if has_line else "markers", "line": lines.stroke(handle)}
        if handle.get_marker() not in ("None", "none", " ", "", None):
            told["marker"] = lines.markers(handle)
            told["mode"] = "lines+markers" if has_line else "markers"
        return {**told, "xaxis": place.x, "yaxis": place.y}
    if hasattr(handle, "get_offsets"):
        marker = points.marker(handle)
        marker.pop("colorscale", None)
        return {"mode": "markers", "marker": marker, "xaxis": place.x, "yaxis": place.y}
    if type(handle).__name__ in patches.SHAPES:
        face = {"color": style.colour(handle.get_facecolor()), "symbol": "square", "size": 12}
        return {"mode": "markers", "marker": face, "xaxis": place.x, "yaxis": place.y}
    raise NotFaithful(f"a legend entry of a {type(handle).__name__}")


def layout(legend: Any, place: Place, *, alone: bool) -> Dict:
    """Return a legend: beside the plot where Matplotlib was to choose and there is room, else in its corner."""
    told: Dict = {"tracegroupgap": 0}
    title = legend.get_title().get_text()
    if title and title != "None":
        told["title"] = {"text": to_plotly(title)}
    where = legend._loc
    if alone and (where == 0 or not isinstance(where, int)):
        return told
    across, along = _CORNERS.get(where if isinstance(where, int) else 0, (1, 1))
    anchors = {0: "left", 0.5: "center", 1: "right"}, {0: "bottom", 0.5: "middle", 1: "top"}
    told.update(
        x=place.x0 + (place.x1 - place.x0) * (0.02 + 0.96 * across),
        y=place.y0 + (place.y1 - place.y0) * (0.02 + 0.96 * along),
        xanchor=anchors[0][across],
        yanchor=anchors[1][along],
        bgcolor=style.colour(legend.get_frame().get_facecolor(), 0.8),
        bordercolor=style.colour(legend.get_frame().get_edgecolor(), 0.8),
        borderwidth=1 if legend.get_frame_on() else 0,
    )
    return told
