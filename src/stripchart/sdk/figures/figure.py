"""``Figure``, what every builder returns, and the two ways of turning an argument down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stripchart.sdk import convert

# Cells, points and numbers of one figure, all told. Above this a page cannot draw it, and encoding it would take
# gigabytes of the training's memory.
MOST_VALUES = 10_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold a plotly figure (``data``, ``layout`` …) and what has to be said about how it was made."""

    content: dict[str, Any]
    notes: list[str] = field(default_factory=list)


class Unplottable(convert.Unfit):
    """Turn down what cannot be drawn or kept; ``error`` is raised in strict mode."""


class Refused(convert.Refused):
    """Turn down an argument that the Logger contract turns down, with the contract's error."""

    def __init__(self, error: Exception) -> None:
        super().__init__("plot-argument", error)


def check_size(values: int, name: str) -> None:
    """Check that a figure is of a size that can be kept and drawn.

    Raises:
        Unfit: it is not.
    """
    if values > MOST_VALUES:
        message = f"{name} holds {values:,} values; at most {MOST_VALUES:,} fit in a plot"
        raise Unplottable("plot-size", ValueError(message))
