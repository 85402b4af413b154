"""How long are 100 tasks overlaid, one metric of 10,000 points each, against reducing them in memory?

The baseline is the model: the same points as arrays in this process, reduced by the same function, with nothing to
find, fetch or unpack.

    python benchmarks/overlay.py [tasks] [points]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from curves import curve, median_ms, task
from report import row

from stripchart.query import m4
from stripchart.store.contract import LineKey, LineRead
from stripchart.store.memory import MemoryStore
from stripchart.store.open import open_events

COLUMNS = 1200


def main(tasks: int, count: int) -> None:
    """Fill both, read both, print the row."""
    keys = [LineKey(task(number), "loss", "train") for number in range(tasks)]
    with tempfile.TemporaryDirectory() as folder:
        store, model = open_events(Path(folder) / "events.duckdb"), MemoryStore()
        for key in keys:
            for batch in curve(key, count):
                store.append([batch])
                model.append([batch])
        store.settle()
        reads = [LineRead(key, edges=m4.column_edges(0, count, COLUMNS)) for key in keys]
        taken = median_ms(lambda: store.reduce(reads))
        baseline = median_ms(lambda: model.reduce(reads))
        store.close()
    what = f"{tasks} tasks overlaid, {count:,} points each"
    row(what, taken, "ms", baseline=baseline, beside="the same reduction in memory", budget=200)


if __name__ == "__main__":
    arguments = [int(a) for a in sys.argv[1:]]
    main(*(arguments if len(arguments) == 2 else (100, 10_000)))
