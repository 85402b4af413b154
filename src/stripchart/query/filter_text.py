"""Read and write the language of filters; ``docs/guides/finding-tasks.md`` is its reference.

::

    filter  = and ("or" and)*        and = not ("and"? not)*       not = "not"* part
    part    = "(" filter ")"  |  subject comparison value ("," value)*  |  word
    subject = field  |  "param." name  |  "metric." title ["/" series] ["." stat]

Names and values may stand in double quotes, in which ``\\"`` is a quote and ``\\\\`` a backslash.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import TypeVar, get_args

from stripchart.query.filters import (
    EVERY_TASK,
    NUMBER_FIELDS,
    STATS,
    TEXT_FIELDS,
    TIME_FIELDS,
    All,
    Archived,
    Comparison,
    Likeness,
    Metric,
    Not,
    Parameter,
    Quantity,
    Some,
    Tag,
    Term,
    Text,
    Word,
    number_of,
)
from stripchart.records import Status

Value = TypeVar("Value")

LONGEST_FILTER = 20_000
MOST_TERMS = 300
DEEPEST = 40
FIELDS = (*TEXT_FIELDS, "tag", *TIME_FIELDS, "duration", *NUMBER_FIELDS, "archived")

_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"', re.DOTALL)
_COMPARISON = re.compile(r"==|!=|!~|<=|>=|[:=~<>]")
_BARE_NAME = re.compile(r"[^\s()<>=!~:,\"]+")
_BARE_VALUE = re.compile(r"[^\s(),\"]+")
_BARE_PATTERN = re.compile(
    r"(?:[^\s()\"\\]|\\.|\((?:[^\s()\"\\]|\\.)*\))+"
)  # a pair of () is its own
_BARE_WORD = re.compile(r"[^\s()\"]+")
_FIELD = re.compile(r"[A-Za-z_]+(?=\s*(?:[:=~<>]|!=|!~))")
_KEYWORD = re.compile(r"(?:and|or|not)(?=[\s()]|$)", re.IGNORECASE)
_DURATION = re.compile(r"(?:[0-9.]+(?:w|d|h|m|s))+")
_DURATION_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(w|d|h|m|s)")
_UNIT_SEC = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_US = 86_400_000_000
_ORDERS: tuple[Comparison, ...] = ("<", "<=", ">", ">=")
_INT64 = 2**63


class FilterError(ValueError):
    """Say where a filter is wrong (characters from its start) and what was expected there."""

    def __init__(self, position: int, expected: str, found: str = "") -> None:
        shown = f", found {found[:40]!r}" if found else ""
        super().__init__(f"at character {position + 1} of the filter: expected {expected}{shown}")
        self.position = position
        self.expected = expected


def parse(text: str, *, now_us: int) -> Term:
    """Read a filter; an empty one fits every task. ``now_us`` is what ``-7d`` counts from.

    Raises:
        FilterError: it is wrong.
    """
    if len(text) > LONGEST_FILTER:
        raise FilterError(LONGEST_FILTER, f"a filter of at most {LONGEST_FILTER} characters")
    return _Parser(text, now_us).parse()


def quoted(text: str) -> str:
    """Write a name or value so that it is read back as it is."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Parser:
    """Walk through one text."""

    def __init__(self, text: str, now_us: int) -> None:
        self._text = text
        self._at = 0
        self._now_us = now_us
        self._terms = 0
        self._depth = 0

    def parse(self) -> Term:
        self._skip()
        if self._at == len(self._text):
            return EVERY_TASK
        term = self._either()
        if self._at < len(self._text):
            raise self._wrong("the end, 'and', 'or' or another term")
        return term

    # ---- the grammar

    def _either(self) -> Term:
        parts = [self._both()]
        while self._keyword("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _both(self) -> Term:
        parts = [self._negated()]
        while self._keyword("and") or self._goes_on():
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _goes_on(self) -> bool:
        rest = self._text[self._at : self._at + 3].lower()
        at_or = rest[:2] == "or" and _KEYWORD.match(self._text, self._at) is not None
        return bool(rest) and rest[0] != ")" and not at_or

    def _negated(self) -> Term:
        negative = False
        while self._keyword("not"):
            negative = not negative
        part = self._part()
        return Not(part) if negative else part

    def _part(self) -> Term:
        if self._at == len(self._text) or self._text[self._at] == ")":
            raise self._wrong("a term")
        if _KEYWORD.match(self._text, self._at):
            raise self._wrong("a term (quote the word to search for it)")
        if self._text[self._at] == "(":
            return self._grouped()
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise self._wrong(f"at most {MOST_TERMS} terms")
        for prefix, read in (("param.", self._parameter), ("metric.", self._metric)):
            if self._text.startswith(prefix, self._at):
                self._at += len(prefix)
                return read()
        if _FIELD.match(self._text, self._at):
            return self._of_field()
        return Word(self._one_of(_BARE_WORD, "a term"))

    def _grouped(self) -> Term:
        begin = self._at
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(f"at most {DEEPEST} parentheses in each other")
        self._move(1)
        inside = self._either()
        if not self._text.startswith(")", self._at):
            raise self._wrong(f"')' to close the '(' at character {begin + 1}")
        self._move(1)
        self._depth -= 1
        return inside

    # ---- fields

    def _of_field(self) -> Term:
        begin = self._at
        found = _FIELD.match(self._text, begin)
        assert found is not None  # the caller looked
        name = found.group().lower()
        if name not in FIELDS:
            hint = f"one of {', '.join(FIELDS)}, param.… or metric.… (or a quoted text)"
            raise FilterError(begin, hint, found.group())
        self._move(len(name))
        if name == "tag":
            return self._likeness(Tag, any_of=Tag("is", None))
        if name in TEXT_FIELDS:
            return self._likeness(lambda like, text: Text(name, like, text), field=name)
        if name == "archived":
            self._compared(("=", ":"))
            return Archived(self._values(_truth)[0])
        if name in TIME_FIELDS:
            return self._moment(name)
        if name == "duration":
            return self._quantity(name, _span_us)
        return self._quantity(name, _number)

    def _likeness(
        self,
        make: Callable[[Likeness, str], Term],
        *,
        field: str = "",
        any_of: Term | None = None,
    ) -> Term:
        compare = self._compared((":", "=", "==", "!=", "~", "!~"))
        if "~" in compare:
            found = make("found", self._pattern())
            return Not(found) if compare == "!~" else found
        if compare in (":", "=") and self._star():
            return any_of if any_of is not None else Not(make("exactly", ""))
        like: Likeness = "exactly" if compare == "==" else "is"
        texts = self._values(_status if field == "status" else _as_it_is)
        found = _some([make(like, text) for text in texts])
        return Not(found) if compare == "!=" else found

    def _quantity(self, name: str, read: Callable[[str], float]) -> Term:
        compare = self._compared((":", "=", "!=", *_ORDERS))
        if compare in (":", "=") and self._star():
            return Quantity(name, ">=", -_INT64)
        values = self._values(read, several=compare in (":", "=", "!="))
        how = _comparison(compare)
        found: list[Term] = [Quantity(name, how, value) for value in values]
        return All(tuple(found)) if how == "!=" and len(found) > 1 else _some(found)

    def _moment(self, name: str) -> Term:
        compare = self._compared((":", "=", *_ORDERS))
        if compare in (":", "=") and self._star():
            return Quantity(name, ">=", -_INT64)
        begin = self._at
        at_us = self._values(lambda text: _moment_us(text, self._now_us), several=False)[0]
        if compare not in (":", "="):
            return Quantity(name, _comparison(compare), at_us)
        said = self._text[begin : self._at].strip().strip('"').lower()
        whole_day = said == "today" or _DAY.fullmatch(said)
        end_us = at_us + (_DAY_US if whole_day else 1_000_000)
        return All((Quantity(name, ">=", at_us), Quantity(name, "<", end_us)))

    # ---- parameters and metrics

    def _parameter(self) -> Term:
        name = "".join(text for text, _ in self._name_parts("the name of a parameter"))
        compare = self._compared((":", "=", "==", "!=", "~", "!~", *_ORDERS))
        if compare in _ORDERS:
            number = self._values(_number, several=False)[0]
            return Parameter(name, (_comparison(compare), number))
        if "~" in compare:
            found = Parameter(name, ("found", self._pattern()))
            present = Parameter(name, None)
            return All((present, Not(found))) if compare == "!~" else found
        if compare in (":", "=") and self._star():
            return Parameter(name, None)
        values = self._values(_as_it_is)
        like: Likeness = "exactly" if compare == "==" else "is"
        same = _some([part for value in values for part in _same(name, like, value)])
        return All((Parameter(name, None), Not(same))) if compare == "!=" else same

    def _metric(self) -> Term:
        parts = self._name_parts("the title of a metric")
        parts, stat = _without_stat(parts)
        title, series = _title_and_series(parts)
        if not title and not series:
            raise self._wrong("the title of a metric")
        compare = self._compared((":", "=", "!=", *_ORDERS))
        if compare in (":", "=") and self._star():
            return Metric(title, series, stat, None)
        how = _comparison(compare)
        values = self._values(_number, several=how not in _ORDERS)
        found: list[Term] = [Metric(title, series, stat, (how, value)) for value in values]
        return All(tuple(found)) if how == "!=" and len(found) > 1 else _some(found)

    def _name_parts(self, expected: str) -> list[tuple[str, bool]]:
        """Return the pieces of a name, and of each whether it was quoted."""
        parts = []
        while True:
            if (found := _QUOTED.match(self._text, self._at)) is not None:
                parts.append((_unescaped(found["text"]), True))
            elif (found := _BARE_NAME.match(self._text, self._at)) is not None:
                parts.append((found.group(), False))
            else:
                break
            self._at = found.end()
        if not parts:
            raise self._wrong(expected)
        self._skip()
        return parts

    # ---- pieces

    def _compared(self, allowed: Sequence[str]) -> str:
        found = _COMPARISON.match(self._text, self._at)
        if found is None or found.group() not in allowed:
            raise self._wrong("one of " + " ".join(allowed))
        self._move(len(found.group()))
        return found.group()

    def _values(self, read: Callable[[str], Value], *, several: bool = True) -> list[Value]:
        values: list[Value] = []
        while True:
            begin = self._at
            text = self._one_of(_BARE_VALUE, "a value")
            try:
                values.append(read(text))
            except ValueError as error:
                raise FilterError(begin, str(error), text) from None
            if not several or not self._text.startswith(",", self._at):
                return values
            self._move(1)
            if len(values) >= MOST_TERMS:
                raise self._wrong(f"at most {MOST_TERMS} values")

    def _pattern(self) -> str:
        begin = self._at
        pattern = self._one_of(_BARE_PATTERN, "a regular expression")
        try:
            re.compile(pattern)
        except re.error as error:
            raise FilterError(begin, f"a regular expression ({error})", pattern) from None
        except (OverflowError, RecursionError):
            raise FilterError(begin, "a simpler regular expression", pattern) from None
        return pattern

    def _star(self) -> bool:
        if re.match(r"\*(?=[\s)]|$)", self._text[self._at : self._at + 2]) is None:
            return False
        self._move(1)
        return True

    def _one_of(self, bare: re.Pattern[str], expected: str) -> str:
        """Return a quoted or bare text."""
        if self._text.startswith('"', self._at):
            found = _QUOTED.match(self._text, self._at)
            if found is None:
                raise self._wrong("a closing quote")
            text = _unescaped(found["text"])
        else:
            found = bare.match(self._text, self._at)
            if found is None:
                raise self._wrong(expected)
            text = found.group()
        self._at = found.end()
        self._skip()
        return text

    def _keyword(self, word: str) -> bool:
        found = _KEYWORD.match(self._text, self._at)
        if found is None or found.group().lower() != word:
            return False
        self._move(len(word))
        return True

    def _move(self, characters: int) -> None:
        self._at += characters
        self._skip()

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        assert found is not None  # it may be empty
        self._at = found.end()

    def _wrong(self, expected: str) -> FilterError:
        return FilterError(self._at, expected, self._text[self._at :])


def _some(parts: Sequence[Term]) -> Term:
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _comparison(text: str) -> Comparison:
    how: Comparison = "=" if text == ":" else text  # type: ignore[assignment]
    return how


def _same(name: str, like: Likeness, value: str) -> list[Term]:
    """Return the ways in which a parameter can have a value: as text, and by number where it is one."""
    number = number_of(value) if like == "is" else None
    by_number: list[Term] = [] if number is None else [Parameter(name, ("=", number))]
    return [Parameter(name, (like, value)), *by_number]


def _without_stat(parts: list[tuple[str, bool]]) -> tuple[list[tuple[str, bool]], str]:
    text, is_quoted = parts[-1]
    name, dot, stat = text.rpartition(".")
    if is_quoted or not dot or stat not in STATS:
        return parts, "last"
    return [*parts[:-1], *([(name, False)] if name else [])], stat


def _title_and_series(parts: list[tuple[str, bool]]) -> tuple[str, str | None]:
    """Return title and series; a slash outside of quotes parts them where anything is quoted."""
    whole = "".join(text for text, _ in parts)
    if len(parts) < 2:
        return whole, None
    for place, (text, is_quoted) in enumerate(parts):
        if not is_quoted and "/" in text:
            before, _, after = text.partition("/")
            title = "".join(t for t, _ in parts[:place]) + before
            return title, after + "".join(t for t, _ in parts[place + 1 :])
    return whole, None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\"\\])", r"\1", text)


