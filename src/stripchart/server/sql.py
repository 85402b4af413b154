"""Answer ``/sql``: a question in SQL over tables made for it, which can neither write nor reach anything else.

The stores are not asked themselves (one packs its points, another may be a cluster): the tables that a question names
are filled, for the tasks that a filter finds, in an engine of its own in memory, from what every store answers. That
engine reads no files, opens no network and cannot be configured; it takes one SELECT and is stopped after a while.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

import duckdb
import msgspec
import numpy as np

from stripchart.records import NO_ITERATION
from stripchart.server import finding
from stripchart.server.errors import BadRequestError
from stripchart.server.schema import SqlAnswer, SqlQuestion, TaskQuery
from stripchart.store.catalog import Catalog
from stripchart.store.contract import ConsoleRead, LineRead, Reader
from stripchart.store.parquet import identifier
from stripchart.table import Table

MOST_ROWS = 1_000_000  # of an answer
MOST_POINTS = 20_000_000  # taken into the engine: some 40 bytes each
MOST_LINES = 2_000_000  # of the console
PATIENCE_SEC = 60.0
_MEMORY = "2GB"
_LINES_A_READ = 2_000
_TASKS_A_PAGE = 1_000
_PIECE_BYTES = 1 << 20

TABLES = {
    "tasks": (
        "id VARCHAR, name VARCHAR, project VARCHAR, type VARCHAR, status VARCHAR, status_reason VARCHAR, "
        'tags VARCHAR[], "user" VARCHAR, host VARCHAR, started TIMESTAMP, updated TIMESTAMP, ended TIMESTAMP, '
        "iteration BIGINT, attempts INTEGER, lost BIGINT, archived BOOLEAN"
    ),
    "parameters": "task VARCHAR, section VARCHAR, name VARCHAR, value VARCHAR, type VARCHAR",
    "metrics": (
        "task VARCHAR, title VARCHAR, series VARCHAR, count BIGINT, non_finite BIGINT, first DOUBLE, last DOUBLE, "
        "min DOUBLE, min_iteration BIGINT, max DOUBLE, max_iteration BIGINT, mean DOUBLE"
    ),
    "single_values": "task VARCHAR, name VARCHAR, value DOUBLE, time TIMESTAMP",
    "points": (
        "task VARCHAR, title VARCHAR, series VARCHAR, attempt INTEGER, rank INTEGER, iteration BIGINT, "
        "time TIMESTAMP, value DOUBLE, flags UTINYINT"
    ),
    "console": "task VARCHAR, time TIMESTAMP, stream VARCHAR, rank INTEGER, level INTEGER, text VARCHAR",
}
"""The tables and their columns. ``points`` is of every attempt and rank; ``metrics`` sums up live lines."""


def answer(question: SqlQuestion, catalog: Catalog, events: Reader) -> SqlAnswer:
    """Answer a question.

    Raises:
        BadRequestError: it is no single SELECT over these tables, is wrong, takes too long or too much.
        FilterRefused: the filter is wrong.
    """
    if not 1 <= question.limit <= MOST_ROWS:
        raise BadRequestError(f"limit must be between 1 and {MOST_ROWS}")
    with _engine(None) as engine, _told_plainly():
        _prepare(engine, question, catalog, events)
        with _in_time(engine):
            done = _ask(engine, question.sql)
            rows = done.fetchmany(question.limit + 1)
        told = done.description or []
        return SqlAnswer(
            columns=[str(column[0]) for column in told],
            types=[str(column[1]) for column in told],
            rows=[[_plain(value) for value in row] for row in rows[: question.limit]],
            truncated=len(rows) > question.limit,
        )


def export(
    question: SqlQuestion,
    kind: Literal["csv", "jsonl", "parquet"],
    catalog: Catalog,
    events: Reader,
) -> Iterator[bytes]:
    """Return the pieces of a file with the whole answer; ``limit`` is not regarded.

    Times say that they are in UTC: in CSV and JSON as ISO 8601 does, in Parquet by their type. CSV has exact floats; a
    line of JSON is an object, with NaN and infinities as texts.

    Raises:
        BadRequestError, FilterRefused: as ``answer``.
        OSError: there is no room for the file.
    """
    with tempfile.TemporaryDirectory(prefix="stripchart-") as folder:
        path = Path(folder) / f"answer.{kind}"
        with _engine(folder) as engine, _told_plainly():
            _prepare(engine, question, catalog, events)
            with _in_time(engine):
                if kind == "jsonl":
                    _write_lines(_ask(engine, question.sql), path)
                else:
                    _copy(engine, question.sql, path, kind)
        file = open(path, "rb")  # noqa: SIM115 - closed by what reads it; its name can go
    return _pieces(file)


def _ask(engine: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    done = engine.execute(sql)
    for name, kind, *_ in done.description or []:
        if "TIME ZONE" in str(
            kind
        ):  # Python would need a package for them; all times here are in UTC
            raise BadRequestError(f"column {name!r} has a time zone: cast it, {name}::TIMESTAMP")
    return done


def _copy(
    engine: duckdb.DuckDBPyConnection, sql: str, path: Path, kind: Literal["csv", "parquet"]
) -> None:
    """Write an answer; its times, which have no time zone in the tables, get that of UTC."""
    asked = sql.rstrip().rstrip(";")
    described = engine.execute(f"SELECT * FROM ({asked}\n) LIMIT 0").description or []
    places = [f"c{place}" for place in range(len(described))]
    shown = [
        f"{_in_utc(place, str(column[1]), kind)} AS {identifier(str(column[0]))}"
        for place, column in zip(places, described, strict=True)
    ]
    shape = "FORMAT csv, HEADER" if kind == "csv" else "FORMAT parquet"
    engine.execute(
        f"COPY (SELECT {', '.join(shown)} FROM ({asked}\n) AS t({', '.join(places)})) "
        f"TO '{path}' ({shape})"
    )


def _in_utc(place: str, kind: str, file: Literal["csv", "parquet"]) -> str:
    if not kind.startswith("TIMESTAMP") or kind.endswith("]"):
        return place
    moment = f"make_timestamptz(epoch_us({place}))"
    return f"strftime({moment}, '%Y-%m-%dT%H:%M:%S.%f+00:00')" if file == "csv" else moment


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _write_lines(done: duckdb.DuckDBPyConnection, path: Path) -> None:
    names = [str(column[0]) for column in done.description or []]
    encode = msgspec.json.Encoder().encode
    with open(path, "wb") as file:
        while rows := done.fetchmany(10_000):
            file.writelines(
                encode(dict(zip(names, map(_plain, row), strict=True))) + b"\n" for row in rows
            )


def _engine(folder: str | None) -> duckdb.DuckDBPyConnection:
    """Make an engine in memory that reaches nothing, or one folder to write to."""
    engine = duckdb.connect(":memory:", config={"memory_limit": _MEMORY, "threads": 2})
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET TimeZone = 'UTC'")
    if folder is not None:
        engine.execute(f"SET allowed_directories = ['{folder}/']")
    engine.execute("SET enable_external_access = false")
    return engine


@contextlib.contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException:
        message = f"the question took longer than {PATIENCE_SEC:.0f} seconds"
        raise BadRequestError(message) from None
    except duckdb.OutOfMemoryException:
        raise BadRequestError(f"the question needs more than {_MEMORY} of memory") from None
    except duckdb.CatalogException as error:
        there = ", ".join(TABLES)
        raise BadRequestError(f"{str(error).splitlines()[0]} The tables are {there}.") from None
    except duckdb.Error as error:
        raise BadRequestError(str(error).splitlines()[0]) from None


@contextlib.contextmanager
def _in_time(engine: duckdb.DuckDBPyConnection) -> Iterator[None]:
    timer = threading.Timer(PATIENCE_SEC, engine.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _prepare(
    engine: duckdb.DuckDBPyConnection, question: SqlQuestion, catalog: Catalog, events: Reader
) -> None:
    """Make the tables, and fill those that the question names."""
    for name, columns in TABLES.items():
        engine.execute(f"CREATE TABLE {name} ({columns})")
    _check(engine, question.sql)
    named = {name.casefold() for name in engine.get_table_names(question.sql)}
    tasks = list(_tasks(catalog, question))
    filling: dict[str, Callable[[], None]] = {
        "tasks": lambda: _fill_tasks(engine, tasks),
        "parameters": lambda: _fill(engine, "parameters", _parameters(catalog, tasks)),
        "metrics": lambda: _fill(engine, "metrics", _metrics(catalog, tasks)),
        "single_values": lambda: _fill(engine, "single_values", _values(events, tasks)),
        "points": lambda: _fill_points(engine, events, tasks),
        "console": lambda: _fill(engine, "console", _console(events, tasks)),
    }
    for name in named & filling.keys():
        filling[name]()
    engine.execute("SET lock_configuration = true")


def _check(engine: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = engine.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise BadRequestError("only one SELECT (or WITH … SELECT) can be asked")


def _plain(value: Any) -> Any:
    """Return what JSON holds; of NaN and infinities their names."""
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.isoformat() + "Z"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


# -- filling -------------------------------------------------------------------------------------------------


def _tasks(catalog: Catalog, question: SqlQuestion) -> Iterator[Any]:
    query = TaskQuery(filter=question.filter, archived=question.archived)
    offset = 0
    while True:
        page = catalog.tasks(
            finding.wanted(msgspec.structs.replace(query, offset=offset, limit=_TASKS_A_PAGE))
        )
        yield from page.tasks
        offset += len(page.tasks)
        if not page.tasks or offset >= page.total:
            return


def _fill(engine: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows in pieces; times are microseconds."""
    names = [column.split()[0] for column in TABLES[table].split(", ")]
    shown = ", ".join(f"make_timestamp({n})" if n == "time" else n for n in names)
    piece: list[Sequence[Any]] = []

    def insert() -> None:
        if piece:
            columns = dict(zip(names, (_array(c) for c in zip(*piece, strict=True)), strict=True))
            masked = any(isinstance(column, np.ma.MaskedArray) for column in columns.values())
            engine.register("piece", columns if masked else Table(columns))
            engine.execute(f"INSERT INTO {table} SELECT {shown} FROM piece")
            engine.unregister("piece")
            piece.clear()

    for row in rows:
        piece.append(row)
        if len(piece) >= 100_000:
            insert()
    insert()


