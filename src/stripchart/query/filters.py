"""What a filter of tasks is: its terms, and whether a task fits.

``filter_text`` reads the language that people write; the catalog turns the same terms into SQL. ``fits`` is the
meaning of both, in a few lines of Python, and the model that a property test holds the SQL to.

Every term is true or false of a task, never unknown: what a task does not have (a parameter, a metric, an end) fits
no comparison, ``!=`` included. Texts are compared whatever their case, but by ``exactly``; names of parameters and
metrics are exact.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

TEXT_FIELDS = ("name", "id", "project", "user", "host", "status", "type", "comment", "parent")
TIME_FIELDS = ("started", "updated", "ended")
NUMBER_FIELDS = ("iteration", "attempts", "lost")
STATS = (
    "last", "min", "max", "first", "mean", "min_iteration", "max_iteration", "count", "non_finite",
)  # fmt: skip

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
Likeness = Literal["is", "exactly", "found"]
Search = Callable[[str, str], bool]
"""Whether a regular expression is found in a text, whatever the case."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class All:
    """Every part fits; of none, every task does."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One part or more fits."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not fit."""

    part: Term


@dataclass(frozen=True, slots=True)
class Word:
    """The text is found in name, project, tags or id."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the task is like ``text``; of ``project`` "is" means the project or one below it."""

    field: str
    like: Likeness
    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """One of the task's tags is like ``text``; with ``None`` it has any."""

    like: Likeness
    text: str | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of the task: of ``NUMBER_FIELDS``, of ``TIME_FIELDS`` or ``duration``, in microseconds."""

    field: str
    compare: Comparison
    value: float


@dataclass(frozen=True, slots=True)
class Archived:
    """The task is archived, or is not."""

    value: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter called ``name`` fits ``test``; a name without section is looked for in every section.

    ``test`` is a comparison by number, a likeness of its text, or ``None``: it is there.
    """

    name: str
    test: tuple[Comparison, float] | tuple[Likeness, str] | None


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a metric fits; without ``series``, ``title`` may be ``title/series`` too.

    ``test`` is ``None``: it has this number.
    """

    title: str
    series: str | None
    stat: str
    test: tuple[Comparison, float] | None


EVERY_TASK = All(())
Term = All | Some | Not | Word | Text | Tag | Quantity | Archived | Parameter | Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Hold what ``fits`` looks at of one task.

    ``quantities`` has no entry for what is not known; times and durations are in microseconds.
    """

    texts: Mapping[str, str]
    tags: Sequence[str] = ()
    quantities: Mapping[str, float] = field(default_factory=dict)
    archived: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[tuple[str, str], Mapping[str, float]] = field(default_factory=dict)


def fits(term: Term, task: Facts, search: Search) -> bool:
    """Tell whether a task fits."""
    match term:
        case All(parts):
            return all(fits(part, task, search) for part in parts)
        case Some(parts):
            return any(fits(part, task, search) for part in parts)
        case Not(part):
            return not fits(part, task, search)
        case Word(text):
            texts = [task.texts["name"], task.texts["project"], *task.tags, task.texts["id"]]
            return text.casefold() in "\n".join(texts).casefold()
        case Text(name, like, text):
            return _text_fits(name, like, text, task, search)
        case Tag(like, text):
            return any(text is None or is_like(like, text, tag, search) for tag in task.tags)
        case Quantity(name, compare, value):
            known = task.quantities.get(name)
            return known is not None and COMPARE[compare](known, value)
        case Archived(value):
            return task.archived == value
        case Parameter():
            return any(
                is_called(name, term.name) and value_fits(term.test, value, search)
                for name, value in task.parameters.items()
            )
        case Metric():
            return any(
                names_fit(term, *names) and _metric_fits(term, stats)
                for names, stats in task.metrics.items()
            )


def is_like(like: Likeness, wanted: str, text: str, search: Search) -> bool:
    """Tell whether a text is like the one wanted."""
    if like == "found":
        return search(wanted, text)
    return wanted == text if like == "exactly" else wanted.casefold() == text.casefold()


def is_called(name: str, wanted: str) -> bool:
    """Tell whether a parameter's full name is meant by a name that may leave out the section."""
    return name == wanted or ("/" not in wanted and name.endswith("/" + wanted))


def names_fit(wanted: Metric, title: str, series: str) -> bool:
    """Tell whether a metric is meant."""
    if wanted.series is not None:
        return (title, series) == (wanted.title, wanted.series)
    return wanted.title in (title, f"{title}/{series}")


def value_fits(
    test: tuple[Comparison, float] | tuple[Likeness, str] | None, value: str, search: Search
) -> bool:
    """Tell whether a parameter's value fits a test."""
    if test is None:
        return True
    how, wanted = test
    if isinstance(wanted, str):
        return is_like(how, wanted, value, search)  # type: ignore[arg-type]
    number = number_of(value)
    return number is not None and COMPARE[how](number, wanted)


def number_of(text: str) -> float | None:
    """Return the number that a text writes out, ``None`` where it is none (so are NaN, infinity and True)."""
    text = text.strip(" ")
    return float(text) if _NUMBER.fullmatch(text) else None


def mentions_archived(term: Term) -> bool:
    """Tell whether a filter itself says which of archived and others it wants."""
    match term:
        case All(parts) | Some(parts):
            return any(mentions_archived(part) for part in parts)
        case Not(part):
            return mentions_archived(part)
    return isinstance(term, Archived)


def _text_fits(name: str, like: Likeness, text: str, task: Facts, search: Search) -> bool:
    known = task.texts.get(name, "")
    if is_like(like, text, known, search):
        return True
    below = name == "project" and like == "is"
    return below and known.casefold().startswith(text.casefold() + "/")


def _metric_fits(wanted: Metric, stats: Mapping[str, float]) -> bool:
    known = stats.get(wanted.stat)
    if known is None:
        return False
    return wanted.test is None or COMPARE[wanted.test[0]](known, wanted.test[1])
