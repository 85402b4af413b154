"""The figure of ``report_plotly``: what the script made, as it is, read and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stripchart.sdk.figures.figure import Figure, Refused


def build(figure: Any) -> Figure:
    """Return a plotly figure, given as a dict or as an object with ``to_plotly_json``.

    Raises:
        Refused: it is neither.
    """
    to_plotly = getattr(figure, "to_plotly_json", None)
    if callable(to_plotly) and not isinstance(figure, type):
        content = to_plotly()
    elif isinstance(figure, Mapping):
        content = figure
    else:
        kind = type(figure).__name__
        message = f"figure must be a dict or have to_plotly_json; '{kind}' object has no attribute 'to_plotly_json'"
        raise Refused(AttributeError(message))
    return Figure({"data": [], "layout": {}, **content})
