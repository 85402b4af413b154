"""The tables of the DuckDB event store, their version, and what DuckDB's errors mean to us.

Lines, tasks and console sources get ascending integers when first seen, so that what belongs together lies
together and zone maps pass over the rest. There are no keys or indexes: uniqueness is the writer's doing, and an
index over points costs more than the points.

``blocks`` holds all full blocks of a line (``duckdb_blocks``), ``tail`` the up to 511 points after the last one,
``tails`` those of them that are at rest (``duckdb_tails``).
``console`` holds lines that can no longer change, ``console_open`` those that may. ``documents`` holds plots and
samples, ``placed`` where they have an iteration, ``removed`` where they are tombstones; what of a payload is too large
for a row lies in ``parts``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query.m4 import PLACED
from stripchart.store.contract import StoreInUse, StoreOutdated, StoreUnreadable

VERSION = "4"
"""Of the tables and of what is derived into them: whatever changes either raises it, and indexes are made anew."""
POINT_COLUMNS = (
    ("iteration", "BIGINT"),
    ("time_us", "BIGINT"),
    ("value", "DOUBLE"),
    ("flags", "UTINYINT"),
)
PLACED_COLUMNS = tuple(
    (f"{place}_{name}", kind) for place in PLACED for name, kind in POINT_COLUMNS
)
BLOCK_COLUMNS = (
    ("line", "INTEGER"),
    ("block", "INTEGER"),
    ("ordered", "BOOLEAN"),
    ("low", "BIGINT"),
    ("high", "BIGINT"),
    ("low_time_us", "BIGINT"),
    ("high_time_us", "BIGINT"),
    ("singles", "INTEGER"),
    ("all_finite", "INTEGER"),
    ("all_flagged", "INTEGER"),
    ("all_total", "DOUBLE"),
    ("all_total_squares", "DOUBLE"),
    ("points", "INTEGER"),
    ("count", "INTEGER"),
    ("total", "DOUBLE"),
    ("total_squares", "DOUBLE"),
    ("flagged", "INTEGER"),
    *PLACED_COLUMNS,
    ("data", "BLOB"),
)
_CONSOLE = """(source INTEGER, task INTEGER, attempt INTEGER, rank INTEGER, ordinal BIGINT, time_us BIGINT,
 level INTEGER, text VARCHAR, open BOOLEAN)"""
_TABLES = {
    "tasks": "(task INTEGER, id VARCHAR)",
    "lines": "(line INTEGER, task INTEGER, title VARCHAR, series VARCHAR, attempt INTEGER, rank INTEGER)",
    "progress": "(task INTEGER, writer VARCHAR, stream VARCHAR, stop BIGINT)",
    "blocks": "(" + ", ".join(f"{name} {kind}" for name, kind in BLOCK_COLUMNS) + ")",
    "tail": "(line INTEGER, seq BIGINT, "
    + ", ".join(f"{name} {kind}" for name, kind in POINT_COLUMNS)
    + ")",
    "tails": "(line INTEGER, first BIGINT, count INTEGER, data BLOB)",
    "sources": "(source INTEGER, task INTEGER, writer VARCHAR, stream VARCHAR)",
    "console": _CONSOLE,
    "console_open": _CONSOLE,
    "documents": """(task INTEGER, kind VARCHAR, key VARCHAR, title VARCHAR, series VARCHAR, placed BOOLEAN,
 iteration BIGINT, time_us BIGINT, attempt INTEGER, rank INTEGER, version BIGINT, place BIGINT, size_bytes BIGINT,
 removed BOOLEAN, payload BLOB)""",
    "parts": "(task INTEGER, kind VARCHAR, key VARCHAR, part INTEGER, data BLOB)",
}
_CONFIG: dict[str, Any] = {
    "threads": 2,
    "memory_limit": "128MB",
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    # A checkpoint rewrites the row groups that changed; with small appends twice a second the default of
    # 16 MiB would come round every few seconds.
    "checkpoint_threshold": "64MB",
}
_DAMAGE = (
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.SerializationException,
    duckdb.CatalogException,
    duckdb.BinderException,
)


class Database:
    """Hold one open DuckDB file and hand out cursors, one for each read."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            StoreOutdated: an earlier version of Stripchart has made it.
            StoreUnreadable: the file is no DuckDB database, is damaged, or has another schema version.
            StoreInUse: another process has it open.
        """
        self.path = path
        if path.exists() and path.stat().st_size == 0:
            path.unlink()
        write_ahead = path.with_name(path.name + ".wal")
        if not path.exists() and write_ahead.exists():
            raise StoreUnreadable(f"{path} is missing, but its write-ahead log is there")
        with translated(path):
            self._connection = duckdb.connect(str(path), config=_CONFIG)
        self._lock = threading.Lock()
        try:
            with translated(path):
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        connection = self._connection
        tables = {
            row[0]
            for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
        if not tables:
            connection.execute("BEGIN")
            connection.execute("CREATE TABLE meta (name VARCHAR, value VARCHAR)")
            connection.execute("INSERT INTO meta VALUES ('version', ?)", [VERSION])
            for name, columns in _TABLES.items():
                connection.execute(f"CREATE TABLE {name} {columns}")
            connection.execute("COMMIT")
            return
        version = only(
            connection, "SELECT coalesce(max(value), '') FROM meta WHERE name = 'version'"
        )
        if version.isdecimal() and 0 < int(version) < int(VERSION):
            raise StoreOutdated(f"{self.path} is of version {version}, before {VERSION}")
        if version != VERSION or not tables >= set(_TABLES):
            raise StoreUnreadable(f"{self.path} has schema version {version!r}, not {VERSION!r}")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection of its own, for one thread."""
        with self._lock:
            return self._connection.cursor()

    @contextmanager
    def snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor on which every query sees the same state."""
        with translated(self.path):
            cursor = self.cursor()
            try:
                cursor.execute("BEGIN")
                yield cursor
            finally:
                cursor.close()

    def close(self) -> None:
        """Close the file; DuckDB checkpoints it where it can."""
        with self._lock:
            self._connection.close()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors about the file itself into ours; others pass.

    Raises:
        StoreUnreadable: the file is damaged or not a database of ours.
        StoreInUse: another process has it open.
    """
    try:
        yield
    except duckdb.Error as error:
        text = str(error)
        if "Could not set lock" in text or "Conflicting lock" in text:
            raise StoreInUse(f"{path} is open in another process: {text}") from error
        damaged = "orrupt" in text or "not a valid DuckDB" in text or "checksum" in text
        damaged = damaged or "could not read" in text.lower() or "serializ" in text.lower()
        if damaged or "storage version" in text or isinstance(error, _DAMAGE):
            raise StoreUnreadable(f"{path} is not readable: {text}") from error
        raise


