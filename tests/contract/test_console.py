"""Console lines: replaced from the first that changed, ordered, numbered, searched."""

from __future__ import annotations

import pytest

from stripchart.store.contract import ConsolePage, ConsoleRead, Store
from tests.contract.feeding import TASK, console


def _texts(page: ConsolePage) -> list[str]:
    return [found.line.text for found in page.lines]


def _read(store: Store, **asked: object) -> ConsolePage:
    return store.console(ConsoleRead(TASK, **asked))  # type: ignore[arg-type]


def test_lines_are_read_back_in_order(store: Store) -> None:
    store.append([console(["a", "b"], begin=0, end=10, time_us=5)])
    store.append([console(["x"], begin=10, end=14, stream="stderr", time_us=6, level=40)])
    store.append([console(["early"], begin=0, end=4, writer="v", rank=1)])
    page = _read(store)
    assert _texts(page) == ["early", "a", "x", "b"]  # x and b share a time: by stream
    assert [found.number for found in page.lines] == [0, 1, 2, 3]
    assert (page.total, page.offset) == (4, 0)
    found = page.lines[2]
    assert (found.writer, found.stream, found.rank, found.line.level) == ("w", "stderr", 0, 40)


def test_an_update_replaces_lines_from_its_first(store: Store) -> None:
    store.append([console(["done", "10 %"], begin=0, end=10, open_from=1)])
    store.append([console(["20 %"], begin=10, end=20, first=1, open_from=1)])
    assert _texts(_read(store)) == ["done", "20 %"]
    assert [found.line.open for found in _read(store).lines] == [False, True]
    store.append([console(["100 %", "next", ""], begin=20, end=30, first=1, open_from=3)])
    assert _texts(_read(store)) == ["done", "100 %", "next", ""]
    store.append([console(["all", "new"], begin=30, end=40, first=0)])  # closed ones as well
    assert _texts(_read(store)) == ["all", "new"]
    store.append([console([], begin=40, end=50, first=1)])
    assert _texts(_read(store)) == ["all"]


def test_updates_of_one_call_follow_one_another(store: Store) -> None:
    store.append(
        [
            console(["a", "b"], begin=0, end=10, open_from=1),
            console(["B", "c"], begin=10, end=20, first=1, open_from=2),
            console(["C"], begin=20, end=30, first=2),
        ]
    )
    assert _texts(_read(store)) == ["a", "B", "C"]


def test_open_lines_are_answered_by_stream(store: Store) -> None:
    assert store.console_open(TASK, "w") == {}
    store.append([console(["a", "b", "c"], begin=0, end=10, open_from=1)])
    store.append([console(["e"], begin=10, end=20, stream="stderr")])
    opened = store.console_open(TASK, "w")
    assert set(opened) == {"stdout", "stderr"}
    following, lines = opened["stdout"]
    assert (following, [line.text for line in lines]) == (3, ["b", "c"])
    assert opened["stderr"] == (1, [])
    assert store.console_open(TASK, "v") == {}


def test_pages_count_from_the_start_or_the_end(store: Store) -> None:
    store.append([console([str(i) for i in range(100)], begin=0, end=10, open_from=97)])
    assert _texts(_read(store, offset=10, limit=2)) == ["10", "11"]
    tail = _read(store, offset=-3)
    assert (_texts(tail), tail.offset, tail.total) == (["97", "98", "99"], 97, 100)
    assert [found.number for found in tail.lines] == [97, 98, 99]
    assert _texts(_read(store, offset=-1000, limit=1)) == ["0"]
    assert _texts(_read(store, offset=1000)) == []


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"pattern": "LOSS"}, [0, 2]),
        ({"pattern": "LOSS", "ignore_case": False}, [2]),
        ({"pattern": r"^loss\s*=\s*\d+\.\d*$"}, [0]),
        ({"pattern": "größe|☃"}, [3]),
        ({"pattern": ""}, [0, 1, 2, 3]),
        ({"minimum_level": 30}, [2, 3]),
        ({"streams": ["stderr"]}, [2, 3]),
        ({"streams": ["none such"]}, []),
        ({"ranks": [1]}, [2, 3]),
        ({"ranks": [0, 7], "attempts": [0]}, [0, 1]),
        ({"attempts": [1]}, []),
        ({"pattern": "o", "minimum_level": 30, "offset": -1}, [2]),
    ],
)
def test_what_matches_keeps_its_number(
    store: Store, asked: dict[str, object], numbers: list[int]
) -> None:
    store.append([console(["loss = 0.5", "step"], begin=0, end=10)])
    worse = ["LOSS gone", "Größe ☃\x00'; --"]
    store.append([console(worse, begin=10, end=20, stream="stderr", time_us=9, level=30, rank=1)])
    page = _read(store, **asked)
    assert [found.number for found in page.lines] == numbers


