"""The figures, as plotly has them, of histograms, precision-recall curves and meshes of TensorBoard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Figure = dict[str, Any]

_EVEN_BINS = 60


def bins_of(histo: Any) -> tuple[NDArray[Any], dict[str, float]]:
    """Return the bins of a ``HistogramProto`` as rows (left, right, count), and what it says of all values.

    Empty bins at both ends go, and the outermost edges are the least and the greatest value, as TensorBoard's own
    reader has it: the proto's are the ends of the number range.
    """
    import numpy as np

    counts = np.array(histo.bucket, dtype=float)
    limits = np.array(histo.bucket_limit, dtype=float)
    told = {"min": histo.min, "max": histo.max, "num": histo.num, "sum": histo.sum}
    told["sum_squares"] = histo.sum_squares
    filled = np.flatnonzero(counts > 0)
    if not len(filled):
        return np.zeros((0, 3)), told
    first, last = filled[0], filled[-1]
    inner = limits[first:last]
    lefts, rights = np.append(histo.min, inner), np.append(inner, histo.max)
    return np.stack([lefts, rights, counts[first : last + 1]], axis=1), told


def histogram(title: str, series: str, bins: NDArray[Any], told: dict[str, float]) -> Figure:
    """Return the outline of bins, rows of (left, right, count).

    Bins of different widths, as torch makes them, would show a dent where the narrow ones are. They are drawn as even
    ones, each count spread evenly over its bin, as TensorBoard draws them, and kept as they are in the ``meta``.
    """
    x, y = _outline(bins)
    meta: dict[str, Any] = dict(told)
    if _are_uneven(bins):
        meta |= {"x": x, "y": y}
        x, y = _outline(_evened(bins))
    trace = {
        "type": "scatter",
        "mode": "lines",
        "line": {"shape": "hv", "width": 1},
        "fill": "tozeroy",
        "name": series,
        "x": x,
        "y": y,
        "hovertemplate": "from %{x:.6~g}: %{y:.6~g}<extra></extra>",
        "meta": meta,
    }
    axes = {"xaxis": {"title": {"text": "value"}}, "yaxis": {"title": {"text": "count"}}}
    return {"data": [trace], "layout": {"title": {"text": f"{title}/{series}"}, **axes}}


def _are_uneven(bins: NDArray[Any]) -> bool:
    import numpy as np

    widths = bins[:, 1] - bins[:, 0]
    if len(bins) < 2 or not np.isfinite(bins).all() or not bins[0, 0] < bins[-1, 1]:
        return False
    return bool(widths.max() > 1.01 * widths.min())


def _evened(bins: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    edges = bins[:, :2].reshape(-1)
    below = np.repeat(np.cumsum(bins[:, 2]), 2)  # how many are below each edge
    below[::2] -= bins[:, 2]
    even = np.linspace(edges[0], edges[-1], _EVEN_BINS + 1)
    counts = np.diff(np.interp(even, edges, below))
    return np.stack([even[:-1], even[1:], counts], axis=1)


def _outline(bins: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the left edges with their counts; where no bin follows, the right edge with a zero."""
    import numpy as np

    lefts, rights, counts = bins[:, 0], bins[:, 1], bins[:, 2]
    ends = np.flatnonzero(np.append(rights[:-1] != lefts[1:], [True] * bool(len(bins))))
    return np.insert(lefts, ends + 1, rights[ends]), np.insert(counts, ends + 1, 0.0)


def pr_curve(tag: str, rows: NDArray[Any]) -> Figure:
    """Return precision over recall; rows are TP, FP, TN, FN, precision and recall, by threshold from 0 to 1."""
    import numpy as np

    thresholds = np.linspace(0.0, 1.0, rows.shape[1])
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": tag,
        "x": rows[-1],
        "y": rows[-2],
        "customdata": np.column_stack([thresholds, rows[:4].T]),
        "hovertemplate": "threshold %{customdata[0]:.4~g}<br>precision %{y}, recall %{x}<br>TP %{customdata[1]}, "
        "FP %{customdata[2]}, TN %{customdata[3]}, FN %{customdata[4]}<extra></extra>",
    }
    axes = {"xaxis": {"title": {"text": "recall"}}, "yaxis": {"title": {"text": "precision"}}}
    return {"data": [trace], "layout": {"title": {"text": tag}, "hovermode": "closest", **axes}}


def mesh(name: str, vertices: Any, faces: Any, colours: Any) -> Figure:
    """Return triangles, or without faces points, in space; each argument but the name is rows of three, or None."""
    x, y, z = vertices.T
    trace: dict[str, Any] = {"name": name, "x": x, "y": y, "z": z}
    shades = None if colours is None else [f"rgb({r},{g},{b})" for r, g, b in colours.tolist()]
    if faces is None:
        trace |= {"type": "scatter3d", "mode": "markers", "marker": {"size": 2}}
        if shades is not None:
            trace["marker"]["color"] = shades
    else:
        i, j, k = faces.T
        trace |= {"type": "mesh3d", "i": i, "j": j, "k": k}
        if shades is not None:
            trace["vertexcolor"] = shades
    layout = {"title": {"text": name}, "scene": {"aspectmode": "data"}}
    return {"data": [trace], "layout": layout}
