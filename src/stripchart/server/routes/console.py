"""Console lines."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from stripchart.server import answers
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import ConsolePage, ConsoleQuery


@get(
    "/tasks/{task_id:str}/console",
    operation_id="read_console",
    tags=["console"],
    responses=ERRORS,
    sync_to_thread=True,
)
def read_console(
    running: NamedDependency[Running],
    task_id: FromPath[str],
    *,
    offset: FromQuery[int] = 0,
    limit: FromQuery[int] = 500,
    pattern: Annotated[str | None, QueryParameter(description="Regular expression.")] = None,
    ignore_case: FromQuery[bool] = True,
    stream: FromQuery[list[str] | None] = None,
    minimum_level: FromQuery[int] = 0,
    rank: FromQuery[list[int] | None] = None,
) -> ConsolePage:
    """Give console lines of a task, folded to what stands there last, filtered on the server.

    ``offset`` counts matching lines, from the end where it is negative.
    """
    running.require_task(task_id)
    query = ConsoleQuery(
        offset=offset,
        limit=limit,
        pattern=pattern,
        ignore_case=ignore_case,
        stream=stream or [],
        minimum_level=minimum_level,
        rank=rank or [],
    )
    return answers.console(running.home.events, task_id, query)