@pytest.mark.parametrize(
    ("asked", "offset", "numbers"),
    [
        ({"from_number": 40, "limit": 2}, 40, [40, 41]),
        ({"from_number": 40, "offset": -1, "limit": 1}, 39, [39]),
        ({"from_number": 40, "limit": 1, "pattern": "7$"}, 4, [47]),
        ({"from_number": 47, "limit": 1, "pattern": "7$"}, 4, [47]),
        ({"from_number": 48, "offset": -1, "limit": 1, "pattern": "7$"}, 4, [47]),
        ({"from_number": 3, "offset": -1, "limit": 1, "pattern": "7$"}, 0, [7]),
        ({"from_number": 98, "limit": 1, "pattern": "7$"}, 10, []),
        ({"from_us": 1_097, "limit": 1}, 97, [97]),
        ({"from_us": 0, "limit": 1, "pattern": "9"}, 0, [9]),
        ({"from_us": 1_091, "offset": 1, "limit": 2, "pattern": "9"}, 11, [92, 93]),
        ({"from_us": 10**18}, 100, []),
    ],
)
def test_pages_count_from_a_line_or_a_time(
    store: Store, asked: dict[str, object], offset: int, numbers: list[int]
) -> None:
    for i in range(100):
        text = [f"line {i}"]
        store.append([console(text, begin=i, end=i + 1, first=i, time_us=1_000)])
    page = _read(store, **asked)
    assert (page.offset, [found.number for found in page.lines]) == (offset, numbers)


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [
        ("loss 0.5, loss 0.4", "LOSS", [(0, 4), (10, 14)]),
        ("\x1b[1mloss\x1b[0m: \x1b[31m0.5", r"loss: \d", [(0, 7)]),
        ("größe ☃ 🙂 x", r"\w+$", [(10, 11)]),
        ("aaa", "a*", [(0, 3)]),
        ("abc", "x*", []),
        ("ab", r"a|\bb|b", [(0, 1), (1, 2)]),
    ],
)
def test_places_are_those_of_the_text_as_seen(
    store: Store, text: str, pattern: str, found: list[tuple[int, int]]
) -> None:
    store.append([console([text, "\x1b[31m"], begin=0, end=10)])
    assert list(_read(store, pattern=pattern).lines[0].found) == found


def test_colour_codes_are_not_searched(store: Store) -> None:
    store.append([console(["\x1b[31mred\x1b[0m", "31"], begin=0, end=10)])
    assert [line.number for line in _read(store, pattern="31").lines] == [1]
    assert [line.number for line in _read(store, pattern="^red$").lines] == [0]


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?=a)", "(?<!a)b", r"(a)\1", "a++", "(?>a)"])
def test_a_bad_pattern_is_refused(store: Store, pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        _read(store, pattern=pattern)
    store.append([console(["a"], begin=0, end=10)])
    with pytest.raises(ValueError, match="pattern"):
        _read(store, pattern=pattern)


def test_the_lines_of_other_tasks_are_not_seen(store: Store) -> None:
    store.append([console(["a"], begin=0, end=10)])
    assert store.console(ConsoleRead("f" * 32)).total == 0
