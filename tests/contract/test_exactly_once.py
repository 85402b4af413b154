"""Rules 1 to 3: every extent once, in one transaction, nothing dropped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stripchart.store.contract import Gap, LineKey, LineRead, Store
from tests.contract.feeding import LINE, TASK, batch, columns, console, of_line, rows_of

ROWS = [(i, 1000 * i, float(i), 0) for i in range(10)]


def _stored(store: Store, key: LineKey = LINE) -> list[tuple[int, int, float, int]]:
    return rows_of(store.points([LineRead(key)])[0])


def test_what_was_appended_is_read_back(store: Store) -> None:
    store.append([batch(of_line(ROWS))])
    assert _stored(store) == ROWS
    assert store.progress(TASK) == {("w", "scalars"): 10}
    assert list(store.tasks()) == [TASK]


def test_an_empty_store_answers_emptily(store: Store) -> None:
    assert list(store.tasks()) == []
    assert store.progress(TASK) == {}
    assert list(store.lines({TASK: None})) == []
    assert store.single_values(TASK) == {}
    assert _stored(store) == []
    reduced = store.reduce([LineRead(LINE, edges=np.array([0, 10]))])[0]
    assert len(reduced.column) == 0


def test_the_progress_of_all_is_that_of_each(store: Store) -> None:
    assert store.every_progress() == {}
    other = LineKey("f" * 32, "loss", "train")
    store.append([batch(of_line(ROWS)), batch(of_line(ROWS[:3], other), writer="v")])
    store.append([console(["a"], begin=0, end=9)])
    assert store.every_progress() == {
        task: dict(store.progress(task)) for task in (TASK, other.task)
    }
    assert store.progress_of([TASK, "unknown"]) == {TASK: store.progress(TASK)}
    assert store.progress_of([]) == {}
    store.delete_task(TASK)
    assert list(store.every_progress()) == [other.task]


def test_a_batch_sent_again_is_passed_over(store: Store) -> None:
    store.append([batch(of_line(ROWS))])
    store.append([batch(of_line(ROWS))])
    store.append([batch(of_line(ROWS[2:5]), begin=2)])
    assert _stored(store) == ROWS


def test_a_batch_that_overlaps_is_cut_to_what_is_new(store: Store) -> None:
    store.append([batch(of_line(ROWS[:6]))])
    store.append([batch(of_line(ROWS[3:]), begin=3)])
    assert _stored(store) == ROWS
    assert store.progress(TASK) == {("w", "scalars"): 10}


def test_batches_of_one_stream_in_one_call_follow_one_another(store: Store) -> None:
    store.append([batch(of_line(ROWS[:4])), batch(of_line(ROWS[2:]), begin=2)])
    assert _stored(store) == ROWS


def test_a_gap_is_refused_and_nothing_of_the_call_is_stored(store: Store) -> None:
    store.append([batch(of_line(ROWS[:3]))])
    other = LineKey("f" * 32, "loss", "train")
    with pytest.raises(Gap):
        store.append([batch(of_line(ROWS, other)), batch(of_line(ROWS[5:]), begin=5)])
    assert _stored(store) == ROWS[:3]
    assert store.progress(other.task) == {}
    assert list(store.tasks()) == [TASK]
    store.append([batch(of_line(ROWS[3:]), begin=3)])
    assert _stored(store) == ROWS


def test_extents_without_payload_advance_the_progress(store: Store) -> None:
    empty = batch(of_line(ROWS[:1]))
    extent = replace(empty.extent, stream="records", begin=0, end=77)
    store.append([replace(empty, extent=extent, points=None)])
    assert store.progress(TASK) == {("w", "records"): 77}


def test_offsets_may_have_holes(store: Store) -> None:
    whole = batch(of_line(ROWS))
    assert whole.points is not None
    points = replace(whole.points, offset=np.arange(10, dtype=np.int64) * 3)
    store.append([replace(whole, extent=replace(whole.extent, end=40), points=points)])
    again = replace(whole, extent=replace(whole.extent, begin=0, end=50), points=points)
    store.append([again])
    assert _stored(store) == ROWS
    assert store.progress(TASK) == {("w", "scalars"): 50}


def test_streams_and_writers_advance_on_their_own(store: Store) -> None:
    store.append([batch(of_line(ROWS)), batch(of_line(ROWS), writer="v")])
    store.append([console(["a"], begin=0, end=9)])
    assert store.progress(TASK) == {
        ("w", "scalars"): 10,
        ("v", "scalars"): 10,
        ("w", "records"): 9,
    }
    assert len(_stored(store)) == 20


def test_repeated_and_disordered_iterations_are_all_kept(store: Store) -> None:
    rows = [(5, 3, 1.0, 0), (5, 1, 2.0, 0), (-7, 9, 3.0, 0), (5, 3, 4.0, 0), (2**63 - 1, 0, 5.0, 0)]
    store.append([batch(of_line(rows))])
    assert _stored(store) == [rows[2], rows[1], rows[0], rows[3], rows[4]]
    by_time = store.points([LineRead(LINE, axis="time")])[0]
    assert by_time.seq.tolist() == [4, 1, 0, 3, 2]


def test_lines_are_told_apart(store: Store) -> None:
    keys = [
        LINE,
        replace(LINE, attempt=1),
        replace(LINE, rank=3),
        replace(LINE, series="über\nλ\x00"),
        replace(LINE, title=""),
        replace(LINE, task="f" * 32),
    ]
    for number, key in enumerate(keys):
        store.append([batch(of_line([(number, 0, float(number), 0)], key), writer=str(number))])
    for number, key in enumerate(keys):
        assert _stored(store, key) == [(number, 0, float(number), 0)]
    assert len(store.lines({TASK: None})) == 5
    names = [(LINE.title, LINE.series), ("", LINE.series), ("no", "such")]
    assert {s.key for s in store.lines({TASK: names})} == {*keys[:3], keys[4]}
    assert {s.key for s in store.lines({TASK: names, "f" * 32: None, "0" * 32: None})} == {
        *keys[:3],
        *keys[4:],
    }
    assert {s.key for s in store.lines({TASK: [], "f" * 32: names})} == {keys[5]}
    assert list(store.lines({})) == []


def test_a_deleted_task_is_forgotten_and_may_come_again(store: Store) -> None:
    other = replace(LINE, task="f" * 32)
    many = columns(np.arange(3000), np.arange(3000.0))
    store.append([many, batch(of_line(ROWS, other)), console(["a", "b"], begin=0, end=5)])
    store.delete_task(TASK)
    store.delete_task("no such task")
    assert list(store.tasks()) == [other.task]
    assert store.progress(TASK) == {}
    assert _stored(store) == []
    assert list(store.lines({TASK: None})) == []
    assert _stored(store, other) == ROWS
    store.append([batch(of_line(ROWS))])
    assert _stored(store) == ROWS
    assert store.lines({TASK: None})[0].count == 10


def test_seq_numbers_points_in_the_order_of_arrival(store: Store) -> None:
    store.append([columns(np.arange(1500)[::-1], np.arange(1500.0))])
    store.append([columns(np.arange(1500, 1510), np.zeros(10), begin=1500)])
    points = store.points([LineRead(LINE)])[0]
    assert points.seq.tolist() == [*range(1499, -1, -1), *range(1500, 1510)]
    later = store.points([LineRead(LINE, after=1495), LineRead(LINE, after=1495, limit=3)])
    assert later[0].seq.tolist() == [1499, 1498, 1497, 1496, 1495, *range(1500, 1510)]
    assert later[1].seq.tolist() == [1499, 1498, 1497]
