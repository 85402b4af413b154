"""``scalars``: a table of summaries, or every point as CSV."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from stripchart.cli import printing
from stripchart.cli.asking import asking, find_task
from stripchart.cli.failure import DONE, Failure
from stripchart.cli.printing import number, shortened
from stripchart.cli.tasks import flag_name
from stripchart.records import NO_ITERATION
from stripchart.server import schema

if TYPE_CHECKING:
    from stripchart.api import Client, Columns

NAME_WIDTH = 40
HEAD = ["title", "series", "iteration", "time_us", "value", "reported"]


def scalars(arguments: argparse.Namespace) -> int:
    """Print the series of a task."""
    with asking(arguments) as client:
        task = find_task(client, arguments.task)
        search = arguments.title or arguments.series or ""
        found = _chosen(client.series(task.id, search=search).series, arguments)
        if arguments.csv:
            _print_csv(client, task.id, found)
            return DONE
    if arguments.json:
        body = schema.SeriesList(series=found, total=len(found))
        print(msgspec.json.format(msgspec.json.encode(body), indent=2).decode())
        return DONE
    head = ["TITLE", "SERIES", "POINTS", "FIRST", "LAST", "MIN", "MAX", "MEAN", "NON-FINITE"]
    printing.table(head, [_row(s) for s in found], right=range(2, len(head)))
    return DONE


def _chosen(
    found: list[schema.SeriesSummary], arguments: argparse.Namespace
) -> list[schema.SeriesSummary]:
    chosen = [
        s
        for s in found
        if arguments.title in (None, s.title) and arguments.series in (None, s.series)
    ]
    if not chosen and (arguments.title is not None or arguments.series is not None):
        raise Failure("the task has no such series")
    return chosen


def _row(s: schema.SeriesSummary) -> list[str]:
    values = [number(p.value if p else None) for p in (s.first, s.last, s.minimum, s.maximum)]
    if s.count and s.low is None:  # these four are of the points that have a place on the axis
        values[0] = "no iteration"
    return [
        shortened(s.title, NAME_WIDTH),
        shortened(s.series, NAME_WIDTH),
        str(s.count),
        *values,
        number(s.mean),
        str(s.non_finite or ""),
    ]


def _print_csv(client: Client, task_id: str, found: list[schema.SeriesSummary]) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(HEAD)
    for series in found:
        read = schema.SeriesRead(task=task_id, title=series.title, series=series.series)
        # By time, because every point has one; without an iteration it has no place on the other axis.
        try:
            for columns in client.every_point(read, "wall"):
                out.writerows(_csv_rows(series, columns))
        except ValueError as error:
            raise Failure(str(error)) from None


def _csv_rows(series: schema.SeriesSummary, columns: Columns) -> Iterator[list[object]]:
    rows = zip(
        *(columns[n].tolist() for n in ("iteration", "time_us", "value", "flags")), strict=True
    )
    for iteration, time_us, value, flags in rows:
        shown = "" if flags & NO_ITERATION else iteration
        yield [series.title, series.series, shown, time_us, repr(value), flag_name(flags)]
