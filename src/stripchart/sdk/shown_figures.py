"""``ShownFigures``: keep the figures that a script shows or saves, each state of each of them once.

Automatic capture hands them in. A figure that has not changed since it was kept, by capture or by a report of the
script, is not kept again: saved in three formats and then shown it is one plot. What tells states apart is a digest of
what would be kept; figures themselves are held by weak references only.

Iterations count per title: a plot stands at the last iteration that this process reported, and past the one before of
its title, so that none takes the place of another; 0, 1, 2 … where no iteration was reported.
"""

from __future__ import annotations

import threading
import weakref
from io import BytesIO
from typing import TYPE_CHECKING, Any

from stripchart.records import PlotReported
from stripchart.sdk.media import Media
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.sdk.figures.figure import Figure

_UNTITLED = 100  # names for figures without a title; then the first one's goes on
_MOST_DIGESTS = 256  # of plotly figures, which are told apart by what they hold alone


class _Shown:
    """Remember what was kept: states of figures, names of those without a title, iterations of titles."""

    def __init__(self) -> None:
        self.states: weakref.WeakKeyDictionary[Any, bytes] = weakref.WeakKeyDictionary()
        self.digests: dict[bytes, None] = {}
        self._names: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._untitled: dict[str, int] = {}
        self._places: dict[tuple[str, str], int] = {}
        self.renew_lock()

    def renew_lock(self) -> None:
        """Replace the lock, which in a forked child another thread of the parent may have held."""
        self._lock = threading.RLock()

    def name(self, figure: Any, kind: str) -> str:
        """Return the name of a figure without a title: the same one as long as it lives."""
        with self._lock:
            name = self._names.get(figure) if figure is not None else None
            if name is None:
                count = self._untitled[kind] = self._untitled.get(kind, 0) + 1
                name = f"untitled {(count - 1) % _UNTITLED + 1:02d}"
                if figure is not None:
                    self._names[figure] = name
            return name

    def place(self, title: str, kind: str, last: int) -> int:
        """Return where the next one of a title stands: at ``last``, and past the one before."""
        with self._lock:
            before = self._places.get((title, kind))
            place = last if before is None else max(last, before + 1)
            self._places[title, kind] = place
            return place

    def add_digest(self, digest: bytes) -> None:
        """Remember what a plotly figure holds."""
        with self._lock:
            self.digests.pop(digest, None)
            self.digests[digest] = None
            if len(self.digests) > _MOST_DIGESTS:
                del self.digests[next(iter(self.digests))]


class ShownFigures(Media):
    """Keep the figures of Matplotlib and plotly that capture has seen shown, saved or displayed."""

    _always_images = False  # figures of Matplotlib, for the process
    _shown: _Shown | None = None

    @classmethod
    def matplotlib_force_report_non_interactive(cls, force: bool) -> None:
        """Keep all figures of Matplotlib as images from now on, or no longer; for the whole process."""
        ShownFigures._always_images = bool(force)

    def _watch_figures(self) -> None:
        """Remember from now on which figures were reported."""
        if self._shown is None:
            self._shown = _Shown()
            self._session.on_reset.append(self._shown.renew_lock)

    def _figure_shown(self, figure: Any, title: str, *, is_picture: bool) -> None:
        """Keep a figure of Matplotlib as it is now, unless it is kept already; a picture as a debug sample."""
        from stripchart.sdk.figures import matplotlib_figure

        self._watch_figures()
        shown = self._shown
        assert shown is not None
        kind = "plot image" if is_picture else "plot"
        try:
            name = self._name(title or shown.name(figure, kind), "title")
            made = matplotlib_figure.build(name, "plot image", figure, interactive=True)
            state = _state(made)
            if shown.states.get(figure) == state:
                return
            if is_picture:
                self._keep_picture(name, matplotlib_figure.png(figure))
            else:
                if ShownFigures._always_images and not _is_image(made):
                    made = matplotlib_figure.build(name, "plot image", figure, interactive=False)
                self._keep_plot(name, "plot image" if _is_image(made) else "plot", made.content)
            shown.states[figure] = state
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "plot", f"figure {title!r}")

    def _plotly_shown(self, content: Any, title: str) -> None:
        """Keep a plotly figure, given as dict, unless the same is kept already."""
        from stripchart.sdk.figures import plotly_figure
        from stripchart.sdk.figures.encoding import to_json

        self._watch_figures()
        shown = self._shown
        assert shown is not None
        try:
            made = plotly_figure.build(content)
            digest = _digest(to_json(made.content))
            if digest not in shown.digests:
                name = self._name(title or shown.name(None, "plotly"), "title")
                self._keep_plot(name, "plot", made.content)
                shown.add_digest(digest)
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "plot", f"figure {title!r}")

    def _figure_reported(self, figure: Any, made: Figure | None) -> None:
        """Remember that the script has reported a figure; ``made`` is what it became, where that is interactive."""
        from stripchart.sdk.figures import matplotlib_figure

        if self._shown is None:
            return
        try:
            figure = matplotlib_figure.figure_of(figure)
            made = made or matplotlib_figure.build("", "", figure, interactive=True)
            self._shown.states[figure] = _state(made)
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "plot")

    def _plotly_reported(self, text: str) -> None:
        """Remember that the script has reported a plotly figure, as JSON."""
        if self._shown is not None:
            self._shown.add_digest(_digest(text))

    def _keep_plot(self, title: str, series: str, content: dict[str, Any]) -> None:
        from stripchart.sdk.figures.encoding import to_json

        text = to_json(content)
        place = self._next_place(title, "plot")
        self._session.append(
            PlotReported(time_us=now_us(), title=title, series=series, figure=text, iteration=place)
        )

    def _keep_picture(self, title: str, png: bytes) -> None:
        place = self._next_place(title, "sample") - self._offset
        stream = BytesIO(png)
        self.report_media(title, "plot image", place, stream=stream, file_extension="png")

    def _next_place(self, title: str, kind: str) -> int:
        assert self._shown is not None
        last = self._session.last_iteration()
        return self._shown.place(title, kind, self._offset if last is None else last)


def _is_image(made: Figure) -> bool:
    return bool(made.content["layout"].get("meta", {}).get("image") == "matplotlib")


def _state(made: Figure) -> bytes:
    """Return what tells two states of a figure apart, whatever it is called."""
    from stripchart.sdk.figures.encoding import to_json

    if _is_image(made):
        return _digest(made.content["layout"]["images"][0]["source"])
    return _digest(to_json(made.content))


def _digest(text: str) -> bytes:
    import hashlib

    return hashlib.blake2b(text.encode(), digest_size=16).digest()
