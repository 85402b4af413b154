"""Turn a filter of ``query.filters`` into a condition on the table of tasks.

Every condition made here is true or false, never NULL, so that "not" means what it says. Regular expressions run in
RE2 (DuckDB's), whose time is linear in the text whatever the pattern; the database is then asked for the texts that
matched.
"""

from __future__ import annotations

from collections.abc import Sequence
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
                return or_(false(), *map(self.of, parts))
            case Not(part):
                return not_(self.of(part))
            case Word(text):
                return _word(text)
            case Text(field, like, text):
                return self._text(field, like, text)
            case Tag(like, text):
                return self._tag(like, text)
            case Quantity(field, compare, value):
                column = (
                    duration_us(self._now_us)
                    if field == "duration"
                    else tasks[_TIMES.get(field, field)]
                )
                return and_(column.is_not(None), _compared(column, compare, value))
            case Archived(value):
                return tasks.archived.is_(value)
            case Parameter(name, test):
                return self._parameter(name, test)
            case Metric():
                return self._metric(term)

    def _text(self, field: str, like: Likeness, text: str) -> ColumnElement[bool]:
        column = tables.tasks.c[field]
        found = self._like(column, like, text, select(column))
        if field != "project" or like != "is":
            return found
        below = text.casefold() + "/"
        start = func.substr(folded(self._connection, column), 1, len(below))
        return or_(found, start == below)

    def _tag(self, like: Likeness, text: str | None) -> ColumnElement[bool]:
        tags = tables.tags.c
        owners = select(tags.task_id)
        if text is not None:
            owners = owners.where(self._like(tags.tag, like, text, select(tags.tag)))
        return tables.tasks.c.id.in_(owners)

    def _parameter(self, name: str, test: Any) -> ColumnElement[bool]:
        parameters = tables.parameters.c
        keys = parameter_keys(self._connection, name)
        present = and_(among(self._connection, parameters.key, keys), parameters.removed.is_(False))
        owners = select(parameters.task_id).where(present)
        if test is not None:
            how, wanted = test
            if isinstance(wanted, str):
                every = select(parameters.value).where(present)
                owners = owners.where(self._like(parameters.value, how, wanted, every))
            else:
                owners = owners.where(_compared(parameters.number, how, wanted))
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
        self, column: ColumnElement[Any], like: Likeness, text: str, every: Select[Any]
    ) -> ColumnElement[bool]:
        if like == "exactly":
            return column == text
        if like == "is":
            return folded(self._connection, column) == text.casefold()
        if (
            self._connection.dialect.name == "postgresql"
        ):  # its own engine does not backtrack either
            return column.op("~*")(text)
        texts = list(self._connection.scalars(every.distinct()))
        return among(self._connection, column, matching(texts, text))


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
