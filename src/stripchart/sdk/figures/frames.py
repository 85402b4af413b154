"""Columns of a pandas DataFrame: index, MultiIndex columns and types are kept. pandas is never imported here."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from stripchart.sdk.figures.columns import MISSING, Cells, Columns, cleaned, number

_MIDNIGHT = "T00:00:00"


def is_frame(value: Any) -> bool:
    """Tell whether the value is a DataFrame or a Series of the pandas that the script imported."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series)


def read(frame: Any) -> Columns:
    """Return the columns of a DataFrame, led by those of its index unless that only counts the rows."""
    pandas = sys.modules["pandas"]
    if isinstance(frame, pandas.Series):
        frame = frame.to_frame()
    index = frame.index
    only_counts = isinstance(index, pandas.RangeIndex) and index.name is None
    levels = [] if only_counts else [index.get_level_values(i) for i in range(index.nlevels)]
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    return Columns(
        header=_header(frame.columns, [_text(level.name) for level in levels]),
        cells=[_cells(part) for part in (*levels, *columns)],
        index=len(levels),
        dtypes=[str(part.dtype) for part in (*levels, *columns)],
    )


def _header(names: Any, index_names: list[str]) -> list[str] | list[list[str]]:
    if names.nlevels == 1:
        return [*index_names, *map(_text, names)]
    above = [""] * (names.nlevels - 1)
    return [[*above, name] for name in index_names] + [[_text(part) for part in n] for n in names]


def _text(name: Any) -> str:
    return "" if name is None else str(name)


def _cells(column: Any) -> Cells:
    if isinstance(column.dtype, np.dtype):
        if column.dtype.kind in "iub":
            return np.asarray(column)
        if column.dtype.kind == "f":
            values = np.asarray(column)
            return values if np.isfinite(values).all() else [number(v) for v in values.tolist()]
    if hasattr(column, "dt") or type(column).__name__ == "DatetimeIndex":
        return _dates(column)
    return cleaned(column.astype(object).tolist())


def _dates(column: Any) -> list[str]:
    texts = cleaned(column.tolist())
    shown = [str(text) for text in texts]
    if all(text.endswith(_MIDNIGHT) for text in shown if text != MISSING):
        return [text.removesuffix(_MIDNIGHT) for text in shown]
    return shown
