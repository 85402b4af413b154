"""Random ugly content: DuckDB answers as the model does, and the same however the content was batched."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stripchart.query import m4
from stripchart.store.contract import Batch, LineKey, LineRead, Store
from stripchart.store.memory import MemoryStore
from stripchart.store.open import open_events
from tests.contract import ugly
from tests.contract.feeding import TASK, feed, rows_of, same_m4, same_summaries

KEYS = [
    LineKey(TASK, "loss", "train"),
    LineKey(TASK, "loss", "train", attempt=1),
    LineKey(TASK, "loss", "train", rank=2),
    LineKey(TASK, "loss", "test"),
]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 6000), pieces=st.integers(1, 12))
def test_duckdb_answers_as_the_model_does(seed: int, count: int, pieces: int) -> None:
    rng = np.random.default_rng(seed)
    keys = KEYS[: int(rng.integers(1, len(KEYS), endpoint=True))]
    batches = ugly.batches(rng, keys, count, pieces)
    reads = [read for key in keys for read in _reads(rng, key, batches)]
    with TemporaryDirectory() as folder:
        model = MemoryStore()
        pieced = open_events(Path(folder) / "pieced.duckdb")
        at_once = open_events(Path(folder) / "at-once.duckdb")
        try:
            feed(model, batches)
            feed(pieced, batches)
            at_once.append(batches)
            _same(model, pieced, reads, sums="close")
            _same(at_once, pieced, reads, sums="exact")
        finally:
            pieced.close()
            at_once.close()
        reopened = open_events(Path(folder) / "pieced.duckdb")
        try:
            _same(model, reopened, reads, sums="close")
        finally:
            reopened.close()


def _same(one: Store, other: Store, reads: list[LineRead], *, sums: str) -> None:
    for left, right in zip(one.reduce(reads), other.reduce(reads), strict=True):
        same_m4(left, right, sums=sums)
    for a, b in zip(one.points(reads), other.points(reads), strict=True):
        assert rows_of(a) == rows_of(b)
        assert a.seq.tolist() == b.seq.tolist()
    same_summaries(one.lines({TASK: None}), other.lines({TASK: None}), sums=sums)
    assert repr(one.single_values(TASK)) == repr(other.single_values(TASK))


def _reads(rng: np.random.Generator, key: LineKey, batches: list[Batch]) -> list[LineRead]:
    """Return reads over all of the line and over parts of it, on both axes."""
    points = [b.points for b in batches if b.points is not None]
    reads = []
    for axis in ("iteration", "time"):
        x = np.concatenate([p.iteration if axis == "iteration" else p.time_us for p in points])
        ends = sorted(int(v) for v in rng.choice(x, 2))
        cut = int(rng.choice(np.concatenate([p.iteration for p in points])))
        for low, high in ((int(x.min()), int(x.max()) + 1), (ends[0], ends[1] + 1)):
            edges = m4.column_edges(low, high, int(rng.integers(1, 80)))
            reads += [
                LineRead(key, axis, low, high, edges),
                LineRead(key, axis, low, None, edges, cut=cut),
                LineRead(key, axis, None, high - 1, edges, after=int(rng.integers(0, 600))),
            ]
    return reads
