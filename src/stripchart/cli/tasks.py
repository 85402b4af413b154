"""``tasks``: list them."""

from __future__ import annotations

import argparse
import time

import msgspec

from stripchart import api
from stripchart.cli import printing
from stripchart.cli.asking import asking
from stripchart.cli.failure import DONE, WRONG_USE, Failure
from stripchart.cli.printing import duration, moment, number, printable, shortened, write_line
from stripchart.server import schema
from stripchart.server.column_names import resolve, resolve_sort

NAME_WIDTH = 50
ID_WIDTH = 8


def tasks(arguments: argparse.Namespace) -> int:
    """List tasks."""
    with asking(arguments) as client:
        query = _query(client, arguments)
        if arguments.csv:
            write_line(client.export(schema.TaskExport(query=query)).decode().removesuffix("\n"))
            return DONE
        page = client.tasks(query)
    if arguments.json:
        _print_json(page)
        return DONE
    head = ["ID", "STATUS", "PROJECT", "NAME", "STARTED", "DURATION", "ITERATION"]
    metrics = [f"{m.title}/{m.series}.{m.stat}" for m in query.metrics]
    head += [printable(shortened(name, NAME_WIDTH)) for name in (*metrics, *query.parameters)]
    right = [5, 6, *range(7, 7 + len(metrics))]
    printing.table(head, [_row(task) for task in page.tasks], right=right)
    if page.total > len(page.tasks):
        print(f"{len(page.tasks)} of {page.total} tasks; --limit shows more")
    return DONE


def _query(client: api.Client, arguments: argparse.Namespace) -> schema.TaskQuery:
    def known(kind: schema.ColumnKind, text: str) -> list[schema.Column]:
        return client.columns(kind, project=arguments.project or "", search=text).columns

    columns: list[schema.MetricRef | str] = []
    sort = schema.TaskSort()
    try:
        for name in arguments.columns:
            columns += resolve(name, known)
        if arguments.sort:
            sort = resolve_sort(arguments.sort, known, descending=arguments.descending)
    except ValueError as error:
        raise Failure(str(error), WRONG_USE) from None
    return schema.TaskQuery(
        project=arguments.project,
        status=arguments.status,
        search=arguments.search,
        filter=arguments.filter,
        archived=arguments.archived,
        sort=sort,
        metrics=[column for column in columns if isinstance(column, schema.MetricRef)],
        parameters=[column for column in columns if isinstance(column, str)],
        limit=arguments.limit,
    )


def reported(value: float | None, flags: int) -> str:
    """Return a value with what it stands for: "0 (NaN reported)"."""
    said = flag_name(flags)
    if not said:
        return number(value)
    return said if value is None else f"{number(value)} ({said} reported)"


def flag_name(flags: int) -> str:
    """Return what was reported where it was not finite, else an empty text."""
    from stripchart.records import NAN, NEGATIVE_INF, POSITIVE_INF

    names = {NAN: "NaN", POSITIVE_INF: "+Inf", NEGATIVE_INF: "-Inf"}
    return next((name for flag, name in names.items() if flags & flag), "")


def _row(task: schema.TaskRow) -> list[str]:
    return [
        task.id[:ID_WIDTH],
        printing.status(task.status, unresponsive=task.unresponsive),
        shortened(task.project, NAME_WIDTH),
        shortened(task.name, NAME_WIDTH),
        moment(task.started_us),
        duration(task.started_us, until_us(task)),
        whole(task.iteration),
        *(number(value) for value in task.metrics),
        *(printing.NOTHING if p is None else shortened(p, NAME_WIDTH) for p in task.parameters),
    ]


def until_us(task: schema.TaskRow) -> int | None:
    """Return until when a task ran: its end, now, or when it was last heard of."""
    if task.ended_us is not None or task.status != "in_progress":
        return task.ended_us
    return task.updated_us if task.unresponsive else time.time_ns() // 1000


def whole(value: int | None) -> str:
    """Return a whole number, or what stands for none."""
    return printing.NOTHING if value is None else str(value)


def _print_json(body: schema.Body) -> None:
    print(msgspec.json.format(msgspec.json.encode(body), indent=2).decode())
