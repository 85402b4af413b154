"""``Columns``: a table by columns, and what becomes of its cells."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.records import clean_text

MISSING = "NaN"

Cells = list[Any] | NDArray[Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """Hold a header and the cells of each column; the first ``index`` columns name the rows.

    A header is a text for each column, or, where it has several rows, a list of texts. ``dtypes`` are the names of
    the columns' types, where they had any.
    """

    header: list[str] | list[list[str]]
    cells: list[Cells]
    index: int = 0
    dtypes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return the number of rows under the header."""
        return max((len(cells) for cells in self.cells), default=0)


def cleaned(cells: list[Any]) -> list[Any]:
    """Return cells as JSON has them: numbers, truth values and texts."""
    types = set(map(type, cells))
    if types <= {int, str, bool} or (types <= {int, float} and all(map(math.isfinite, cells))):
        return cells
    return [cell(value) for value in cells]


def cell(value: Any) -> Any:
    """Return one cell: what is missing or not finite as a text, and what JSON does not know as its text."""
    if isinstance(value, np.generic):
        is_missing = value.dtype.kind in "mM" and bool(np.isnat(value))
        shown = str(value) if value.dtype.kind in "mMSVc" else value.item()
        value = None if is_missing else shown
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return MISSING
    if isinstance(value, float):
        return number(float(value))
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool | int):
        return value
    return clean_text(value if isinstance(value, str) else str(value))


def number(value: float) -> float | str:
    """Return a number, or the text of one that is not finite."""
    if math.isfinite(value):
        return value
    return MISSING if math.isnan(value) else "Inf" if value > 0 else "-Inf"