# ---- values


def _as_it_is(text: str) -> str:
    return text


def _status(text: str) -> str:
    known = get_args(Status)
    word = "in_progress" if text.lower() == "running" else text.lower()
    if word not in known:
        raise ValueError("a status (running, " + ", ".join(known) + ")")
    return word


def _truth(text: str) -> bool:
    if text.lower() in ("true", "yes", "1"):
        return True
    if text.lower() in ("false", "no", "0"):
        return False
    raise ValueError("true or false")


def _number(text: str) -> float:
    number = number_of(text)
    if number is None:
        raise ValueError("a number")
    if number.is_integer() and abs(number) < _INT64:
        return int(float(text)) if not text.lstrip("+-").isdigit() else _whole(text)
    return number


def _whole(text: str) -> float:
    number = int(text)
    return number if -_INT64 <= number < _INT64 else float(text)


def _span_us(text: str) -> int:
    if (seconds := number_of(text)) is not None:
        return _bounded_us(seconds)
    if not _DURATION.fullmatch(text) or _DURATION_PART.sub("", text):
        raise ValueError("a duration such as 90s, 15m, 2h, 1h30m, 3d or 1w")
    return _bounded_us(sum(float(n) * _UNIT_SEC[u] for n, u in _DURATION_PART.findall(text)))


def _moment_us(text: str, now_us: int) -> int:
    if text.lower() in ("now", "today"):
        return now_us - (now_us % _DAY_US if text.lower() == "today" else 0)
    try:
        if text[:1] in ("-", "+"):
            return now_us + (-1 if text[0] == "-" else 1) * _span_us(text[1:])
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            "a date such as 2026-11-01, a time such as 2026-11-01T12:30, -7d, today or now"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return int((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1))


def _bounded_us(seconds: float) -> int:
    return int(min(max(seconds * 1e6, -1e18), 1e18))
