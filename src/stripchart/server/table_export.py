"""Write the table of tasks as CSV or Parquet: every task of a query, with its columns, in its order."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from stripchart.server import finding, schema
from stripchart.store.catalog import Catalog
from stripchart.store.catalog_rows import TaskRow
from stripchart.store.parquet import ColumnType, write_parquet

ROWS_A_READ = 1000
_PIECE_BYTES = 1 << 20

_Field = tuple[str, ColumnType, Callable[[TaskRow], Any]]
_FIELDS: tuple[_Field, ...] = (
    ("id", "VARCHAR", lambda t: t.id),
    ("name", "VARCHAR", lambda t: t.name),
    ("project", "VARCHAR", lambda t: t.project),
    ("type", "VARCHAR", lambda t: t.type),
    ("status", "VARCHAR", lambda t: t.status),
    ("status_reason", "VARCHAR", lambda t: t.status_reason),
    ("tags", "VARCHAR[]", lambda t: t.tags),
    ("user", "VARCHAR", lambda t: t.user),
    ("host", "VARCHAR", lambda t: t.host),
    ("started", "TIMESTAMPTZ", lambda t: t.started_us),
    ("updated", "TIMESTAMPTZ", lambda t: t.updated_us),
    ("ended", "TIMESTAMPTZ", lambda t: t.ended_us),
    ("iteration", "BIGINT", lambda t: t.iteration),
    ("attempts", "INTEGER", lambda t: t.attempts),
    ("lost", "BIGINT", lambda t: t.lost),
    ("archived", "BOOLEAN", lambda t: t.archived),
)


def csv_lines(catalog: Catalog, query: schema.TaskQuery) -> Iterator[bytes]:
    """Return the lines of a CSV file; lists part by commas, times are ISO 8601 in UTC, floats exact.

    Raises:
        BadRequestError, FilterRefused: the query is wrong; before the first line.
    """
    rows = _rows(catalog, query)
    columns = _columns(query)

    def lines() -> Iterator[bytes]:
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(columns)
        for row in rows:
            out.writerow(
                [_cell(kind, value) for kind, value in zip(columns.values(), row, strict=True)]
            )
            if text.tell() > _PIECE_BYTES:
                yield text.getvalue().encode()
                text.seek(0)
                text.truncate()
        yield text.getvalue().encode()

    return lines()


def parquet_pieces(catalog: Catalog, query: schema.TaskQuery) -> Iterator[bytes]:
    """Return the pieces of a Parquet file: numbers as numbers, times as times, tags as lists.

    Raises:
        BadRequestError, FilterRefused: the query is wrong.
        OSError: there is no room for the file.
    """
    rows = _rows(catalog, query)
    with tempfile.TemporaryDirectory(prefix="stripchart-") as folder:
        path = Path(folder) / "tasks.parquet"
        write_parquet(path, _columns(query), rows)
        file = open(path, "rb")  # noqa: SIM115 - closed by what reads it; its name can go
    return _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _columns(query: schema.TaskQuery) -> dict[str, ColumnType]:
    columns: dict[str, ColumnType] = {name: kind for name, kind, _ in _FIELDS}
    for metric in query.metrics:
        whole = metric.stat == "count" or metric.stat.endswith("_iteration")
        name = f"{metric.title}/{metric.series}.{metric.stat}"
        columns[_unused(name, columns)] = "BIGINT" if whole else "DOUBLE"
    for parameter in query.parameters:
        columns[_unused(parameter, columns)] = "VARCHAR"
    return columns


def _unused(name: str, columns: dict[str, ColumnType]) -> str:
    """Return the name, with a number where another column has it already, as SQL compares names."""
    taken = {column.casefold() for column in columns}
    number, unused = 1, name
    while unused.casefold() in taken:
        number += 1
        unused = f"{name} ({number})"
    return unused


def _rows(catalog: Catalog, query: schema.TaskQuery) -> Iterator[list[Any]]:
    ids = finding.ids(catalog, query)  # which tasks, and in which order, is settled here
    wanted = finding.wanted(query)

    def rows() -> Iterator[list[Any]]:
        for begin in range(0, len(ids), ROWS_A_READ):
            part = ids[begin : begin + ROWS_A_READ]
            page = catalog.tasks(replace(wanted, ids=part, offset=0, limit=len(part)))
            for task in page.tasks:
                yield [read(task) for _, _, read in _FIELDS] + task.metrics + task.parameters

    return rows()


def _cell(kind: ColumnType, value: Any) -> Any:
    if value is None:
        return ""
    if kind == "TIMESTAMPTZ":
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=value)
        return moment.isoformat(timespec="microseconds")
    if kind == "VARCHAR[]":
        return ",".join(value)
    if kind == "BOOLEAN":
        return str(value).lower()
    return repr(float(value)) if kind == "DOUBLE" else value
