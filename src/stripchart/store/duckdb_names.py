"""Names of the series of tasks, one page of each."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np

from stripchart.records import SINGLE_VALUE
from stripchart.store.contract import NamePage
from stripchart.store.duckdb_blocks import SIZE
from stripchart.store.duckdb_schema import given, texts

# Of a line with single values all points are such, unless somebody reported a scalar under the same name.
# `totals` has a row for each task with names; `held` adds up what the pages so far hold, to read no more than answered.
_PAGES = f"""WITH chosen AS MATERIALIZED (
    SELECT place, line, title, series FROM lines
    JOIN (SELECT task, place FROM tasks JOIN asked USING (id)) USING (task)
    WHERE $search = '' OR contains(lower(title), lower($search)) OR contains(lower(series), lower($search))),
marked AS MATERIALIZED (
    SELECT line FROM tail SEMI JOIN chosen USING (line) WHERE flags & {SINGLE_VALUE} != 0
    UNION SELECT line FROM blocks SEMI JOIN chosen USING (line) WHERE singles > 0),
mixed AS (
    SELECT line FROM tail SEMI JOIN marked USING (line) WHERE flags & {SINGLE_VALUE} = 0
    UNION SELECT line FROM blocks SEMI JOIN marked USING (line) WHERE singles < {SIZE}
    UNION SELECT line FROM tails SEMI JOIN marked USING (line)),
names AS MATERIALIZED (
    SELECT DISTINCT place, title, series FROM chosen
    ANTI JOIN (SELECT line FROM marked EXCEPT SELECT line FROM mixed) AS single USING (line)),
totals AS (
    SELECT place, total, sum(greatest(0, least(total - $offset, $limit))) OVER (ORDER BY place) AS held
    FROM (SELECT place, count(*) AS total FROM names GROUP BY place)),
numbered AS (
    SELECT place, title, series, row_number() OVER (PARTITION BY place ORDER BY title, series) AS number
    FROM names SEMI JOIN (FROM totals WHERE held <= $most OR place = 0) USING (place))
SELECT place, total, title, series FROM totals LEFT JOIN (
    FROM numbered WHERE number > $offset AND number - $offset <= $limit) USING (place)
ORDER BY place, number"""


def read_names(
    cursor: duckdb.DuckDBPyConnection,
    tasks: Sequence[str],
    *,
    search: str,
    offset: int,
    limit: int,
    most: int,
) -> dict[str, NamePage]:
    """Return of each task, as far as ``most`` allows, the names from ``offset`` on and how many fit."""
    tasks = list(dict.fromkeys(tasks))
    bound = {"search": search, "offset": offset, "limit": limit, "most": most}
    with given(cursor, "asked", {"place": np.arange(len(tasks)), "id": texts(tasks)}):
        rows = cursor.execute(_PAGES, bound).fetchall()
    totals = dict.fromkeys(tasks, 0)
    names: dict[str, list[tuple[str, str]]] = {task: [] for task in tasks}
    for place, total, title, series in rows:
        totals[tasks[place]] = total
        if title is not None:
            names[tasks[place]].append((title, series))
    pages: dict[str, NamePage] = {}
    held = 0
    for task in tasks:
        held += max(0, min(totals[task] - offset, limit))
        if pages and held > most:
            break
        pages[task] = NamePage(totals[task], names[task])
    return pages
