"""Rule 7: a read in another thread never sees half of an append."""

from __future__ import annotations

import threading

import numpy as np

from stripchart.store.contract import LineKey, LineRead, Store
from tests.contract.feeding import TASK, batch

KEYS = [LineKey(TASK, "m", str(i)) for i in range(3)]
ROUNDS, POINTS = 60, 37


def _append_all(store: Store) -> None:
    for number in range(ROUNDS):
        begin = number * POINTS * len(KEYS)
        rows = [(key, (begin + i, begin + i, 1.0, 0)) for i in range(POINTS) for key in KEYS]
        store.append([batch(rows, begin=begin)])


def test_a_read_sees_whole_appends(store: Store) -> None:
    failed: list[str] = []
    done = threading.Event()
    edges = np.array([0, 2**40])

    def read() -> None:
        while not done.is_set():
            reduced = store.reduce([LineRead(key, edges=edges) for key in KEYS])
            counts = {int(r.points.sum()) for r in reduced}
            summed = {s.count for s in store.lines({TASK: None})}
            if len(counts) != 1 or len(summed) > 1 or max(counts) % POINTS:
                failed.append(f"{counts} {summed}")

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        _append_all(store)
        store.settle()
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert not failed
    assert {s.count for s in store.lines({TASK: None})} == {ROUNDS * POINTS}
