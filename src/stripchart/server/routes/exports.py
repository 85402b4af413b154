"""A task as one HTML file."""

from __future__ import annotations

import json
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, QueryParameter

from stripchart.server import page_export
from stripchart.server.errors import ApiError
from stripchart.server.page_program import NotBuiltError
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import LEFT_OUT_HEADER


@get(
    "/tasks/{task_id:str}/export.html",
    operation_id="export_page",
    tags=["tasks"],
    responses={
        **ERRORS,
        200: ResponseSpec(
            bytes, media_type="text/html", description="A file.", generate_examples=False
        ),
    },
    sync_to_thread=True,
)
def export_page(
    running: NamedDependency[Running],
    task_id: FromPath[str],
    *,
    columns: Annotated[
        int, QueryParameter(description="Width in pixels at which each curve is exact.")
    ] = page_export.COLUMNS,
    max_mb: Annotated[
        float, QueryParameter(description="Bound of the data in it, in millions of bytes.")
    ] = page_export.MOST_MB,
) -> Response[bytes]:
    """Give a task as one HTML file that opens without a server.

    The header ``x-stripchart-left-out`` says what it lacks: a JSON list of texts.
    """
    running.require_task(task_id)
    try:
        made = page_export.export_page(running, task_id, columns=columns, most_mb=max_mb)
    except NotBuiltError as error:
        raise ApiError(503, "not_built", str(error)) from None
    headers = {
        "content-disposition": f'attachment; filename="task-{task_id[:8]}.html"',
        LEFT_OUT_HEADER: json.dumps(made.left_out),
    }
    return Response(made.html, media_type="text/html", headers=headers)
