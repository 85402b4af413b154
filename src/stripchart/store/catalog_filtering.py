"""Turn a filter of ``query.filters`` into a condition on the table of tasks.

Every condition made here is true or false, never NULL, so that "not" means what it says. Regular expressions run in
RE2 (DuckDB's), whose time is linear in the text whatever the pattern; the database is then asked for the texts that
matched.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from stripchart.query.filters import (
    EVERY_TASK,
    All,
    Archived,
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
    is_called,
    names_fit,
)
from stripchart.store import catalog_tables as tables
from stripchart.store.catalog_rows import TaskFilter

_MOST_BOUND = 500  # values given one by one; more go as one JSON text
_TIMES = {"started": "started_us", "updated": "updated_us", "ended": "ended_us"}


class PatternError(ValueError):
    """Refuse a regular expression that RE2 does not know."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"{pattern[:100]!r} is not a regular expression: {reason}")
        self.pattern = pattern


def condition(connection: Connection, wanted: TaskFilter, now_us: int) -> ColumnElement[bool]:
    """Return what the tasks of a filter fulfil.

    Raises:
        PatternError: a regular expression is none.
    """
    tasks = tables.tasks.c
    parts: list[ColumnElement[bool]] = []
    if wanted.project is not None:
        here = tasks.project == wanted.project
        # Not LIKE: SQLite's is blind to case.
        below = func.substr(tasks.project, 1, len(wanted.project) + 1) == wanted.project + "/"
        parts.append(or_(here, below) if wanted.recursive else here)
    if wanted.status:
        parts.append(tasks.status.in_(wanted.status))
    if wanted.search:
        parts.append(_word(wanted.search))
    if wanted.archived is not None:
        parts.append(tasks.archived.is_(wanted.archived))
    if wanted.ids is not None:
        parts.append(among(connection, tasks.id, wanted.ids))
    if wanted.term != EVERY_TASK:
        parts.append(_Translation(connection, now_us).of(wanted.term))
    return and_(true(), *parts)


def among(
    connection: Connection, column: ColumnElement[Any], values: Sequence[str]
) -> ColumnElement[bool]:
    """Return the condition that a column is one of any number of texts."""
    if len(values) <= _MOST_BOUND or connection.dialect.name != "sqlite":
        return column.in_(values)
    packed = func.json_each(msgspec.json.encode(list(values)).decode()).table_valued("value")
    return column.in_(select(packed.c.value))


