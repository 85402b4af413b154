"""The live line: of attempts that overlap the later one wins, from its first iteration on."""

from __future__ import annotations

import numpy as np

from stripchart.query.lines import Span, fold, live, live_summaries
from stripchart.store.contract import LineKey, LineRead, LineSummary
from stripchart.store.memory import MemoryStore
from tests.contract.feeding import LINE, TASK, columns


def _store(*lines: tuple[int, int, list[int]]) -> MemoryStore:
    """Make a store of lines (attempt, rank, iterations), with values of 100 * attempt + iteration."""
    store = MemoryStore()
    for attempt, rank, iterations in lines:
        key = LineKey(TASK, LINE.title, LINE.series, attempt, rank)
        place = np.array(iterations)
        store.append([columns(place, 100.0 * attempt + place, key=key, writer=f"{attempt}-{rank}")])
    return store


def _spans(store: MemoryStore) -> list[tuple[int, int | None, int | None]]:
    return [(key.attempt, low, high) for key, low, high in live(store.lines({TASK: None}))]


def _visible(store: MemoryStore, axis: str) -> list[float]:
    reads = [LineRead(s.key, axis, cut=s.high) for s in live(store.lines({TASK: None}))]  # type: ignore[arg-type]
    return [v for points in store.points(reads) for v in points.value.tolist()]


def test_one_line_is_live_as_it_is() -> None:
    assert _spans(_store((0, 0, [3, 4]))) == [(0, 3, None)]
    assert live([]) == []


def test_a_later_attempt_hides_earlier_ones_from_its_first_iteration_on() -> None:
    store = _store((0, 0, [0, 1, 2, 3, 4, 5]), (1, 0, [3, 4]))
    assert _spans(store) == [(0, 0, 3), (1, 3, None)]
    assert _visible(store, "iteration") == [0.0, 1.0, 2.0, 103.0, 104.0]
    assert _visible(store, "time") == [0.0, 1.0, 2.0, 103.0, 104.0]


def test_the_first_iteration_of_any_later_attempt_cuts() -> None:
    store = _store((0, 0, [0, 1, 9]), (1, 0, [6, 7]), (2, 0, [4, 5]))
    assert _spans(store) == [(0, 0, 4), (2, 4, None)]


def test_a_gap_between_attempts_is_left_open() -> None:
    assert _spans(_store((0, 0, [0, 1]), (2, 0, [10]))) == [(0, 0, 10), (2, 10, None)]


def test_the_lowest_rank_is_live() -> None:
    store = _store((0, 2, [0, 1]), (0, 1, [5]), (1, 2, [0]))
    assert [span.key.rank for span in live(store.lines({TASK: None}))] == [1]


def test_the_live_summary_covers_what_is_shown() -> None:
    store = _store((0, 0, [0, 1, 2, 3, 4, 500]), (1, 0, [3, 4]))
    summary = live_summaries([store.lines({TASK: None})], store.reduce)[0]
    assert summary is not None
    assert (summary.key.attempt, summary.count, summary.finite) == (1, 5, 5)
    assert (summary.low, summary.high) == (0, 4)
    assert summary.first is not None
    assert summary.last is not None
    assert summary.maximum is not None
    assert (summary.first.value, summary.last.value, summary.maximum.value) == (0.0, 104.0, 104.0)
    assert summary.total == 0 + 1 + 2 + 103 + 104
    assert live_summaries([[]], store.reduce)[0] is None


def test_a_line_that_nothing_hides_is_not_read_again() -> None:
    store = _store((0, 0, [0, 1]), (1, 0, [2]))

    def refuse(reads: object) -> list[object]:
        raise AssertionError("read")

    summary = live_summaries([store.lines({TASK: None})], refuse)[0]  # type: ignore[arg-type]
    assert summary is not None
    assert summary.count == 3


def test_folding_one_summary_changes_nothing() -> None:
    (summary,) = _store((0, 0, [3, 1, 2])).lines({TASK: None})
    assert fold([summary]) == summary


def test_a_line_without_iterations_cuts_nothing() -> None:
    (with_iterations,) = _store((0, 0, [3, 4])).lines({TASK: None})
    later = LineSummary(
        **{
            **{n: getattr(with_iterations, n) for n in LineSummary.__dataclass_fields__},
            "key": LineKey(TASK, LINE.title, LINE.series, 1),
            "low": None,
            "high": None,
        }
    )
    assert live([with_iterations, later]) == [
        Span(with_iterations.key, 3, None),
        Span(later.key, None, None),
    ]
