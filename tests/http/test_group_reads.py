"""``/series/group`` over the model store: which lines take part, where their columns lie, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from stripchart.server.arrow import decode_groups, encode_groups
from stripchart.server.errors import BadRequestError
from stripchart.server.groups import Answer, read_groups
from stripchart.server.schema import GroupReadRequest, SeriesGroup, SeriesRead
from stripchart.store.contract import Batch, Extent, LineKey, Points
from stripchart.store.memory import MemoryStore

STARTS = {"a" * 32: 1_000_000, "b" * 32: 77_000_000, "c" * 32: 5_000_000}
A, B, C = STARTS


def stored(tasks: dict[str, tuple[list[int], list[float]]], attempt: int = 0) -> MemoryStore:
    store = MemoryStore()
    for task, (x, y) in tasks.items():
        n = len(x)
        points = Points(
            lines=[LineKey(task, "loss", "train", attempt)],
            line=np.zeros(n, np.int32),
            offset=np.arange(n, dtype=np.int64),
            iteration=np.array(x, dtype=np.int64),
            time_us=STARTS[task] + 1_000_000 * np.arange(n, dtype=np.int64),
            value=np.array(y),
            flags=np.zeros(n, np.uint8),
        )
        store.append([Batch(Extent(task, "w", "scalars", 0, n), points)])
    return store


def group(*tasks: str) -> SeriesGroup:
    return SeriesGroup(members=[SeriesRead(task=t, title="loss", series="train") for t in tasks])


def ask(store: MemoryStore, *groups: SeriesGroup, **options: object) -> list[Answer]:
    request = GroupReadRequest(groups=list(groups), **options)  # type: ignore[arg-type]
    return read_groups(request, store, STARTS.get)


THREE = {
    A: ([0, 1, 2, 3], [1.0, 2.0, 3.0, 4.0]),
    B: ([0, 1, 2, 3], [3.0, 4.0, 5.0, 6.0]),
    C: ([2, 3, 4], [100.0, 100.0, 100.0]),
}


def test_groups_share_their_columns() -> None:
    [(seeds, x, told), (alone, x_alone, _)] = ask(stored(THREE), group(A, B), group(C))
    assert (x.tolist(), seeds.center.tolist()) == ([0, 1, 2, 3], [2.0, 3.0, 4.0, 5.0])
    assert seeds.high - seeds.center == pytest.approx([np.sqrt(2.0)] * 4)
    assert (told.members, told.rows) == (2, 4)
    assert (x_alone.tolist(), alone.center.tolist()) == ([2, 3, 4], [100.0] * 3)
    assert alone.n.tolist() == [1, 1, 1]


def test_bounds_are_both_inside() -> None:
    [(seeds, x, _)] = ask(stored(THREE), group(A, B), low=1, high=2)
    assert (x.tolist(), seeds.center.tolist()) == ([1, 2], [3.0, 4.0])


def test_relative_time_starts_with_each_task() -> None:
    [(seeds, x, _)] = ask(
        stored(THREE), group(A, B), axis="relative", low=0, high=3_999_999, columns=4
    )
    assert seeds.n.tolist() == [2, 2, 2, 2]
    assert seeds.center.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert x.tolist() == [499_999, 1_499_999, 2_499_999, 3_499_999]


def test_wall_time_is_common() -> None:
    [(seeds, _, _)] = ask(stored(THREE), group(A, B), axis="wall")
    assert set(seeds.n.tolist()) == {1}


def test_what_is_not_there_is_an_empty_group() -> None:
    [(none, x, told), (some, _, _)] = ask(stored(THREE), group("d" * 32), group(A))
    assert (len(none.n), len(x), told.members) == (0, 0, 0)
    assert len(some.n) == 4
    [(none, x, told)] = ask(stored(THREE), group())
    assert (len(x), told.rows) == (0, 0)
    [(none, x, told)] = ask(stored(THREE), group(A), low=10, high=20)
    assert (len(x), told.members) == (0, 0)


@pytest.mark.parametrize(
    "options", [{"columns": 0}, {"columns": 4001}, {"low": 2, "high": 1}], ids=str
)
def test_what_does_not_fit_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(BadRequestError):
        ask(stored(THREE), group(A), **options)


def test_the_answer_comes_back_from_the_wire() -> None:
    answers = ask(stored(THREE), group(A, B), group(C), band="minmax")
    columns, results = decode_groups(encode_groups(answers))
    assert [r.members for r in results] == [2, 1]
    assert columns["group"].tolist() == [0] * 4 + [1] * 3
    assert columns["low"].tolist() == [1.0, 2.0, 3.0, 4.0, 100.0, 100.0, 100.0]
    columns, results = decode_groups(encode_groups([]))
    assert (len(columns["x"]), results) == (0, [])