def folded(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a text column without its case."""
    if connection.dialect.name == "sqlite":
        return func.casefold(column)  # see catalog: SQLite's own knows the Latin alphabet only
    return func.lower(column)


def duration_us(now_us: int) -> ColumnElement[Any]:
    """Return how long a task took, or takes so far."""
    tasks = tables.tasks.c
    return func.coalesce(tasks.ended_us, now_us) - tasks.started_us


def metric_keys(connection: Connection, wanted: Metric) -> list[str]:
    """Return the keys of the metrics that are meant."""
    if wanted.series is not None:
        return [tables.metric_key(wanted.title, wanted.series)]
    names = tables.names.c
    sought = _sought(wanted.title)
    found = select(names.key, names.name, names.series).where(
        names.kind == "metric",
        or_(
            names.search_text == sought,
            func.substr(names.search_text, 1, len(sought) + 1) == sought + "/",
        ),
    )
    rows = connection.execute(found)
    return [key for key, title, series in rows if names_fit(wanted, title, series)]


def parameter_keys(connection: Connection, wanted: str) -> list[str]:
    """Return the keys of the parameters that are meant: one, or one of each section."""
    if "/" in wanted:
        return [tables.name_key(wanted)]
    names = tables.names.c
    found = select(names.key, names.name).where(
        names.kind == "parameter", names.search_text.contains(_sought(wanted), autoescape=True)
    )
    return [key for key, name in connection.execute(found) if is_called(name, wanted)]


class _Translation:
    """Translate the terms of one filter."""

    def __init__(self, connection: Connection, now_us: int) -> None:
        self._connection = connection
        self._now_us = now_us

    def of(self, term: Term) -> ColumnElement[bool]:
        tasks = tables.tasks.c
        match term:
            case All(parts):
                return and_(true(), *map(self.of, parts))
            case Some(parts):
                return or_(false(), *map(self._any, _alike(parts)))
            case Not(part):
                return not_(self.of(part))
            case Word(text):
                return _word(text)
            case Text() | Tag() | Parameter():
                return self._any([term])
            case Quantity(field, compare, value):
                column = (
                    duration_us(self._now_us)
                    if field == "duration"
                    else tasks[_TIMES.get(field, field)]
                )
                return and_(column.is_not(None), _compared(column, compare, value))
            case Archived(value):
                return tasks.archived.is_(value)
            case Metric():
                return self._metric(term)

    def _any(self, parts: Sequence[Term]) -> ColumnElement[bool]:
        """Return that one of these parts fits, which are alike (``_alike``): a column is looked at once for all."""
        match parts[0]:
            case Text(field, like):
                return self._text(field, like, [p.text for p in parts if isinstance(p, Text)])
            case Tag(like):
                texts = [p.text for p in parts if isinstance(p, Tag) and p.text is not None]
                return self._tag(like, texts)
            case Parameter(name):
                tests = [p.test for p in parts if isinstance(p, Parameter) and p.test is not None]
                return self._parameter(name, tests)
            case other:
                return self.of(other)

    def _text(self, field: str, like: Likeness, texts: Sequence[str]) -> ColumnElement[bool]:
        column = tables.tasks.c[field]
        if like == "is" and field == "id":
            # Kept in lower case: the table's key finds it, and no task's id has to be folded.
            return among(self._connection, column, [*texts, *map(str.casefold, texts)])
        if like == "is" and field == "project":
            every = self._connection.scalars(select(column).distinct())
            return among(self._connection, column, _within(every, texts))
        return self._like(column, like, texts, select(column))

    def _tag(self, like: Likeness, texts: Sequence[str]) -> ColumnElement[bool]:
        tags = tables.tags.c
        owners = select(tags.task_id)
        if texts:
            owners = owners.where(self._like(tags.tag, like, texts, select(tags.tag)))
        return tables.tasks.c.id.in_(owners)

    def _parameter(self, name: str, tests: Sequence[Any]) -> ColumnElement[bool]:
        parameters = tables.parameters.c
        keys = parameter_keys(self._connection, name)
        present = and_(among(self._connection, parameters.key, keys), parameters.removed.is_(False))
        owners = select(parameters.task_id).where(present)
        if tests:
            how = tests[0][0]
            wanted = [value for _, value in tests]
            if isinstance(wanted[0], str):
                every = select(parameters.value).where(present)
                owners = owners.where(self._like(parameters.value, how, wanted, every))
            elif how == "=":
                owners = owners.where(parameters.number.in_(wanted))
            else:
                owners = owners.where(_compared(parameters.number, how, wanted[0]))
        return tables.tasks.c.id.in_(owners)

    def _metric(self, wanted: Metric) -> ColumnElement[bool]:
        metrics = tables.metrics.c
        keys = metric_keys(self._connection, wanted)
        stat = metrics[wanted.stat]
        owners = select(metrics.task_id).where(
            among(self._connection, metrics.key, keys), stat.is_not(None)
        )
        if wanted.test is not None:
            owners = owners.where(_compared(stat, *wanted.test))
        return tables.tasks.c.id.in_(owners)

    def _like(
        self, column: ColumnElement[Any], like: Likeness, texts: Sequence[str], every: Select[Any]
    ) -> ColumnElement[bool]:
        """Return that a column is like one of the texts; of regular expressions there is one."""
        if like == "exactly":
            return among(self._connection, column, texts)
        if like == "is":
            whatever_case = folded(self._connection, column)
            return among(self._connection, whatever_case, [text.casefold() for text in texts])
        (pattern,) = texts
        if (
            self._connection.dialect.name == "postgresql"
        ):  # its own engine does not backtrack either
            return column.op("~*")(pattern)
        stored = list(self._connection.scalars(every.distinct()))
        return among(self._connection, column, matching(stored, pattern))


def _alike(parts: Sequence[Term]) -> list[list[Term]]:
    """Put together what asks the same but for the value that is asked for."""
    alike: dict[Hashable, list[Term]] = defaultdict(list)
    for part in dict.fromkeys(parts):
        alike[_question(part)].append(part)
    return list(alike.values())


def _question(part: Term) -> Hashable:
    match part:
        case Text(field, "is" | "exactly" as like, _):
            return Text, field, like
        case Tag("is" | "exactly" as like, str()):
            return Tag, like
        case Parameter(name, ("is" | "exactly" | "=" as how, _)):
            return Parameter, name, how
        case other:
            return other


def _within(projects: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Return the projects that are one of those wanted, or below one, whatever the case."""
    sought = {text.casefold() for text in wanted}
    return [
        project
        for project in projects
        if (path := project.casefold()) in sought
        or any(path[: slash.start()] in sought for slash in re.finditer("/", path))
    ]


def matching(texts: Sequence[str], pattern: str) -> list[str]:
    """Return the texts in which a regular expression is found, whatever the case.

    Raises:
        PatternError: it is none.
    """
    import duckdb  # a tenth of a second that other questions do not pay

    asked = "SELECT t FROM (SELECT unnest(?) AS t) WHERE regexp_matches(t, ?, 'i')"
    with duckdb.connect(":memory:", config={"threads": 1}) as engine:
        try:
            return [row[0] for row in engine.execute(asked, [list(texts), pattern]).fetchall()]
        except duckdb.InvalidInputException as error:
            reason = str(error).partition(":")[2].strip().splitlines()[0]
            raise PatternError(pattern, reason) from None


def _word(text: str) -> ColumnElement[bool]:
    return tables.tasks.c.search_text.contains(_sought(text), autoescape=True)


def _sought(text: str) -> str:
    return text.casefold().replace("\0", " ")  # as it was kept


def _compared(column: ColumnElement[Any], how: str, value: float) -> ColumnElement[bool]:
    operators: dict[str, Any] = {
        "=": column.__eq__, "!=": column.__ne__, "<": column.__lt__,
        "<=": column.__le__, ">": column.__gt__, ">=": column.__ge__,
    }  # fmt: skip
    made: ColumnElement[bool] = operators[how](literal(value))
    return made
