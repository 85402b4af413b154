"""Folding gives what a terminal would show, however the text was cut and wherever folding was taken up again."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripchart.query.console import LONGEST_LINE, REACH, ConsoleFold, StreamFold
from stripchart.records import ConsoleWritten
from stripchart.store.contract import ConsoleLine


def shown(*writes: str) -> list[str]:
    fold = StreamFold()
    for text in writes:
        fold.feed(text, 1)
    taken = fold.take()
    return [] if taken is None else [line.text for line in taken[1]]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\n", ["a", "b"]),
        ("a\n\nb", ["a", "", "b"]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("10%\r20%\r100%\n", ["100%"]),
        ("100%\r20%\n", ["20%%"]),
        ("abc\b\bX\n", ["aXc"]),
        ("abc\r\x1b[Kd\n", ["d"]),
        ("abc\x1b[2Kd\n", ["   d"]),
        ("outer\ninner 1\x1b[A\rOUTER\n\rinner 2", ["OUTER", "inner 2"]),
        ("\x1b[31mred\x1b[0m\n", ["\x1b[31mred\x1b[0m"]),
        ("\x1b[31m10%\x1b[0m\r\x1b[31m20%\x1b[0m\n", ["\x1b[31m20%\x1b[0m"]),
        (
            "\x1b[31mred\nand red\x1b[0m\nplain\n",
            ["\x1b[31mred", "\x1b[31mand red\x1b[0m", "plain"],
        ),
        ("\x1b[1;31ma\n\n\x1b[22mb\n", ["\x1b[1;31ma", "", "\x1b[31mb"]),
        ("a\x1b[31m\nb\rc\x1b[m\n", ["a\x1b[31m", "\x1b[31mc\x1b[m"]),
        ("\x1b[38;2;1;2;3m\x1b[4ma\nb\n", ["\x1b[38;2;1;2;3;4ma", "\x1b[38;2;1;2;3;4mb"]),
        ("\x1b]0;title\x07text\n", ["text"]),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n", ["link"]),
        ("\x1b[?25lhidden\x1b[?25h\n", ["hidden"]),
        ("bell\x07 nul\x00 del\x7f\n", ["bell\u2407 nul\u2400 del\u2421"]),
        ("tab\there\n", ["tab\there"]),
        ("ab\x1b[3Cc\n", ["ab   c"]),
        ("żółć\r\U0001f600\n", ["\U0001f600ółć"]),
    ],
)
def test_text_is_folded_as_a_terminal_would(text: str, lines: list[str]) -> None:
    assert shown(text) == lines


def test_progress_bar_stays_one_line() -> None:
    assert shown(*[f"\r{i}% |{'#' * (i // 10):10}|" for i in range(101)], "\n") == [
        "100% |##########|"
    ]


def test_last_line_is_open_until_it_ends() -> None:
    fold = StreamFold()
    fold.feed("done\nnot yet", 1)
    assert fold.take() == (0, [ConsoleLine(0, 1, 0, "done"), ConsoleLine(1, 1, 0, "not yet", True)])
    fold.feed(" but now\n", 2)
    assert fold.take() == (1, [ConsoleLine(1, 1, 0, "not yet but now")])
    assert fold.take() is None


def test_messages_are_whole_and_out_of_reach_of_later_ones() -> None:
    fold = ConsoleFold(0, 0)
    for text in ("first\nof two", "", "\x1b[Asecond\rSEC", "third\n"):
        fold.feed(ConsoleWritten(time_us=1, stream="text", text=text))
    (update,) = fold.take()
    assert [line.text for line in update.lines] == ["first", "of two", "", "SECond", "third"]
    assert not any(line.open for line in update.lines)


def test_a_line_without_end_is_broken_and_state_stays_bounded() -> None:
    fold = StreamFold()
    for _ in range(50):
        fold.feed("x" * (LONGEST_LINE // 10), 1)
    taken = fold.take()
    assert taken is not None
    lines = [line.text for line in taken[1]]
    assert max(map(len, lines)) == LONGEST_LINE
    assert "".join(lines) == "x" * (LONGEST_LINE // 10 * 50)
    for _ in range(3 * REACH):
        fold.feed("line\n", 1)
    assert len(fold.state()["rows"]) == REACH + 1


def test_close_ends_open_lines() -> None:
    fold = ConsoleFold(0, 0)
    fold.feed(ConsoleWritten(time_us=1, stream="stderr", text="a\nb\x1b[A\rc"))
    fold.finish()
    (update,) = fold.take()
    assert [(line.text, line.open) for line in update.lines] == [("c", False), ("b", False)]


PIECES = [
    "word", "\n", "\r", "\b", "\t", "\x1b[A", "\x1b[2B", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[31m",
    "\x1b[0m", "\x1b[5G", "\x1b[3C", "\x1b[2D", "\x1b[F", "\x1b[E", "\x1b]0;t\x07", "\x1b", "[", "]", "é", "\x07",
    "a longer text\n", "\x1b[38;5;200m", "\x1b(B",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map("".join)


def replay(updates: list[tuple[int, list[ConsoleLine]]]) -> list[ConsoleLine]:
    """Do what a store does with updates: replace the lines from ``first`` on."""
    lines: list[ConsoleLine] = []
    for first, fresh in updates:
        assert first <= len(lines)
        assert [line.ordinal for line in fresh] == list(range(first, first + len(fresh)))
        lines[first:] = fresh
    return lines


@given(text=texts, cuts=st.lists(st.integers(0, 400)), stops=st.lists(st.booleans(), max_size=20))
def test_folding_does_not_depend_on_cuts_or_stops(
    text: str, cuts: list[int], stops: list[bool]
) -> None:
    whole = StreamFold()
    whole.feed(text, 7, 20)
    taken = whole.take()
    expected = replay([] if taken is None else [taken])
    fold, updates = StreamFold(), []
    places = [0, *sorted(c for c in cuts if c < len(text)), len(text)]
    for index, (begin, end) in enumerate(itertools.pairwise(places)):
        fold.feed(text[begin:end], 7, 20)
        if (part := fold.take()) is not None:
            updates.append(part)
        if index < len(stops) and stops[index]:
            fold = StreamFold(msgspec.json.decode(msgspec.json.encode(fold.state())))
    assert replay(updates) == expected
    assert fold.state() == whole.state()
