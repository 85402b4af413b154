"""Series reads over the model store: what is answered raw, what reduced, what a cursor brings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from stripchart.records import NAN, NO_ITERATION, REPLACED
from stripchart.server.errors import BadRequestError
from stripchart.server.schema import SeriesRead, SeriesReadRequest
from stripchart.server.series import Answer, read_series
from stripchart.store.contract import Batch, Extent, LineKey, PointColumns, Points
from stripchart.store.memory import MemoryStore

TASK = "a" * 32
START_US = 1_000_000
LOSS = SeriesRead(task=TASK, title="loss", series="train")


class Recorded:
    """Append points to a store as ingest does."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self._ends: dict[str, int] = {}

    def add(
        self, iteration: object, value: object, *, attempt: int = 0, flags: int = 0, rank: int = 0
    ) -> None:
        x = np.atleast_1d(np.asarray(iteration, dtype=np.int64))
        y = np.broadcast_to(np.asarray(value, dtype=np.float64), x.shape).copy()
        writer = f"writer-{attempt}-{rank}"
        begin = self._ends.get(writer, 0)
        self._ends[writer] = begin + len(x)
        points = Points(
            lines=[LineKey(TASK, "loss", "train", attempt, rank)],
            line=np.zeros(len(x), np.int32),
            offset=begin + np.arange(len(x), dtype=np.int64),
            iteration=x,
            time_us=START_US + attempt * 10_000_000 + 10 * (begin + np.arange(len(x))),
            value=y,
            flags=np.full(len(x), flags, np.uint8),
        )
        extent = Extent(TASK, writer, "scalars", begin, begin + len(x))
        self.store.append([Batch(extent, points)])

    def read(self, *reads: SeriesRead, **request: Any) -> list[Answer]:
        asked = SeriesReadRequest(reads=list(reads) or [LOSS], **request)
        return read_series(asked, self.store, lambda _: START_US)


def rows(points: PointColumns) -> list[tuple[int, float]]:
    return list(zip(points.iteration.tolist(), points.value.tolist(), strict=True))


def test_few_points_come_raw_and_many_as_the_extremes_of_each_column() -> None:
    recorded = Recorded()
    values = np.sin(np.arange(10_000) / 100.0)
    values[7777] = 50.0
    recorded.add(np.arange(10_000), values)
    [(few, raw)] = recorded.read(columns=2500)
    assert raw.exact
    assert raw.points == raw.rows == 10_000
    assert np.array_equal(few.value, values)
    [(many, reduced)] = recorded.read(columns=100)
    assert not reduced.exact
    assert reduced.points == 10_000
    assert reduced.rows == len(many.value) <= 400
    assert (7777, 50.0) in rows(many)
    assert rows(many)[0] == (0, values[0])
    assert rows(many)[-1] == (9999, values[-1])


def test_the_live_line_of_a_rank_joins_its_attempts() -> None:
    recorded = Recorded()
    for rank in (0, 2):
        recorded.add([0, 1, 2, 3], 10 * rank, rank=rank)
        recorded.add([2, 3, 4], 10 * rank + 1, rank=rank, attempt=1)
    recorded.add([7], 99, rank=2)  # hidden too
    of_rank = replace(LOSS, rank=2)
    [(live, result), (lowest, _), (first, _), (nothing, none)] = recorded.read(
        of_rank, LOSS, replace(of_rank, line="line", attempt=0), replace(LOSS, rank=1)
    )
    assert rows(live) == [(0, 20), (1, 20), (2, 21), (3, 21), (4, 21)]
    assert rows(lowest) == [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]
    assert rows(first) == [(0, 20), (1, 20), (2, 20), (3, 20), (7, 99)]
    assert (rows(nothing), none.reset) == ([], True)
    recorded.add([5], 22, rank=2, attempt=1)
    [(more, added)] = recorded.read(replace(of_rank, after=result.cursor))
    assert (rows(more), added.reset) == ([(5, 22)], False)


def test_a_small_range_of_a_long_series_comes_raw_with_both_ends() -> None:
    recorded = Recorded()
    recorded.add(np.arange(10_000), np.arange(10_000) / 2)
    [(points, result)] = recorded.read(columns=100, low=500, high=510)
    assert result.exact
    assert rows(points) == [(i, i / 2) for i in range(500, 511)]
    assert result.points == 11


@pytest.mark.parametrize("axis", ["relative", "wall"])
def test_ranges_of_time_count_from_the_start_or_the_epoch(axis: str) -> None:
    recorded = Recorded()
    recorded.add(np.arange(100), np.arange(100))
    offset = START_US if axis == "wall" else 0
    [(points, result)] = recorded.read(axis=axis, low=offset + 100, high=offset + 120)
    assert points.iteration.tolist() == [10, 11, 12]
    assert result.start_us == START_US


def test_a_cursor_brings_only_what_came_since() -> None:
    recorded = Recorded()
    recorded.add(np.arange(10), 1.0)
    [(_, first)] = recorded.read()
    recorded.add([10, 11, 3], 2.0)
    [(points, second)] = recorded.read(replace(LOSS, after=first.cursor))
    assert not second.reset
    assert rows(points) == [(3, 2.0), (10, 2.0), (11, 2.0)]
    [(points, third)] = recorded.read(replace(LOSS, after=second.cursor))
    assert (len(points.value), third.reset, third.cursor) == (0, False, second.cursor)


