"""Reads over all lines of a task: summaries and single values, computed from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


def task_number(cursor: duckdb.DuckDBPyConnection, task: str) -> int:
    """Return a task's number, -1 if nothing of it is stored."""
    return int(only(cursor, "SELECT coalesce(max(task), -1) FROM tasks WHERE id = ?", [task]))


def read_summaries(
    cursor: duckdb.DuckDBPyConnection, asked: Mapping[str, Sequence[tuple[str, str]] | None]
) -> list[LineSummary]:
    """Return the summaries of tasks' lines, of all or of those with one of the names (title, series)."""
    lines = _named_lines(cursor, asked)
    numbers = np.array(list(lines), dtype=np.int64)
    if not len(numbers):
        return []
    keys = list(lines.values())
    rows, extremes = summaries.fetch_summaries(cursor, numbers)
    at = np.full(len(keys), -1)
    at[extremes.column] = np.arange(len(extremes.column))
    answer = summaries.summaries_of(keys, rows, np.arange(len(keys)), extremes, at)
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
        SELECT line, title, series, attempt, rank FROM chosen WHERE line IN (
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
    cursor: duckdb.DuckDBPyConnection, asked: Mapping[str, Sequence[tuple[str, str]] | None]
) -> Mapping[int, LineKey]:
    """Return tasks' lines by ascending number."""
    whole = [(task,) for task, names in asked.items() if names is None]
    named = dict.fromkeys((task, *name) for task, names in asked.items() for name in names or ())
    rows = _lines_of(cursor, whole, "id") + _lines_of(cursor, list(named), "id", "title", "series")
    return {row[0]: LineKey(*row[1:]) for row in sorted(rows)}


def _lines_of(
    cursor: duckdb.DuckDBPyConnection, asked: Sequence[tuple[str, ...]], *columns: str
) -> list[Any]:
    """Return number and key of the lines with one of the given values in these columns."""
    if not asked:
        return []
    values = zip(*asked, strict=True)
    with given(cursor, "asked", {n: texts(list(v)) for n, v in zip(columns, values, strict=True)}):
        return cursor.execute(
            f"""WITH chosen AS (SELECT task, id FROM tasks SEMI JOIN asked USING (id))
            SELECT line, id, title, series, attempt, rank FROM lines JOIN chosen USING (task)
            SEMI JOIN asked USING ({", ".join(columns)})"""
        ).fetchall()
