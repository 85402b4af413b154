"""Names of the series of tasks: one page of each, as far as the bound allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stripchart.records import SINGLE_VALUE
from stripchart.store.contract import LineKey, Store
from tests.contract.feeding import LINE, TASK, batch, columns, of_line

OTHER, UNKNOWN = "f" * 32, "0" * 32
ANY = 1000


def _feed(store: Store, lines: list[tuple[LineKey, int]]) -> None:
    for number, (key, flags) in enumerate(lines):
        store.append([batch(of_line([(0, 0, 1.0, flags)], key), writer=str(number))])


def _scalars(names: list[tuple[str, str]], task: str = TASK) -> list[tuple[LineKey, int]]:
    return [(LineKey(task, title, series), 0) for title, series in names]


def _pages(
    store: Store,
    tasks: list[str],
    *,
    search: str = "",
    offset: int = 0,
    limit: int = ANY,
    most: int = ANY,
) -> dict[str, tuple[int, list[tuple[str, str]]]]:
    found = store.names(tasks, search=search, offset=offset, limit=limit, most=most)
    return {task: (page.total, list(page.names)) for task, page in found.items()}


def test_names_come_in_pages_by_title_and_series(store: Store) -> None:
    names = [("b", "One"), ("a", "two"), ("a", "one"), ("Ä", "x"), ("", "")]
    _feed(store, [*_scalars(names), *_scalars([("b", "other")], OTHER)])
    _feed(store, [(replace(LINE, title="b", series="One", attempt=1, rank=2), 0)])
    assert _pages(store, [TASK]) == {TASK: (5, sorted(names))}
    assert _pages(store, [TASK], offset=1, limit=2) == {TASK: (5, sorted(names)[1:3])}
    assert _pages(store, [TASK], offset=9) == {TASK: (5, [])}
    assert _pages(store, [TASK], offset=2**63 - 1) == {TASK: (5, [])}
    assert _pages(store, [TASK], limit=0) == {TASK: (5, [])}
    assert _pages(store, [UNKNOWN]) == {UNKNOWN: (0, [])}


def test_names_are_searched_whatever_their_case(store: Store) -> None:
    _feed(store, _scalars([("b", "One"), ("a", "two"), ("a", "one"), ("Ä", "x%")]))
    assert _pages(store, [TASK], search="ONE") == {TASK: (2, [("a", "one"), ("b", "One")])}
    assert _pages(store, [TASK], search="ONE", offset=1) == {TASK: (2, [("b", "One")])}
    assert _pages(store, [TASK], search="ä") == {TASK: (1, [("Ä", "x%")])}
    assert _pages(store, [TASK], search="%") == {TASK: (1, [("Ä", "x%")])}
    assert _pages(store, [TASK], search="'") == {TASK: (0, [])}


def test_single_values_have_no_names_unless_a_scalar_has_the_same(store: Store) -> None:
    singles = [(LineKey(task, "Summary", s), SINGLE_VALUE) for task in (TASK, OTHER) for s in "ab"]
    _feed(store, [*singles, *_scalars([("Summary", "b"), ("loss", "train")])])
    assert _pages(store, [OTHER, TASK]) == {
        OTHER: (0, []),
        TASK: (2, [("Summary", "b"), ("loss", "train")]),
    }


def test_a_full_block_of_single_values_has_no_name_either(store: Store) -> None:
    count = 700  # more than a block
    flags = np.full(count, SINGLE_VALUE, dtype=np.uint8)
    best, mixed = (replace(LINE, title="Summary", series=name) for name in ("best", "mixed"))
    for writer, (key, of_key) in enumerate(((best, flags), (mixed, flags), (mixed, flags * 0))):
        points = columns(
            np.arange(count), np.zeros(count), flags=of_key, key=key, writer=f"{writer}"
        )
        store.append([points])
    assert _pages(store, [TASK]) == {TASK: (1, [("Summary", "mixed")])}


def test_many_tasks_are_answered_in_their_order(store: Store) -> None:
    third = "a" * 32
    _feed(store, _scalars([("a", "x"), ("a", "y"), ("b", "z")]))
    _feed(store, [(k, 0) for k, _ in _scalars([("a", "y")], OTHER)])
    _feed(store, [(replace(LINE, task=third, title="Summary", series="best"), SINGLE_VALUE)])
    pages = _pages(store, [OTHER, third, UNKNOWN, TASK, OTHER])
    assert list(pages) == [OTHER, third, UNKNOWN, TASK]
    assert pages == {
        OTHER: (1, [("a", "y")]),
        third: (0, []),
        UNKNOWN: (0, []),
        TASK: (3, [("a", "x"), ("a", "y"), ("b", "z")]),
    }
    assert _pages(store, [TASK, OTHER], offset=1, limit=1) == {
        TASK: (3, [("a", "y")]),
        OTHER: (1, []),
    }
    assert _pages(store, [TASK, OTHER], search="X") == {TASK: (1, [("a", "x")]), OTHER: (0, [])}
    assert _pages(store, []) == {}


def test_tasks_are_answered_until_there_are_enough_names(store: Store) -> None:
    tasks = [f"{number:032x}" for number in range(1, 5)]
    for task in tasks:
        _feed(store, _scalars([("a", "x"), ("a", "y"), ("b", "z")], task))
    for most, covered in ((0, 1), (3, 1), (5, 1), (6, 2), (11, 3), (12, 4)):
        pages = _pages(store, tasks, most=most)
        assert list(pages) == tasks[:covered]
        assert all(page == (3, [("a", "x"), ("a", "y"), ("b", "z")]) for page in pages.values())
    assert list(_pages(store, tasks, limit=1, most=2)) == tasks[:2]
    assert list(_pages(store, tasks, offset=2, most=3)) == tasks[:3]
    assert list(_pages(store, tasks, offset=3, most=0)) == tasks
    assert list(_pages(store, [UNKNOWN, *tasks], most=2)) == [UNKNOWN]
