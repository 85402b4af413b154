"""Read back what was reported as plots, through the journal, as strict JSON."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from stripchart import Task
from stripchart.records import Noted, PlotReported
from stripchart.sdk.lookup import readers, records_of

Figure = dict[str, Any]


def plots(task: Task) -> list[PlotReported]:
    """Return the plots of a task, in the order of their report."""
    found = [r for reader in readers(task._session.task_dir) for r in records_of(reader)]
    return [record for record in found if isinstance(record, PlotReported)]


def figures(task: Task) -> list[Figure]:
    """Return the figures of a task's plots."""
    return [strict(record.figure) for record in plots(task)]


def only(task: Task) -> Figure:
    """Return the figure of the only plot."""
    [figure] = figures(task)
    return figure


def notes(task: Task) -> list[Noted]:
    """Return what was noted."""
    found = [r for reader in readers(task._session.task_dir) for r in records_of(reader)]
    return [record for record in found if isinstance(record, Noted)]


def strict(text: str) -> Figure:
    """Parse JSON, and refuse NaN and Infinity."""
    figure: Figure = json.loads(text, parse_constant=_refuse)
    return figure


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")
