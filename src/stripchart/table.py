"""``Table``: named columns of one length, on their way into pandas, Arrow or NumPy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import pyarrow as pa  # type: ignore[import-untyped]


class Table:
    """Hold columns by name: NumPy arrays, times as ``datetime64[us]`` in UTC, texts as arrays of objects.

    ``table["value"]`` is a column, ``len(table)`` the number of rows, ``table.rows()`` goes through them as dicts.
    Whatever speaks Arrow's C stream takes it as it is: ``polars.from_arrow(table)``, ``pyarrow.table(table)``.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any] | Sequence[Any]]) -> None:
        self._columns = {name: _column(values) for name, values in columns.items()}

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._columns)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name]

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def __repr__(self) -> str:
        return f"<Table of {len(self):,} rows: {', '.join(self._columns)}>"

    def rows(self) -> Iterator[dict[str, Any]]:
        """Go through the rows, each a dict of plain Python values; times are of UTC, ``None`` where there is none."""
        lists = [_plain(column) for column in self._columns.values()]
        for values in zip(*lists, strict=True):
            yield dict(zip(self._columns, values, strict=True))

    def to_pandas(self) -> pd.DataFrame:
        """Return a DataFrame; times are in UTC.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas as pd

        frame = pd.DataFrame(dict(self._columns))
        for name, column in self._columns.items():
            if column.dtype.kind == "M":
                frame[name] = pd.to_datetime(frame[name], utc=True)
        return frame

    def to_arrow(self) -> pa.Table:
        """Return a pyarrow table.

        Raises:
            ImportError: pyarrow is not installed.
        """
        import pyarrow as pa

        return pa.table(self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Give the table as one batch of Arrow's C stream (https://arrow.apache.org/docs/format/CDataInterface)."""
        import nanoarrow as na  # type: ignore[import-untyped]

        arrays = [_arrow(column) for column in self._columns.values()]
        kinds = {n: a.schema for n, a in zip(self._columns, arrays, strict=True)}
        batch = na.c_array_from_buffers(
            na.struct(kinds, nullable=False),
            length=len(self),
            buffers=[None],
            children=arrays,
            null_count=0,
        )
        return na.c_array_stream(batch).__arrow_c_stream__(requested_schema)


def _column(values: NDArray[Any] | Sequence[Any]) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    kinds = {type(value) for value in values}
    if kinds and kinds <= {int, float, bool} and (bool not in kinds or len(kinds) == 1):
        return np.array(values)
    if kinds and kinds <= {int, float, type(None)}:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _plain(column: NDArray[Any]) -> list[Any]:
    values: list[Any] = column.tolist()
    if column.dtype.kind != "M":
        return values
    return [None if value is None else value.replace(tzinfo=dt.UTC) for value in values]


def _arrow(column: NDArray[Any]) -> Any:
    import nanoarrow as na

    if column.dtype.kind == "M":
        missing = np.isnat(column)
        times = [
            None if gone else int(t) for t, gone in zip(column.view("int64"), missing, strict=True)
        ]
        return na.c_array(times, na.timestamp("us", "UTC"))
    if column.dtype.kind == "b":
        return na.c_array(column.tolist(), na.bool_())
    if column.dtype.kind != "O":
        return na.c_array(np.ascontiguousarray(column))
    texts = [v if v is None or isinstance(v, str) else _text(v) for v in column]
    return na.c_array(texts, na.string())


def _text(value: Any) -> str:
    """Return what stands for a value in a column of texts: lists part by commas, as in the CSV export."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
