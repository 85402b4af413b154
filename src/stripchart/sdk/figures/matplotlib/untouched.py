"""``untouched``: look at a figure of the script's, draw it if need be, and leave it exactly as it was.

Merely to ask a figure for its limits makes Matplotlib work out what it had put off, and drawing it moves axes, marks
artists as drawn, and calls whoever waits for that. So it is drawn on a canvas of ours, calls back nobody meanwhile, and
what Matplotlib has set in it is put back. The private names are those of Matplotlib 3.5 to 3.11; one that is missing
leaves that part as it is.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

Restore = Callable[[], None]


@contextlib.contextmanager
def untouched(figure: Any) -> Iterator[None]:
    """Let the ``with`` read and draw a figure, and put back what that changes."""
    axes = list(figure.axes)
    with contextlib.ExitStack() as undo:
        undo.enter_context(_quiet())
        for registry in (figure.canvas.callbacks, *(a.callbacks for a in axes)):
            undo.enter_context(registry.blocked())
        for artist in _artists(figure, axes):
            undo.callback(_flag(artist))
        for part in (figure, *_subfigures(figure)):
            undo.callback(_of_layout(part))
        for one in axes:
            undo.callback(_of_axes(one))
        undo.callback(_canvas(figure))
        yield


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Show no warnings of this thread: the script's own drawing of the figure has given them, or will.

    Not by ``catch_warnings``: that makes Python forget which warnings it has shown, and show them all again.
    """
    thread, told, is_on = threading.get_ident(), warnings.showwarning, True

    def show(*args: Any, **kwargs: Any) -> None:
        if not is_on or threading.get_ident() != thread:
            told(*args, **kwargs)

    warnings.showwarning = show
    try:
        yield
    finally:
        is_on = False
        if warnings.showwarning is show:
            warnings.showwarning = told


def lay_out(figure: Any) -> None:
    """Put the axes where the figure's layout engine, if it has one, puts them when it is drawn."""
    engine = figure.get_layout_engine() if hasattr(figure, "get_layout_engine") else None
    if engine is not None:
        engine.execute(figure)


def _subfigures(figure: Any) -> list[Any]:
    found = list(getattr(figure, "subfigs", ()))
    return [*found, *(inner for part in found for inner in _subfigures(part))]


def _artists(figure: Any, axes: list[Any]) -> Iterator[Any]:
    yield figure
    yield from _subfigures(figure)
    for one in axes:
        yield one
        yield from getattr(one, "_axis_map", {}).values()
        yield from getattr(one, "_children", ())


def _flag(artist: Any) -> Restore:
    before = getattr(artist, "_stale", None)

    def restore() -> None:
        if before is not None:
            artist._stale = before  # not by its setter, which tells pyplot to draw again

    return restore


def _of_layout(figure: Any) -> Restore:
    parameters = getattr(figure, "subplotpars", None)
    spacing = dict(vars(parameters)) if parameters is not None else {}
    names = ("_suptitle", "_supxlabel", "_supylabel")
    texts = [t for t in (getattr(figure, name, None) for name in names) if t is not None]
    places = [(text, text._x, text._y) for text in texts]

    def restore() -> None:
        if parameters is not None:
            vars(parameters).update(spacing)
        for text, x, y in places:
            text._x, text._y = x, y

    return restore


def _of_axes(axes: Any) -> Restore:
    boxes = [
        (box, box.get_points().copy())
        for box in (axes._position, axes._originalPosition, axes._viewLim)
    ]
    put_off = dict(getattr(axes, "_stale_viewlims", {}))

    def restore() -> None:
        for box, points in boxes:
            if (box.get_points() != points).any():
                box.set_points(points)
        getattr(axes, "_stale_viewlims", {}).update(put_off)

    return restore


def _canvas(figure: Any) -> Restore:
    from matplotlib.backends.backend_agg import (  # type: ignore[import-not-found,unused-ignore]
        FigureCanvasAgg,
    )

    canvas, told = figure.canvas, figure.stale_callback
    figure.stale_callback = None
    FigureCanvasAgg(figure)

    def restore() -> None:
        figure.set_canvas(canvas)
        figure.stale_callback = told

    return restore
