"""Figures of plotly that are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from types import ModuleType
from typing import Any

from stripchart.capture.watch import Captured, Watch

TITLE = "Plotly"
CAPTURED = (
    Captured(
        "`fig.show()`, `plotly.io.show(fig)`, `plotly.offline.iplot(fig)`",
        "the figure as it is, as a plot",
        "`layout.title` / `plot`",
    ),
    Captured(
        "a figure as the last value of a cell of a notebook",
        "the figure as it is, as a plot",
        "`layout.title` / `plot`",
    ),
)
NOTES = """
Title and iteration are found as for figures of Matplotlib: a figure without a title is `untitled 01` …, the markup of
a title is left out of the name, and a figure that was kept already and has not changed is not kept again. `write_html`
and `write_image` are not captured: report such a figure by `report_plotly`.
"""

_MARKUP = re.compile(r"<[^<>]*>")


def begin(watch: Watch, module: ModuleType) -> None:
    """Watch what shows figures; ``module`` is ``plotly.io._renderers``."""

    def shown(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        content = args[1] if len(args) > 1 else kwargs["fig_dict"]
        watch.plotly_shown(content, title_of(content))

    watch.watch_figures()
    # The last thing that ``show`` does, however it was called and imported, with what it has shown.
    watch.observe(type(module.renderers), "_perform_external_rendering", shown)


def title_of(figure: Mapping[str, Any]) -> str:
    """Return the title of a figure without its markup, an empty text where it has none."""
    title = (figure.get("layout") or {}).get("title") or ""
    text = title.get("text") if isinstance(title, Mapping) else title
    return " ".join(unescape(_MARKUP.sub(" ", str(text or ""))).split())
