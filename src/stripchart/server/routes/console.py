"""Console lines."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from stripchart.server import answers
from stripchart.server.errors import NotFoundError
from stripchart.server.responses import ERRORS
from stripchart.server.schema import ConsolePage, ConsoleQuery
from stripchart.server.running import Running


@get(
    "/tasks/{task_id:str}/console",
    operation_id="read_console",
    tags=["console"],
    responses=ERRORS,
    sync_to_thread=True,
)
def read_console(
    running: Running,
    task_id: str,
    *,
    offset: int = 0,
    limit: int = 500,
    pattern: Annotated[str | None, Parameter(description="Regular expression.")] = None,
    ignore_case: bool = True,
    stream: list[str] | None = None,
    minimum_level: int = 0,
    rank: list[int] | None = None,
) -> ConsolePage:
    """Give console lines of a task, folded to what stands there last, filtered on the server.

    ``offset`` counts matching lines, from the end where it is negative.
    """
    if not running.home.has_task(task_id):
        raise NotFoundError(f"no task {task_id[:100]!r}", task=task_id[:100])
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
