"""Reads over all lines of a task: summaries and single values, computed from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.query import lines as query_lines
from stripchart.query import m4
from stripchart.records import SINGLE_VALUE
from stripchart.store import duckdb_reading
from stripchart.store import duckdb_summaries as summaries
from stripchart.store.contract import LineKey, LineSummary, Point
from stripchart.store.duckdb_schema import given, only, texts

_LINE = "lines.line, title, series, attempt, rank"


def task_number(cursor: duckdb.DuckDBPyConnection, task: str) -> int:
    """Return a task's number, -1 if nothing of it is stored."""
    return int(only(cursor, "SELECT coalesce(max(task), -1) FROM tasks WHERE id = ?", [task]))


def read_summaries(
    cursor: duckdb.DuckDBPyConnection, task: str, names: Sequence[tuple[str, str]] | None
) -> list[LineSummary]:
    """Return the summaries of a task's lines, or of those with one of the names (title, series)."""
    lines = _named_lines(cursor, task, names)
    numbers = np.array(list(lines), dtype=np.int64)
    if not len(numbers):
        return []
    keys = list(lines.values())
    rows, extremes = summaries.fetch_summaries(cursor, numbers)
    answer = summaries.summaries_of(keys, rows, extremes)
    with_singles = np.flatnonzero(rows.singles)
    points = duckdb_reading.whole_lines(cursor, numbers[with_singles])
    for row, of_line in zip(with_singles.tolist(), points, strict=True):
        answer[row] = query_lines.summarise(keys[row], of_line)
    return answer


def read_single_values(cursor: duckdb.DuckDBPyConnection, task: str) -> dict[str, Point]:
    """Return the latest single value of each name."""
    number = task_number(cursor, task)
    rows = cursor.execute(
        f"""WITH chosen AS (SELECT * FROM lines WHERE task = $task)
        SELECT {_LINE} FROM chosen AS lines WHERE line IN (
            SELECT line FROM tail WHERE flags & {SINGLE_VALUE} != 0 AND line IN (SELECT line FROM chosen)
            UNION SELECT line FROM blocks WHERE singles > 0 AND line IN (SELECT line FROM chosen))""",
        {"task": number},
    ).fetchall()
    latest: dict[str, tuple[tuple[int, ...], Point]] = {}
    whole = duckdb_reading.whole_lines(cursor, np.array([row[0] for row in rows], dtype=np.int64))
    for (_, _, series, attempt, rank), points in zip(rows, whole, strict=True):
        singles = m4.take(points, (points.flags & SINGLE_VALUE) != 0)
        index = int(np.lexsort((singles.seq, singles.time_us))[-1])
        point = query_lines.point_at(singles, index)
        place = (point.time_us, attempt, -rank)
        if series not in latest or place >= latest[series][0]:
            latest[series] = (place, point)
    return {name: point for name, (_, point) in latest.items()}


def find_lines(cursor: duckdb.DuckDBPyConnection, keys: Sequence[LineKey]) -> NDArray[np.int64]:
    """Return the number of each line, -1 where it is not stored."""
    numbers = np.full(len(keys), -1, dtype=np.int64)
    if not keys:
        return numbers
    tasks = list(dict.fromkeys(key.task for key in keys))
    asked = {
        "place": np.arange(len(keys)),
        "id": texts([key.task for key in keys]),
        "title": texts([key.title for key in keys]),
        "series": texts([key.series for key in keys]),
        "attempt": np.array([key.attempt for key in keys], dtype=np.int32),
        "rank": np.array([key.rank for key in keys], dtype=np.int32),
    }
    with given(cursor, "asked_tasks", {"id": texts(tasks)}), given(cursor, "asked_lines", asked):
        found = cursor.execute(
            """WITH chosen AS (SELECT task, id FROM tasks SEMI JOIN asked_tasks USING (id))
            SELECT place, line FROM lines JOIN chosen USING (task)
            JOIN asked_lines USING (id, title, series, attempt, rank)"""
        ).fetchnumpy()
    numbers[found["place"]] = found["line"]
    return numbers


def _named_lines(
    cursor: duckdb.DuckDBPyConnection, task: str, names: Sequence[tuple[str, str]] | None
) -> Mapping[int, LineKey]:
    """Return a task's lines by ascending number."""
    query = f"SELECT {_LINE} FROM lines WHERE lines.task = ?"
    number = [task_number(cursor, task)]
    if names is None:
        rows = cursor.execute(query, number).fetchall()
    else:
        asked = {
            "title": texts([title for title, _ in names]),
            "series": texts([series for _, series in names]),
        }
        with given(cursor, "asked", asked):
            rows = cursor.execute(
                f"SELECT {_LINE} FROM lines SEMI JOIN asked USING (title, series) WHERE lines.task = ?",
                number,
            ).fetchall()
    return {row[0]: LineKey(task, *row[1:]) for row in sorted(rows)}
