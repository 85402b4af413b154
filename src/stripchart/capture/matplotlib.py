"""Figures of Matplotlib that are shown, saved or displayed, by whatever library drew them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import FrameType, ModuleType
from typing import Any

from stripchart.capture.watch import Captured, Watch

TITLE = "Matplotlib, seaborn, and what draws with Matplotlib"
CAPTURED = (
    Captured("`pyplot.show()`", "every open figure, as a plot", "the figure's title / `plot`"),
    Captured("`Figure.show()`", "that figure, as a plot", "the figure's title / `plot`"),
    Captured(
        "`savefig(path)`, of pyplot, a figure, a seaborn grid, a page of `PdfPages`",
        "that figure, as a plot",
        "the figure's title / `plot`",
    ),
    Captured(
        "a figure that IPython displays: at the end of a cell, as its last value, by `display`",
        "that figure, as a plot",
        "the figure's title / `plot`",
    ),
    Captured(
        "any of them, where `pyplot.imshow` drew all that the axes hold, without a colour bar",
        "that figure, as a debug sample (PNG)",
        "the figure's title / `plot image`",
    ),
)
NOTES = """
- **One state of a figure is one plot.** Saved as PNG and as PDF and then shown, it is kept once; drawn on and shown
  again, it is kept again. What the script has reported by `report_matplotlib_figure` is not kept a second time.
- **Title**: `suptitle`, else the titles of the axes (up to four different ones, joined), else a text of the figure,
  else the name given to `plt.figure`, else `untitled 01`, `untitled 02` …: a figure keeps that number, and after 100
  the names begin again.
- **Iteration**: the last one that the process reported, but always past the one before of the same title, so that no
  plot takes the place of another: 0, 1, 2 … where no iteration was reported.
- **Interactive** where that is the same picture, else a PNG in series `plot image`, as in `report_matplotlib_figure`
  ([plots](plots.md)); `Logger.matplotlib_force_report_non_interactive(True)` keeps images always.
- **Not captured**: `savefig` into a file object (what is drawn into memory goes somewhere else, and so do the frames of
  an animation), `plt.pause` and `draw` (a live drawing is a plot when it is shown or saved), and empty figures.
- The figure, its canvas, pyplot's current figure and the backend are as they were. Converting takes 1 to 10 ms in the
  thread that shows or saves, a PNG about as long as saving one.
"""

_MOST_TITLES = 4  # of axes, joined; more are labels of a grid of pictures
_FRAMES_UP = 8  # from an observer to pyplot.pause, through pyplot.show


def begin(watch: Watch, module: ModuleType) -> None:
    """Watch what shows, saves and displays figures; ``module`` is ``matplotlib.figure``."""

    def shown(figure: Any) -> None:
        if isinstance(figure, module.Figure) and not _is_empty(figure):
            watch.figure_shown(figure, title_of(figure), is_picture=_is_picture(figure))

    def saved(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        target = args[1] if len(args) > 1 else kwargs.get("fname")
        if isinstance(target, str | os.PathLike) or type(target).__name__ == "PdfPages":
            shown(args[0])

    def displayed(result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        # In a terminal a figure is displayed as text.
        if any(kind.startswith("image/") or kind == "application/pdf" for kind in result[0]):
            shown(args[1] if len(args) > 1 else kwargs.get("obj"))

    watch.watch_figures()
    watch.observe(module.Figure, "savefig", saved)
    watch.observe(module.Figure, "show", lambda _, args, __: shown(args[0]))
    watch.when_imported("matplotlib.pyplot", lambda pyplot: _watch_pyplot(watch, pyplot, shown))
    watch.when_imported(
        "IPython.core.formatters",
        lambda formatters: watch.observe(formatters.DisplayFormatter, "format", displayed),
    )


def _watch_pyplot(watch: Watch, pyplot: ModuleType, shown: Any) -> None:
    """Watch ``show`` of the backend, and of those that pyplot switches to.

    Not ``pyplot.show`` itself: who has imported the name calls the original, and IPython sets attributes of it.
    """

    def open_figures(_args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> list[Any]:
        # Before the call: a window that is closed, and a cell that ends, take their figures with them.
        return [] if _is_pausing(pyplot) else _open_figures()

    def show(_result: Any, _args: Any, _kwargs: Any, figures: list[Any]) -> None:
        for figure in figures:
            shown(figure)

    def switched(*_: Any) -> None:
        backend = getattr(pyplot, "_backend_mod", None)  # None until the first figure is made
        if backend is not None:
            watch.observe(backend, "show", show, prepare=open_figures)

    watch.observe(pyplot, "switch_backend", switched)
    switched()


def _open_figures() -> list[Any]:
    """Return the open figures, without making one of them the current one."""
    managers = sys.modules["matplotlib._pylab_helpers"].Gcf.get_all_fig_managers()
    return [manager.canvas.figure for manager in managers]


def _is_pausing(pyplot: ModuleType) -> bool:
    code = getattr(getattr(pyplot, "pause", None), "__code__", None)
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_FRAMES_UP):
        if frame is None or frame.f_code is code:
            break
        frame = frame.f_back
    return frame is not None and frame.f_code is code


def _is_empty(figure: Any) -> bool:
    """Tell whether nothing was drawn: such a figure pyplot makes by itself, after ``show`` has closed the others."""
    return not (figure.axes or figure.texts or figure.images or figure.lines or figure.patches)


def _is_picture(figure: Any) -> bool:
    """Tell whether it shows pictures by ``pyplot.imshow`` and nothing beside them.

    What ``imshow`` of an axes draws is mostly a matrix: pyplot alone makes it the current image.
    """
    axes = [one for one in figure.axes if one.get_visible() and (one.axison or one.has_data())]
    return bool(axes) and all(
        one.images and one._gci() in one.images and one.images[-1].colorbar is None for one in axes
    )


def title_of(figure: Any) -> str:
    """Return what to call a figure, an empty text where nothing says it."""
    axes = [one for one in figure.axes if one.get_visible()]
    headings = [_text(getattr(figure, "_suptitle", None))]
    titles = [t for t in dict.fromkeys(_title_of_axes(one) for one in axes) if t]
    texts = [_text(text) for text in figure.texts]
    joined = ", ".join(titles) if len(titles) <= _MOST_TITLES else ""
    found = (*headings, joined, *texts, " ".join(str(figure.get_label()).split()))
    return next((text for text in found if text), "")


def _title_of_axes(axes: Any) -> str:
    titles = (" ".join(axes.get_title(loc).split()) for loc in ("center", "left", "right"))
    return next((title for title in titles if title), "")


def _text(text: Any) -> str:
    return " ".join(text.get_text().split()) if text is not None and text.get_visible() else ""
