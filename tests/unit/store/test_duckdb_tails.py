"""Tails at rest are packed; no answer changes."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import numpy as np
import pytest

from stripchart.records import NAN, SINGLE_VALUE
from stripchart.store import duckdb_tails
from stripchart.store.contract import Axis, Batch, LineKey, LineRead, Store
from stripchart.store.memory import MemoryStore
from stripchart.store.open import open_events
from tests.contract.feeding import TASK, batch, rows_of, same_m4, same_summaries

EDGES = np.array([-(2**62), 0, 30, 31, 200, 10**6, 2**62])
Row = tuple[int, int, float, int]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_tails, "SILENT_SEC", 0.0)


def some_rows(chance: random.Random, count: int) -> list[Row]:
    regular = chance.random() < 0.5
    return [
        (
            i if regular else chance.choice([i, -(2**63), 2**63 - 1, 5]),
            i * 1000 if regular else chance.randrange(-(2**62), 2**62),
            chance.choice([float(i), 0.1 * i, float("nan"), -1e300]),
            0 if regular else chance.choice([0, NAN]),
        )
        for i in range(count)
    ]


def same(store: Store, model: Store) -> None:
    summaries = list(model.lines({TASK: None}))
    same_summaries(store.lines({TASK: None}), summaries, sums="close")
    keys = [summary.key for summary in summaries]
    axes: list[Axis] = ["iteration", "time"]
    for axis in axes:
        reads = [LineRead(key, axis=axis) for key in keys]
        for one, other in zip(store.points(reads), model.points(reads), strict=True):
            assert rows_of(one) == rows_of(other)
        reads = [LineRead(key, axis=axis, edges=EDGES) for key in keys]
        for left, right in zip(store.reduce(reads), model.reduce(reads), strict=True):
            same_m4(left, right, sums="close")
    assert repr(store.single_values(TASK)) == repr(model.single_values(TASK))


def counts(path: Path) -> tuple[int, int]:
    """Return how many points lie in rows, and how many tails are packed."""
    with duckdb.connect(str(path)) as connection:
        rows = connection.execute(
            "SELECT (SELECT count(*) FROM tail), (SELECT count(*) FROM tails)"
        ).fetchall()
    return int(rows[0][0]), int(rows[0][1])


def settle(store: Store) -> None:
    for _ in range(4):
        store.settle()


def test_packing_while_lines_go_on_changes_nothing(tmp_path: Path) -> None:
    chance = random.Random(3)
    path, model = tmp_path / "events.duckdb", MemoryStore()
    store = open_events(path)
    begin = 0
    for _ in range(40):
        key = LineKey(TASK, "t", chance.choice("abc"))
        rows = some_rows(chance, chance.choice([1, 70, 100, 300, 600]))
        given: list[Batch] = [batch([(key, row) for row in rows], begin=begin)]
        begin += len(rows)
        store.append(given)
        model.append(given)
        if chance.random() < 0.6:
            settle(store)
            same(store, model)
        if chance.random() < 0.2:
            store.close()
            store = open_events(path)
    settle(store)
    same(store, model)
    store.close()
    assert counts(path)[1] > 0
    store = open_events(path)
    same(store, model)
    store.delete_task(TASK)
    store.close()
    assert counts(path) == (0, 0)


def test_short_tails_and_single_values_stay_rows(tmp_path: Path) -> None:
    path, model = tmp_path / "events.duckdb", MemoryStore()
    store = open_events(path)
    short = [(LineKey(TASK, "t", "short"), (i, i, 1.0, 0)) for i in range(63)]
    single = [(LineKey(TASK, "Summary", "best"), (0, i, 1.0, SINGLE_VALUE)) for i in range(100)]
    long = [(LineKey(TASK, "t", "long"), (i, i, 1.0, 0)) for i in range(512 + 64)]
    for each in (store, model):
        each.append([batch(short + single + long)])
    settle(store)
    same(store, model)
    store.close()
    assert counts(path) == (163, 1)


def test_many_lines_are_packed_a_few_at_a_time(tmp_path: Path) -> None:
    path, lines = tmp_path / "events.duckdb", duckdb_tails.LINES_AT_ONCE + 1
    store = open_events(path)
    rows = [
        (LineKey(TASK, "t", str(line)), (i, i, 0.5, 0)) for line in range(lines) for i in range(64)
    ]
    store.append([batch(rows)])
    store.settle()
    store.close()
    assert counts(path) == (64, lines - 1)
    store = open_events(path)
    settle(store)
    store.close()
    assert counts(path) == (0, lines)


def test_tasks_that_are_written_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_tails, "SILENT_SEC", 3600.0)
    path = tmp_path / "events.duckdb"
    store = open_events(path)
    store.append([batch([(LineKey(TASK, "t", "s"), (i, i, 0.5, 0)) for i in range(100)])])
    settle(store)
    store.close()
    assert counts(path) == (100, 0)