def _array(values: Sequence[Any]) -> Any:
    kinds = {type(value) for value in values}
    if kinds == {float}:
        return np.array(values)
    if kinds == {int} and all(abs(value) < 1 << 63 for value in values):
        return np.array(values, dtype=np.int64)
    if kinds <= {float, type(None)}:
        return np.ma.masked_array(
            [0.0 if v is None else v for v in values], [v is None for v in values]
        )
    if kinds <= {int, type(None)}:
        return np.ma.masked_array(
            np.array([0 if v is None else v for v in values], dtype=np.int64),
            [v is None for v in values],
        )
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _fill_tasks(engine: duckdb.DuckDBPyConnection, tasks: Sequence[Any]) -> None:
    times = "make_timestamp(?)"
    marks = ", ".join([*["?"] * 9, times, times, times, *["?"] * 4])
    rows = [
        [
            t.id, t.name, t.project, t.type, t.status, t.status_reason, list(t.tags), t.user, t.host,
            t.started_us, t.updated_us, t.ended_us, t.iteration, t.attempts, t.lost, t.archived,
        ]
        for t in tasks
    ]  # fmt: skip
    if rows:
        engine.executemany(f"INSERT INTO tasks VALUES ({marks})", rows)


def _parameters(catalog: Catalog, tasks: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for task in tasks:
        detail = catalog.detail(task.id)
        for parameter in detail.parameters if detail is not None else ():
            section, _, name = parameter.name.partition("/")
            yield task.id, section, name, parameter.value, parameter.type


def _metrics(catalog: Catalog, tasks: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for task in tasks:
        for m in catalog.metrics(task.id):
            yield (
                task.id, m.title, m.series, m.count, m.non_finite, m.first, m.last,
                m.min, m.min_iteration, m.max, m.max_iteration, m.mean,
            )  # fmt: skip


def _values(events: Reader, tasks: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for task in tasks:
        for name, point in events.single_values(task.id).items():
            yield task.id, name, point.value, point.time_us


def _console(events: Reader, tasks: Sequence[Any]) -> Iterator[Sequence[Any]]:
    taken = 0
    for task in tasks:
        offset = 0
        while True:
            page = events.console(ConsoleRead(task.id, offset=offset, limit=50_000))
            for found in page.lines:
                line = found.line
                yield task.id, line.time_us, found.stream, found.rank, line.level, line.text
            offset += len(page.lines)
            taken += len(page.lines)
            if taken > MOST_LINES:
                raise BadRequestError(
                    f"more than {MOST_LINES} console lines are asked; narrow the tasks with a filter"
                )
            if not page.lines or offset >= page.total:
                break


def _fill_points(engine: duckdb.DuckDBPyConnection, events: Reader, tasks: Sequence[Any]) -> None:
    """Insert the points of all lines; names are joined to them by number, as text for each point costs too much."""
    engine.execute(
        "CREATE TABLE line (number INTEGER, task VARCHAR, title VARCHAR, series VARCHAR, attempt INTEGER, rank INTEGER)"
    )
    engine.execute(
        "CREATE TABLE point (number INTEGER, iteration BIGINT, time BIGINT, value DOUBLE, flags UTINYINT)"
    )
    keys = [s.key for task in tasks for s in events.lines({task.id: None})]
    taken = 0
    for begin in range(0, len(keys), _LINES_A_READ):
        some = keys[begin : begin + _LINES_A_READ]
        # Of both axes, as a point without an iteration is on that of time only, and a single value on neither.
        parts = events.points([LineRead(key, axis="time") for key in some])
        taken += sum(len(part.value) for part in parts)
        if taken > MOST_POINTS:
            raise BadRequestError(
                f"more than {MOST_POINTS} points are asked; narrow the tasks with a filter, or ask `metrics`"
            )
        _insert_points(engine, begin, parts)
        numbers = np.arange(begin, begin + len(some), dtype=np.int32)
        names = {
            "number": numbers,
            **{
                name: _array([getattr(key, name) for key in some])
                for name in ("task", "title", "series", "attempt", "rank")
            },
        }
        engine.register("piece", names)
        engine.execute("INSERT INTO line SELECT * FROM piece")
        engine.unregister("piece")
    engine.execute("DROP TABLE points")
    engine.execute(
        "CREATE VIEW points AS SELECT task, title, series, attempt, rank, "
        f"CASE WHEN flags & {NO_ITERATION} = 0 THEN iteration END AS iteration, "
        "make_timestamp(time) AS time, value, flags FROM point JOIN line USING (number)"
    )


def _insert_points(engine: duckdb.DuckDBPyConnection, begin: int, parts: Sequence[Any]) -> None:
    counts = [len(part.value) for part in parts]
    if not sum(counts):
        return
    columns = {
        "number": np.repeat(np.arange(begin, begin + len(parts), dtype=np.int32), counts),
        "iteration": np.concatenate([part.iteration for part in parts]),
        "time": np.concatenate([part.time_us for part in parts]),
        "value": np.concatenate([part.value for part in parts]),
        "flags": np.concatenate([part.flags for part in parts]),
    }
    # By Arrow: of NumPy's arrays the engine takes NaN for nothing.
    engine.register("piece", Table(columns))
    engine.execute("INSERT INTO point SELECT * FROM piece")
    engine.unregister("piece")
