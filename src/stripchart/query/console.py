"""Fold what was written to a stream into lines, as a terminal would have shown them.

A line end ends a line; a carriage return goes back to its start, and what follows overwrites (a progress bar
stays one line); backspace, cursor movements and erasures are obeyed within the last ``REACH`` lines. Colour codes
stay in the text; colours in force at the end of a line are said again on the next, so that each line stands for
itself. Other escape sequences (titles, links, cursor shapes) say nothing about text and are dropped;
other control characters become their visible pictures (U+2400 on), so that nothing disappears.

The fold of a text does not depend on how it was cut into writes, nor on where it was stopped and taken up again:
``state`` is everything that it remembers, as JSON.
"""

from __future__ import annotations

import re
from typing import Any

from stripchart.query.colours import after
from stripchart.records import ConsoleWritten
from stripchart.store.contract import ConsoleLine, ConsoleUpdate

REACH = 16
"""How many lines above the lowest a cursor movement reaches; nested progress bars use a few."""

LONGEST_LINE = 1 << 16
"""Characters after which a line that does not end is broken, so that an endless one stays bounded."""

_LONGEST_CODES = 256
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x08\x0a-\x1f\x7f]+)"
    r"|(?P<escape>\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)"
    r"|(?![\[\]])[ -/]{0,8}[0-~]))"
    r"|(?P<control>[\x00-\x1f\x7f])"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}|\][^\x07\x1b]{0,1000}\x1b?|[ -/]{0,8})\Z")
COLOUR = r"\x1b\[[0-9;:]*m"
"""A colour code, the one escape sequence that stays in a line; for ``re`` and for RE2."""

_IS_COLOUR = re.compile(COLOUR)
_TAIL = re.compile(rf"(?:{COLOUR})*\Z")
_CELL = re.compile(rf"(?:{COLOUR})*[^\x1b]")


def plain(text: str) -> str:
    """Return a line as it is read: without its colour codes."""
    return _IS_COLOUR.sub("", text) if "\x1b" in text else text


class _Row:
    """Hold a line within reach. ``time_us`` is ``None`` until something has been written to it."""

    __slots__ = ("level", "text", "time_us")

    def __init__(self, text: str = "", time_us: int | None = None, level: int = 0) -> None:
        self.text = text
        self.time_us = time_us
        self.level = level


