"""``sql`` and ``export``: questions over the index, and files of what tasks recorded."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

import msgspec

from stripchart.cli import printing
from stripchart.cli.asking import asking, find_task
from stripchart.cli.failure import DONE, WRONG_USE, Failure
from stripchart.cli.printing import number
from stripchart.server import schema

_WIDTH = 80
_NUMBERS = ("BIGINT", "INTEGER", "DOUBLE", "FLOAT", "HUGEINT", "UTINYINT", "SMALLINT", "DECIMAL")


def sql(arguments: argparse.Namespace) -> int:
    """Ask one SELECT."""
    question = schema.SqlQuestion(
        sql=arguments.select, filter=arguments.filter, limit=arguments.limit
    )
    with asking(arguments) as client:
        answer = client.sql(question)
    if arguments.json:
        for row in answer.rows:
            print(msgspec.json.encode(dict(zip(answer.columns, row, strict=True))).decode())
    elif arguments.csv:
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(answer.columns)
        out.writerows(answer.rows)
    else:
        right = [i for i, kind in enumerate(answer.types) if kind.startswith(_NUMBERS)]
        rows = [[_shown(value) for value in row] for row in answer.rows]
        printing.table(answer.columns, rows, right=right)
    if answer.truncated:
        print(f"(the first {arguments.limit} rows; more with --limit)", file=sys.stderr)
    return DONE


def export(arguments: argparse.Namespace) -> int:
    """Write what tasks recorded into a file."""
    path = Path(arguments.output)
    kind = path.suffix.removeprefix(".")
    if kind == "html":
        return _page(arguments, path)
    if kind not in ("csv", "jsonl", "parquet"):
        raise Failure("the file must end in .csv, .jsonl, .parquet or .html", WRONG_USE)
    with asking(arguments) as client:
        filter = arguments.filter
        if arguments.task:
            filter = f"id:{','.join(find_task(client, name).id for name in arguments.task)}"
        elif not filter:
            raise Failure("say which tasks: by name or id, or with --filter", WRONG_USE)
        question = schema.SqlQuestion(
            sql=f"SELECT * FROM {arguments.what} ORDER BY ALL", filter=filter
        )
        written = client.sql_export(schema.SqlExport(question=question, format=kind))  # type: ignore[arg-type]
    path.write_bytes(written)
    return DONE


def _page(arguments: argparse.Namespace, path: Path) -> int:
    """Write one task as a page that opens without a server, and say on stderr what it does not hold."""
    if len(arguments.task) != 1 or arguments.filter:
        raise Failure("a page shows one task: give its name or id, and no filter", WRONG_USE)
    with asking(arguments) as client:
        task = find_task(client, arguments.task[0])
        written, left_out = client.export_page(
            task.id, columns=arguments.columns, max_mb=arguments.max_mb
        )
    path.write_bytes(written)
    for lacking in left_out:
        print(f"stripchart: left out: {printing.printable(lacking)}", file=sys.stderr)
    return DONE


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    return printing.NOTHING if value is None else printing.shortened(str(value), _WIDTH)
