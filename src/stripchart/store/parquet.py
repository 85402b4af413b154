"""Write rows as a Parquet file, by DuckDB: no other library is needed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

ColumnType = Literal[
    "VARCHAR", "VARCHAR[]", "DOUBLE", "BIGINT", "INTEGER", "BOOLEAN", "TIMESTAMPTZ"
]


def write_parquet(
    path: Path, columns: Mapping[str, ColumnType], rows: Iterable[Sequence[Any]]
) -> None:
    """Write a file of these columns; times are given as microseconds since the epoch.

    Rows go by way of a file beside ``path``, so that memory stays bounded however many there are.

    Raises:
        OSError: the disk is full, or cannot be written.
    """
    import duckdb

    lines = path.with_suffix(".ndjson")
    places = [f"c{place}" for place in range(len(columns))]
    encode = msgspec.json.Encoder().encode
    try:
        with open(lines, "wb") as file:
            for row in rows:
                file.write(encode(dict(zip(places, row, strict=True))) + b"\n")
        with duckdb.connect(":memory:", config={"threads": 2}) as engine:
            engine.execute("SET TimeZone = 'UTC'")
            engine.execute(_copy(columns, places, lines, path))
    finally:
        lines.unlink(missing_ok=True)


def _copy(columns: Mapping[str, ColumnType], places: Sequence[str], lines: Path, path: Path) -> str:
    read, shown = [], []
    for place, (name, kind) in zip(places, columns.items(), strict=True):
        is_time = kind == "TIMESTAMPTZ"
        read.append(f"{place}: '{'BIGINT' if is_time else kind}'")
        value = f"make_timestamptz({place})" if is_time else place
        shown.append(f"{value} AS {identifier(name)}")
    source = (
        f"read_json({_text(str(lines))}, format = 'newline_delimited', "
        f"maximum_object_size = 268435456, columns = {{{', '.join(read)}}})"
    )
    return f"COPY (SELECT {', '.join(shown)} FROM {source}) TO {_text(str(path))} (FORMAT parquet)"


def identifier(name: str) -> str:
    """Write the name of a column as SQL takes it."""
    name = name.replace("\0", "\u2400")
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
