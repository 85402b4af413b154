"""How long is a regular expression over 1,000,000 console lines, against Python's own over a list of them?

python benchmarks/console_search.py [lines]
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from curves import START_US, median_ms, task
from report import row

from stripchart.store.contract import Batch, ConsoleLine, ConsoleRead, ConsoleUpdate, Extent
from stripchart.store.open import open_events

PATTERN = r"loss=0\.00[0-9]+ .*nan"
PIECE = 100_000


def main(count: int) -> None:
    """Fill a store, search it, print the rows."""
    texts = [
        f"epoch {i // 1000} step {i} loss={1 / (1 + i % 977):.4f} lr=1e-3 {'NaN' if i % 7001 == 5 else ''}"
        for i in range(count)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = open_events(Path(folder) / "events.duckdb")
        for begin in range(0, count, PIECE):
            store.append([_batch(texts, begin, min(begin + PIECE, count))])
        store.settle()
        search = ConsoleRead(task(1), pattern=PATTERN, limit=500)
        tail = ConsoleRead(task(1), offset=-500, limit=500)
        taken = median_ms(lambda: store.console(search), 3)
        tail_taken = median_ms(lambda: store.console(tail), 3)
        found = store.console(search).total
        store.close()
    compiled = re.compile(PATTERN, re.IGNORECASE)
    baseline = median_ms(lambda: [text for text in texts if compiled.search(text)], 3)
    assert found == sum(compiled.search(text) is not None for text in texts)
    what = f"console, regex over {count:,} lines"
    row(what, taken, "ms", baseline=baseline, beside="re over a list", budget=500)
    what = f"console, last 500 of {count:,} lines"
    row(what, tail_taken, "ms", baseline=baseline, beside="re over a list", budget=500)


def _batch(texts: list[str], begin: int, end: int) -> Batch:
    lines = [ConsoleLine(i, START_US + i, 0, texts[i]) for i in range(begin, end)]
    update = ConsoleUpdate("stdout", 0, 0, begin, lines)
    return Batch(Extent(task(1), "writer", "records", begin, end), console=[update])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
