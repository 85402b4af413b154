"""Columns and sorts by name, as the language of filters writes them: ``metric.loss.min``, ``param.General/lr``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from stripchart.query.filter_text import parse, quoted
from stripchart.query.filters import Metric, Parameter, is_called, names_fit
from stripchart.server import schema

_MOST_LISTED = 10
_BARE = re.compile(r"[\w-]+")  # a name that means itself without quotes

Known = Callable[[schema.ColumnKind, str], Sequence[schema.Column]]
"""Asks which columns of a kind hold a text."""


def resolve(name: str, known: Known) -> list[schema.MetricRef | str]:
    """Return what a name means: metrics, or full names of parameters; several where it leaves something out.

    Raises:
        ValueError: it is no such name, or no task has it.
    """
    term = parse(f"{name}:*", now_us=0)
    found: list[schema.MetricRef | str] = []
    if isinstance(term, Metric):
        found += [
            schema.MetricRef(title=column.name, series=column.series, stat=term.stat)  # type: ignore[arg-type]
            for column in known("metric", term.title)
            if names_fit(term, column.name, column.series)
        ]
    elif isinstance(term, Parameter):
        columns = known("parameter", term.name)
        found += [column.name for column in columns if is_called(column.name, term.name)]
    else:
        raise ValueError(f"{name!r} is no column: write metric.… or param.…")
    if not found:
        raise ValueError(f"no task has {name!r}")
    return found


def resolve_sort(name: str, known: Known, *, descending: bool) -> schema.TaskSort:
    """Return what to sort by: a field, a metric or a parameter.

    Raises:
        ValueError: it is none, or means several.
    """
    if not name.startswith(("metric.", "param.")):
        if name not in schema.SORT_FIELDS:
            known_fields = ", ".join(schema.SORT_FIELDS)
            raise ValueError(f"tasks are sorted by metric.…, param.…, or {known_fields}")
        return schema.TaskSort(field=name, descending=descending)  # type: ignore[arg-type]
    found = resolve(name, known)
    if len(found) > 1:
        raise ValueError(f"{name!r} means {len(found)} columns; name one of {_listed(found)}")
    if isinstance(found[0], str):
        return schema.TaskSort(parameter=found[0], descending=descending)
    return schema.TaskSort(metric=found[0], descending=descending)


def _listed(found: Sequence[schema.MetricRef | str]) -> str:
    """Return names that mean one column each, as they can be typed; the first ones of many."""
    names = [_full_name(column) for column in found[:_MOST_LISTED]]
    rest = len(found) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")


def _full_name(column: schema.MetricRef | str) -> str:
    if isinstance(column, str):
        return "param." + "/".join(_typed(part) for part in column.split("/"))
    return f"metric.{_typed(column.title)}/{_typed(column.series)}.{column.stat}"


def _typed(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)
