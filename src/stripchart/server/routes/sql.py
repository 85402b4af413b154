"""Questions in SQL, and files of their answers."""

from __future__ import annotations

from litestar import post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody
from litestar.response import Stream

from stripchart.server import sql
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import SqlAnswer, SqlExport, SqlQuestion

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


@post(
    "/sql",
    operation_id="ask_sql",
    tags=["sql"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def ask_sql(running: NamedDependency[Running], data: JSONBody[SqlQuestion]) -> SqlAnswer:
    """Answer a SELECT over tasks, parameters, metrics, points and console lines; nothing is changed by it."""
    return sql.answer(data, running.home.catalog, running.home.events)


@post(
    "/sql/export",
    operation_id="export_sql",
    tags=["sql"],
    status_code=200,
    responses={
        **ERRORS,
        200: ResponseSpec(
            bytes, media_type="text/csv", description="A file.", generate_examples=False
        ),
    },
    sync_to_thread=True,
)
def export_sql(running: NamedDependency[Running], data: JSONBody[SqlExport]) -> Stream:
    """Write the answer to a SELECT as a CSV, JSON lines or Parquet file."""
    pieces = sql.export(data.question, data.format, running.home.catalog, running.home.events)
    return Stream(
        pieces,
        media_type=_MEDIA_TYPES[data.format],
        headers={"content-disposition": f'attachment; filename="answer.{data.format}"'},
    )
