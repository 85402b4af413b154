"""Print for people: aligned, with digits that mean something, and nothing that steers the terminal."""

from __future__ import annotations

import datetime as dt
import math
import re
import sys
import unicodedata
from collections.abc import Sequence

NOTHING = "-"
IN_PROGRESS, RUNNING = (
    "in_progress",
    "running",
)  # the stored word, and the one that people are shown
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")


def printable(text: str) -> str:
    """Return text with control, direction and other invisible format characters written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c == " " or c.isprintable() else _escaped(c) for c in text)


def console_text(text: str, *, colour: bool) -> str:
    """Return a console line for the terminal: colours kept or dropped, tabs kept, other control characters shown."""
    parts = _COLOUR.split(text)
    texts = ["\t".join(printable(cell) for cell in part.split("\t")) for part in parts[::2]]
    colours = parts[1::2] if colour else [""] * len(parts[1::2])
    line = "".join(t + c for t, c in zip(texts, [*colours, ""], strict=True))
    return line + "\x1b[0m" if colour and colours else line


def status(name: str, *, unresponsive: bool = False) -> str:
    """Return a status in the words of the page."""
    if name != IN_PROGRESS:
        return name
    return "no word" if unresponsive else RUNNING


def number(value: float | None) -> str:
    """Return a value with six significant digits; whole numbers whole."""
    if value is None:
        return NOTHING
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"


def moment(time_us: int | None) -> str:
    """Return a time as local date and time, to the second."""
    if time_us is None:
        return NOTHING
    try:
        return dt.datetime.fromtimestamp(time_us / 1e6).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return f"{time_us} us"


def duration(start_us: int | None, end_us: int | None) -> str:
    """Return the time between as days, hours, minutes and seconds."""
    if start_us is None or end_us is None:
        return NOTHING
    seconds = max(0, (end_us - start_us) // 1_000_000)
    days, hours = divmod(seconds // 3600, 24)
    clock = f"{hours}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{days}d {clock}" if days else clock


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print rows under a head, columns aligned; those in ``right`` to the right."""
    cells = [list(head), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(head))]
    for row in cells:
        padded = []
        for i, cell in enumerate(row):
            space = " " * (widths[i] - _width(cell))
            padded.append(space + cell if i in right else cell + space)
        print("  ".join(padded).rstrip())


def write_line(text: str) -> None:
    """Write one line to stdout, whatever its encoding can carry."""
    try:
        sys.stdout.write(text + "\n")
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def shortened(text: str, width: int) -> str:
    """Return text of at most ``width`` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _width(text: str) -> int:
    """Return how many cells a terminal gives a text."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)