def test_a_later_attempt_hides_and_resets() -> None:
    recorded = Recorded()
    recorded.add(np.arange(10), 1.0)
    [(_, first)] = recorded.read()
    recorded.add(np.arange(5, 8), 2.0, attempt=1)
    [(points, second)] = recorded.read(replace(LOSS, after=first.cursor))
    assert second.reset
    assert rows(points) == [(i, 1.0) for i in range(5)] + [(i, 2.0) for i in range(5, 8)]
    assert second.points == 8
    [(old, _)] = recorded.read(replace(LOSS, line="line", attempt=0))
    assert rows(old) == [(i, 1.0) for i in range(10)]
    [(timed, _)] = recorded.read(axis="relative")
    assert sorted(rows(timed)) == sorted(rows(points))


def test_hidden_points_stay_hidden_when_reduced() -> None:
    recorded = Recorded()
    recorded.add(np.arange(5000), 1.0)
    recorded.add(np.arange(2000, 4000), 2.0, attempt=1)
    for axis in ("iteration", "wall"):
        [(points, result)] = recorded.read(columns=10, axis=axis)
        assert result.points == 4000
        assert points.iteration.max() == 3999
        assert points.value[points.iteration >= 2000].tolist().count(1.0) == 0


@pytest.mark.parametrize("cursor", ["", "0:0::11", "0:0::-1", "0:0::x", "1:0::3", "a;b", "²:0::²"])
def test_a_cursor_that_does_not_fit_gives_the_whole(cursor: str) -> None:
    recorded = Recorded()
    recorded.add(np.arange(10), 1.0)
    [(points, result)] = recorded.read(replace(LOSS, after=cursor))
    assert result.reset
    assert len(points.value) == 10


def test_too_much_since_the_cursor_gives_the_whole_reduced() -> None:
    recorded = Recorded()
    recorded.add(np.arange(10), 1.0)
    [(_, first)] = recorded.read(columns=10)
    recorded.add(np.arange(10, 1000), 2.0)
    [(_, second)] = recorded.read(replace(LOSS, after=first.cursor), columns=10)
    assert second.reset
    assert not second.exact


def test_non_finite_reports_are_marked_raw_and_reduced() -> None:
    recorded = Recorded()
    recorded.add(np.arange(1000), 1.0)
    recorded.add([500, 501], np.nan, flags=NAN)
    recorded.add(900, 0.0, flags=NAN | REPLACED)
    [(points, raw)] = recorded.read(columns=1000)
    assert [(m.iteration, m.value, m.count) for m in raw.marks] == [
        (500, None, 1),
        (501, None, 1),
        (900, 0.0, 1),
    ]
    assert np.isnan(points.value).sum() == 2
    [(points, reduced)] = recorded.read(columns=10)
    assert [(m.iteration, m.value, m.count) for m in reduced.marks] == [
        (500, None, 2),
        (900, 0.0, 1),
    ]
    assert not np.isnan(points.value).any()


def test_points_without_iteration_are_read_by_time_only() -> None:
    recorded = Recorded()
    recorded.add(np.arange(3), 1.0)
    recorded.add(0, 9.0, flags=NO_ITERATION)
    [(by_iteration, result)] = recorded.read()
    assert rows(by_iteration) == [(0, 1.0), (1, 1.0), (2, 1.0)]
    [(by_time, _)] = recorded.read(axis="wall")
    assert by_time.value.tolist() == [1.0, 1.0, 1.0, 9.0]
    assert result.points == 3


def test_iterations_at_the_ends_of_int64() -> None:
    recorded = Recorded()
    ends = [-(2**63), -1, 0, 2**63 - 1]
    recorded.add(ends, [1.0, 2.0, 3.0, 4.0])
    for asked in ({}, {"low": -(2**63), "high": 2**63 - 1}, {"columns": 1}):
        [(points, _)] = recorded.read(**asked)
        assert points.iteration.tolist() == ends
    recorded.add(np.arange(100), 0.0)
    [(points, result)] = recorded.read(columns=2)
    assert result.points == 104
    assert {-(2**63), 2**63 - 1} <= set(points.iteration.tolist())
    [(points, _)] = recorded.read(axis="relative", low=2**63 - 1, high=2**63 - 1)
    assert len(points.value) == 0


def test_unknown_series_are_empty_answers_in_their_place() -> None:
    recorded = Recorded()
    recorded.add(np.arange(3), 1.0)
    nobody = SeriesRead(task="b" * 32, title="loss", series="train")
    nothing = SeriesRead(task=TASK, title="__proto__", series="")
    answers = recorded.read(nobody, LOSS, nothing, LOSS)
    assert [result.rows for _, result in answers] == [0, 3, 0, 3]
    assert answers[0][1].exact


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": 0},
        {"columns": 10**9},
        {"low": 2, "high": 1},
        {"columns": 20_000, "n": 51},
        {"n": 2001},
    ],
)
def test_what_would_be_too_much_or_meaningless_is_refused(wrong: dict[str, int]) -> None:
    reads = [LOSS] * wrong.pop("n", 1)
    with pytest.raises(BadRequestError):
        Recorded().read(*reads, **wrong)
