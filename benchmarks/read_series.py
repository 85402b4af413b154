"""How long is one series of 10 million points to 1,200 columns, against an exact GROUP BY over plain rows?

The baseline is DuckDB's own: the same points as rows of a table, reduced to the same M4 sets by one query that
breaks ties as rule 5 says. Both read from a file that was just checkpointed, with the store's DuckDB settings.

    python benchmarks/read_series.py [points]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
from curves import curve, median_ms, task
from report import row

from stripchart.query import m4
from stripchart.store.contract import Batch, LineKey, LineRead, LineSummary
from stripchart.store.open import open_events

COLUMNS = 1200
KEY = LineKey(task(1), "loss", "train")
_PLACE = "(iteration, time_us, seq)"
_GROUP_BY = f"""SELECT iteration * {COLUMNS} // $count AS col, count(*), sum(value), sum(value * value),
 arg_min(value, {_PLACE}), arg_max(value, {_PLACE}), min((value, {_PLACE})), max((value, {_PLACE}))
 FROM points WHERE line = 1 GROUP BY col"""


def main(count: int) -> None:
    """Fill both, read both, print the rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.duckdb"
        store = open_events(path)
        plain = duckdb.connect(
            str(Path(folder) / "plain.duckdb"), config={"threads": 2, "memory_limit": "1GB"}
        )
        plain.execute(
            "CREATE TABLE points (line INTEGER, seq BIGINT, iteration BIGINT, time_us BIGINT,"
            " value DOUBLE, flags UTINYINT)"
        )
        for batch in curve(KEY, count):
            store.append([batch])
            _insert(plain, batch)
        store.settle()
        plain.execute("CHECKPOINT")
        baseline = median_ms(lambda: plain.execute(_GROUP_BY, {"count": count}).fetchnumpy(), 3)
        ends = {"iteration": (0, count), "time": _time_range(store.lines({KEY.task: None})[0])}
        for axis in ("iteration", "time"):
            read = LineRead(KEY, axis, edges=m4.column_edges(*ends[axis], COLUMNS))
            taken = median_ms(lambda read=read: store.reduce([read]))
            what = f"{count:,} points to {COLUMNS} columns by {axis}"
            row(what, taken, "ms", baseline=baseline, beside="GROUP BY over rows", budget=50)
        store.close()
        plain.close()
        ours, theirs = (Path(folder, n).stat().st_size / count for n in (path.name, "plain.duckdb"))
        row("bytes a point in the index", ours, "B", baseline=theirs, beside="plain rows", budget=5)


def _insert(plain: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    points = batch.points
    assert points is not None
    plain.register(
        "given",
        {
            "line": np.ones(len(points.line), dtype=np.int32),
            "seq": points.offset,
            "iteration": points.iteration,
            "time_us": points.time_us,
            "value": points.value,
            "flags": points.flags,
        },
    )
    plain.execute("INSERT INTO points SELECT * FROM given")
    plain.unregister("given")


def _time_range(summary: LineSummary) -> tuple[int, int]:
    return summary.low_time_us, summary.high_time_us + 1


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
