"""What colours of a terminal are in force after a colour code (SGR, ECMA-48 8.3.117), written as one code."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBERS = re.compile(r"[0-9]*(?:[;:][0-9]*)*")
# What a number sets; what sets the same replaces it. Numbers that end something are below.
_ASPECTS = {1: "bold", 2: "dim", 3: "italic", 4: "line", 7: "inverse", 9: "strike"}
_ENDS = {
    22: ("bold", "dim"),
    23: ("italic",),
    24: ("line",),
    27: ("inverse",),
    29: ("strike",),
    39: ("ink",),
    49: ("paper",),
}
_PARTS = {5: 3, 2: 5}  # of 38 and 48: a palette's number, or red, green and blue


@lru_cache(maxsize=1024)
def after(colours: str, code: str) -> str:
    """Return the colours in force after another code; no colours are no text.

    A code is ``ESC [ numbers m``. Numbers that are not known say nothing.
    """
    held: dict[str, str] = {}
    for one in (colours, code):
        _obey(held, _numbers(one))
    return f"\x1b[{';'.join(held.values())}m" if held else ""


def _numbers(code: str) -> list[int]:
    inside = code[2:-1] if code else None
    if inside is None or not _NUMBERS.fullmatch(inside):
        return []
    return [int(part[:9] or "0") for part in re.split("[;:]", inside)]


def _obey(held: dict[str, str], numbers: list[int]) -> None:
    at = 0
    while at < len(numbers):
        number, size = numbers[at], 1
        if number in {38, 48}:
            size = _PARTS.get(numbers[at + 1], 2) if at + 1 < len(numbers) else 1
            parts = numbers[at : at + size]
            if len(parts) == size > 2:
                held["ink" if number == 38 else "paper"] = ";".join(map(str, parts))
        elif number == 0:
            held.clear()
        elif number in _ENDS:
            for aspect in _ENDS[number]:
                held.pop(aspect, None)
        elif number in _ASPECTS:
            held[_ASPECTS[number]] = str(number)
        elif kind := _colour(number):
            held[kind] = str(number)
        at += size


def _colour(number: int) -> str:
    if 30 <= number <= 37 or 90 <= number <= 97:
        return "ink"
    return "paper" if 40 <= number <= 47 or 100 <= number <= 107 else ""
