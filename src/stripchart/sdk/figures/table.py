"""The figure of ``report_table``: columns with a header, from a DataFrame, rows, or CSV.

Cells keep their type: numbers stay numbers, so that a page can sort and align them; NaN and Inf, which JSON lacks, are
the texts "NaN", "Inf" and "-Inf". ``meta`` of the trace says how many of the columns are the index, and of a DataFrame
which types its columns had.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stripchart.sdk.errors import UsageError
from stripchart.sdk.figures import delimited, frames, layout
from stripchart.sdk.figures.columns import Columns, cell, cleaned
from stripchart.sdk.figures.figure import MOST_VALUES, Figure, Refused, Unplottable

_LINE = {"width": 0.5, "color": "rgba(128, 128, 128, 0.35)"}
_NO_FILL = {"color": "rgba(0, 0, 0, 0)"}  # the page's paper shows


def build(
    title: str,
    series: str,
    *,
    table_plot: Any,
    csv: Any,
    url: Any,
    extra_layout: Any,
    extra_data: Any,
) -> Figure:
    """Return a table of exactly one source.

    Raises:
        Refused, Unfit: as ``report_table``.
    """
    sources = [table_plot is not None, bool(csv), bool(url)]
    if not any(sources):
        raise Refused(UsageError("At least one of (table_plot, csv, url) is required"))
    if sum(sources) > 1:
        raise Refused(UsageError("Only one of (table_plot, csv, url) is allowed"))
    notes: list[str] = []
    if csv:
        columns = delimited.read_file(csv)
    elif url:
        columns = delimited.read_url(url)
    elif frames.is_frame(table_plot):
        columns = frames.read(table_plot)
    else:
        columns = _of_rows(table_plot, notes)
    columns = _cut(columns, notes)
    trace = layout.merged(_trace(series, columns), extra_data, "extra_data")
    whole = layout.merged({"title": layout.heading(title)}, extra_layout, "extra_layout")
    return Figure({"data": [trace], "layout": whole}, notes)


def _of_rows(table: Any, notes: list[str]) -> Columns:
    if hasattr(table, "tolist"):
        table = table.tolist()
    if isinstance(table, str | bytes) or not isinstance(table, Sequence):
        message = f"table_plot must be a DataFrame or a list of rows, got {type(table).__name__}"
        raise Unplottable("plot-values", TypeError(message))
    rows = [_row(row) for row in table]
    width = max(map(len, rows), default=0)
    if any(len(row) != width for row in rows):
        notes.append(
            f"rows of the table have different lengths; short ones are filled up to {width}"
        )
        rows = [[*row, *[""] * (width - len(row))] for row in rows]
    if not rows:
        return Columns([], [])
    header = [str(cell(name)) if name is not None else "" for name in rows[0]]
    return Columns(header, [cleaned([row[i] for row in rows[1:]]) for i in range(width)])


def _row(row: Any) -> Sequence[Any]:
    if hasattr(row, "tolist"):
        row = row.tolist()
    return row if isinstance(row, list | tuple) else [row]


def _cut(columns: Columns, notes: list[str]) -> Columns:
    """Keep as many rows as fit in a plot, and say how many do not."""
    most = MOST_VALUES // max(1, len(columns.cells))
    if columns.rows <= most:
        return columns
    notes.append(f"the table has {columns.rows:,} rows; the first {most:,} are kept")
    cells = [part[:most] for part in columns.cells]
    return Columns(columns.header, cells, columns.index, columns.dtypes)


def _trace(series: str, columns: Columns) -> layout.Dict:
    meta: layout.Dict = {"index": columns.index}
    if columns.dtypes:
        meta["dtypes"] = columns.dtypes
    return {
        "type": "table",
        "name": series,
        "header": {
            "values": columns.header,
            "align": "left",
            "line": _LINE,
            "fill": _NO_FILL,
            "font": {"size": 12, "weight": "bold"},
        },
        "cells": {
            "values": columns.cells,
            "align": "left",
            "height": 26,
            "line": _LINE,
            "fill": _NO_FILL,
            "font": {"size": 12},
        },
        "meta": meta,
    }