class StreamFold:
    """Fold one stream of one writer."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        state = state or {}
        self._base: int = state.get("base", 0)  # ordinal of the first row
        self._rows = [_Row(*row) for row in state.get("rows", [])] or [_Row()]
        self._row: int = state.get("row", 0)
        self._column: int | None = state.get("column")  # None: behind the last character
        self._codes: str = state.get("codes", "")  # colour codes that wait for a character
        self._colours: str = state.get("colours", "")  # all that are in force, as one code
        self._unfinished: str = state.get("unfinished", "")  # the begin of an escape sequence
        self._dirty: int | None = None  # lowest ordinal changed since the last take
        self._done: list[ConsoleLine] = []  # changed lines that went out of reach since then
        self._time_us = 0
        self._level = 0

    def state(self) -> dict[str, Any]:
        """Return all that the fold remembers."""
        return {
            "base": self._base,
            "rows": [[row.text, row.time_us, row.level] for row in self._rows],
            "row": self._row,
            "column": self._column,
            "codes": self._codes,
            "colours": self._colours,
            "unfinished": self._unfinished,
        }

    def feed(self, text: str, time_us: int, level: int = 0) -> None:
        """Take in one write."""
        self._time_us, self._level = time_us, level
        text, at = self._unfinished + text, 0
        self._unfinished = ""
        while at < len(text):
            found = _TOKEN.match(text, at)
            assert found is not None  # the pattern has a branch for every character
            if found.group() == "\x1b" and _UNFINISHED.match(text, at):
                self._unfinished = text[at:]
                return
            self._obey(found)
            at = found.end()

    def message(self, text: str, time_us: int, level: int = 0) -> None:
        """Take in a whole message, which nothing later may change."""
        self.feed(text if text.endswith("\n") else text + "\n", time_us, level)
        self.finish()

    def finish(self) -> None:
        """Close the lines that are open: nothing more will come that could change them."""
        for character in self._unfinished:
            self._write(_picture(character) if character < " " else character)
        self._unfinished = ""
        self._touch_open_rows()
        if self._rows[-1].time_us is not None:
            self._row = len(self._rows) - 1
            self._new_line()
        self._row = len(self._rows) - 1
        self._touch_open_rows()
        self._let_go(keep=1)
        self._column, self._codes, self._colours = None, "", ""

    def take(self) -> tuple[int, list[ConsoleLine]] | None:
        """Return what changed since the last call: the lines from an ordinal on; ``None`` if nothing did."""
        if self._dirty is None:
            return None
        first, lines = self._dirty, self._done
        for index in range(max(first - self._base, 0), len(self._rows)):
            row = self._rows[index]
            if row.time_us is not None:
                lines.append(self._line(index))
        self._dirty, self._done = None, []
        return first, lines

    def _line(self, index: int) -> ConsoleLine:
        row = self._rows[index]
        return ConsoleLine(
            ordinal=self._base + index,
            time_us=row.time_us or 0,
            level=row.level,
            text=row.text,
            open=index >= self._row,
        )

    # ---- what a token does

    def _obey(self, found: re.Match[str]) -> None:
        token = found.group()
        if found.lastgroup == "text":
            self._write(token)
        elif found.lastgroup == "escape":
            self._escape(token)
        elif token == "\n":
            self._new_line()
        elif token == "\r":
            self._move_to(0)
        elif token == "\b":
            self._move_to(self._place() - 1)
        else:
            self._write(_picture(token))

    def _escape(self, sequence: str) -> None:
        if sequence[1] != "[":
            return
        if _IS_COLOUR.fullmatch(sequence):
            codes = self._codes + sequence
            self._codes = codes if len(codes) <= _LONGEST_CODES else sequence
            self._colours = after(self._colours, sequence)
            return
        final, arguments = sequence[-1], sequence[2:-1]
        number = int(arguments) if arguments.isdecimal() and arguments.isascii() else None
        if final in "ABEF":
            steps = min(number or 1, REACH)
            self._move_rows(-steps if final in "AF" else steps)
            if final in "EF":
                self._move_to(0)
        elif final in "CD":
            step = min(number or 1, LONGEST_LINE)
            self._move_to(self._place() + (step if final == "C" else -step))
        elif final == "G":
            self._move_to(min(number or 1, LONGEST_LINE) - 1)
        elif final == "K":
            self._erase(number or 0)

    def _write(self, text: str) -> None:
        at = 0
        while at < len(text):
            row = self._rows[self._row]
            before = len(row.text) if self._column is None else self._column
            if before == 0:
                self._codes = self._colours
            room = LONGEST_LINE - before - len(self._codes)
            if room <= 0:
                self._new_line()
                continue
            self._put(row, text[at : at + room])
            at += room

    def _put(self, row: _Row, text: str) -> None:
        self._touch(self._row)
        if self._column is None:
            row.text += self._codes + text
        else:
            row.text, end = _overwrite(row.text, self._column, self._codes, text)
            self._column = None if end else self._column + len(text)
        self._codes = ""

    def _new_line(self) -> None:
        self._settle_codes()
        self._touch(self._row)
        self._row += 1
        if self._row == len(self._rows):
            self._rows.append(_Row())
            self._column = None
            self._let_go(keep=REACH + 1)
        else:
            self._column = 0 if self._rows[self._row].text else None

    def _move_to(self, column: int) -> None:
        self._settle_codes()
        width = _width(self._rows[self._row].text)
        self._column = None if column == width else max(column, 0)

    def _move_rows(self, steps: int) -> None:
        column = self._place()
        self._settle_codes()
        self._row = min(max(self._row + steps, 0), len(self._rows) - 1)
        self._touch_open_rows()
        self._move_to(column)

    def _erase(self, what: int) -> None:
        self._settle_codes()
        row, column = self._rows[self._row], self._place()
        if not row.text:
            return
        self._touch(self._row)
        if what == 0:
            row.text = "".join(_cells(row.text)[0][:column])
            self._move_to(column)
        elif what == 1:
            row.text, _ = _overwrite(row.text, 0, "", " " * min(column + 1, _width(row.text)))
        else:
            row.text = ""
            self._move_to(column)

    # ---- bookkeeping

    def _place(self) -> int:
        return _width(self._rows[self._row].text) if self._column is None else self._column

    def _settle_codes(self) -> None:
        """Give waiting colour codes a place in the line before the cursor leaves."""
        if not self._codes:
            return
        row = self._rows[self._row]
        if row.text:
            self._touch(self._row)
            row.text = _place_codes(row.text, self._column, self._codes)
        self._codes = ""

    def _touch(self, index: int) -> None:
        row, ordinal = self._rows[index], self._base + index
        if row.time_us is None:
            row.time_us, row.level = self._time_us, self._level
        if self._dirty is None or ordinal < self._dirty:
            self._dirty = ordinal

    def _touch_open_rows(self) -> None:
        """Mark the rows from the cursor on: whether they are open may have changed."""
        for index in range(self._row, len(self._rows)):
            if self._rows[index].time_us is not None:
                self._touch(index)
                return

    def _let_go(self, keep: int) -> None:
        while len(self._rows) > keep:
            if self._dirty is not None and self._base >= self._dirty:
                self._done.append(self._line(0))
            del self._rows[0]
            self._base += 1
            self._row -= 1


def _width(text: str) -> int:
    return len(text) if "\x1b" not in text else len(_cells(text)[0])


def _cells(text: str) -> tuple[list[str], str]:
    """Split into characters, each with the colour codes before it, and the codes at the end."""
    if "\x1b" not in text:
        return list(text), ""
    tail = _TAIL.search(text)
    assert tail is not None  # it may be empty
    return _CELL.findall(text, 0, tail.start()), tail.group()


def _overwrite(text: str, column: int, codes: str, new: str) -> tuple[str, bool]:
    """Write over a line from a column on; return it, and whether the cursor is behind its end then."""
    end = column + len(new)
    if "\x1b" not in text:
        padded = text.ljust(column)
        return padded[:column] + codes + new + padded[end:], end >= len(text)
    cells, tail = _cells(text)
    padding = [" "] * (column - len(cells))
    fresh = [codes + new[0], *new[1:]]
    return "".join([*cells[:column], *padding, *fresh, *cells[end:], tail]), end >= len(cells)


def _place_codes(text: str, column: int | None, codes: str) -> str:
    """Put colour codes where the cursor is, in place of those that stood there."""
    cells, tail = _cells(text)
    if column is None or column >= len(cells):
        return "".join(cells) + codes
    cells[column] = codes + cells[column][-1]
    return "".join(cells) + tail


def _picture(character: str) -> str:
    return "\u2421" if character == "\x7f" else chr(0x2400 + ord(character))


class ConsoleFold:
    """Fold all streams of one writer; ``state`` is that of an earlier one, to go on from."""

    def __init__(self, attempt: int, rank: int, state: dict[str, Any] | None = None) -> None:
        self._attempt, self._rank = attempt, rank
        self._streams = {name: StreamFold(kept) for name, kept in (state or {}).items()}

    def feed(self, record: ConsoleWritten) -> None:
        """Take in one record."""
        stream = self._streams.get(record.stream)
        if stream is None:
            stream = self._streams[record.stream] = StreamFold()
        take_in = stream.message if record.stream == "text" else stream.feed
        take_in(record.text, record.time_us, record.level)

    def finish(self) -> None:
        """Close all open lines: the writer has ended."""
        for stream in self._streams.values():
            stream.finish()

    def take(self) -> list[ConsoleUpdate]:
        """Return what changed since the last call."""
        updates = []
        for name, stream in self._streams.items():
            if (changed := stream.take()) is not None:
                first, lines = changed
                updates.append(ConsoleUpdate(name, self._attempt, self._rank, first, lines))
        return updates

    def state(self) -> dict[str, Any]:
        """Return all that the fold remembers, as JSON can carry it."""
        return {name: stream.state() for name, stream in self._streams.items()}
