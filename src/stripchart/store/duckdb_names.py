"""Names of the series of a task, one page of them."""

from __future__ import annotations

import duckdb

from stripchart.records import SINGLE_VALUE
from stripchart.store.contract import NamePage
from stripchart.store.duckdb_blocks import SIZE
from stripchart.store.duckdb_lines import task_number
from stripchart.store.duckdb_schema import only

# Of a line with single values all points are such, unless somebody reported a scalar under the same name.
_NAMES = f"""WITH chosen AS (
    SELECT line, title, series FROM lines WHERE task = $task AND (
        $search = '' OR contains(lower(title), lower($search)) OR contains(lower(series), lower($search)))),
marked AS (
    SELECT line FROM tail WHERE flags & {SINGLE_VALUE} != 0 UNION SELECT line FROM blocks WHERE singles > 0),
mixed AS (
    SELECT line FROM tail SEMI JOIN marked USING (line) WHERE flags & {SINGLE_VALUE} = 0
    UNION SELECT line FROM blocks SEMI JOIN marked USING (line) WHERE singles < {SIZE}
    UNION SELECT line FROM tails SEMI JOIN marked USING (line)),
names AS (
    SELECT DISTINCT title, series FROM chosen
    ANTI JOIN (SELECT line FROM marked EXCEPT SELECT line FROM mixed) AS single USING (line))"""


def read_names(
    cursor: duckdb.DuckDBPyConnection, task: str, search: str, offset: int, limit: int
) -> NamePage:
    """Return the names from ``offset`` on, and how many fit."""
    asked = {"task": task_number(cursor, task), "search": search}
    total = only(cursor, f"{_NAMES} SELECT count(*) FROM names", asked)
    page = cursor.execute(
        f"{_NAMES} SELECT title, series FROM names ORDER BY title, series LIMIT $limit OFFSET $offset",
        asked | {"limit": limit, "offset": offset},
    ).fetchall()
    return NamePage(total, page)
