"""``SeriesInfo``: one line of ``report_line_plot``. Imported at start, so without NumPy."""

from __future__ import annotations

from typing import Any


class SeriesInfo:
    """Name a line, its points and their labels.

    ``data`` is a sequence of (x, y), or an array of two columns. ``labels`` is a text for each point.

    Raises:
        ValueError: the data has another shape, or ``labels`` another length.
    """

    def __init__(self, name: str, data: Any, labels: Any = None) -> None:
        from stripchart.sdk.figures.arrays import array_of

        self.name = name
        array = array_of(data)
        if array.ndim != 2:
            raise ValueError("Expected series data to be 2D numpy array")
        if array.shape[1] != 2:
            raise ValueError("Expected series data to have 2 columns")
        if labels is not None and (not hasattr(labels, "__len__") or len(labels) != len(array)):
            raise ValueError(
                "If 'labels' is provided, it must be a list or tuple, the same length as the data"
            )
        self.data = array
        self.labels = labels