Columns = Mapping[str, NDArray[Any]]


def only(
    cursor: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any] = (),
) -> Any:
    """Return the only value of an answer, which must have one row."""
    # Not fetchone: an answer that is not fetched to its end keeps the connection busy.
    bound = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
    ((value,),) = cursor.execute(query, bound).fetchall()
    return value


def fetch(
    cursor: duckdb.DuckDBPyConnection,
    query: str,
    parameters: list[Any] | dict[str, Any] | None = None,
) -> Columns:
    """Return the answer of a query, which holds no NULL, as arrays."""
    answer: dict[str, Any] = cursor.execute(query, parameters).fetchnumpy()
    return {name: np.asarray(column) for name, column in answer.items()}


@contextmanager
def given(cursor: duckdb.DuckDBPyConnection, name: str, columns: Columns) -> Iterator[None]:
    """Let queries on the cursor read the columns as the table ``name``."""
    cursor.register(name, dict(columns))
    try:
        yield
    finally:
        # In a transaction that failed this fails too; the name is then free again after the rollback.
        with suppress(duckdb.TransactionException):
            cursor.unregister(name)


def insert(cursor: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> None:
    """Insert rows given as columns in the order of the table's."""
    if len(next(iter(columns.values()))):
        # DuckDB reads a NaN in an array as NULL.
        chosen = ", ".join(
            f"coalesce({name}, 'NaN'::DOUBLE)" if column.dtype == np.float64 else name
            for name, column in columns.items()
        )
        with given(cursor, "given_rows", columns):
            cursor.execute(f"INSERT INTO {table} SELECT {chosen} FROM given_rows")


def texts(values: list[Any]) -> NDArray[Any]:
    """Return a column of texts or packed values."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
