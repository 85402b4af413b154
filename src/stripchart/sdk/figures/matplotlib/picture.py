"""A figure of Matplotlib as a crisp PNG within a plotly figure, for what would not be the same picture otherwise.

The PNG stands in the figure itself, as a ``data:`` address: the record is complete, and is kept as long as the task.
"""

from __future__ import annotations

import base64
import io
import math
from typing import Any

from stripchart.capture.patch import unobserved
from stripchart.sdk.figures.figure import Unplottable

_LEAST_DPI = 200
_MOST_PIXELS = 24_000_000
_MOST_BYTES = 24 << 20
_WIDTH = 640  # pixels on the page


def png(figure: Any) -> bytes:
    """Return the figure as PNG, at twice its own resolution or more; of huge figures less, so that they fit.

    Raises:
        Unfit: it has no area, or Matplotlib cannot draw it.
    """
    width, height = (float(inches) for inches in figure.get_size_inches())
    if not (width > 0 and height > 0):
        raise Unplottable("plot-values", ValueError("the figure has no area"))
    dpi = max(2 * float(figure.get_dpi()), _LEAST_DPI)
    dpi = min(dpi, math.sqrt(_MOST_PIXELS / (width * height)))
    while True:
        file = io.BytesIO()
        try:
            with unobserved():
                figure.savefig(file, format="png", dpi=dpi)
        except (
            Exception
        ) as error:  # whatever Matplotlib raises; a formula's error is of several lines
            why = " ".join(str(error).split())
            message = f"Matplotlib cannot draw the figure: {why}"
            raise Unplottable("plot-values", ValueError(message)) from error
        if file.tell() <= _MOST_BYTES or dpi < 30:
            return file.getvalue()
        dpi /= 2


def build(figure: Any, title: str, series: str, reason: str) -> dict[str, Any]:
    """Return a plotly figure that is an image of the figure; ``meta.reason`` says why it is one."""
    width, height = (float(inches) for inches in figure.get_size_inches())
    source = "data:image/png;base64," + base64.b64encode(png(figure)).decode()
    hidden = {"visible": False, "range": [0, 1], "fixedrange": True}
    image = {
        "source": source,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "sizex": 1,
        "sizey": 1,
        "sizing": "contain",
        "layer": "above",
    }
    layout = {
        "title": {"text": f"{title}/{series}"},
        "images": [image],
        "xaxis": hidden,
        "yaxis": hidden,
        "width": _WIDTH,
        "height": round(_WIDTH * height / width),
        "meta": {"image": "matplotlib", "reason": reason},
    }
    return {"data": [], "layout": layout}
