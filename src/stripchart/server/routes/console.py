"""Console lines, a page or all of them as text."""

from __future__ import annotations

from typing import Annotated

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from stripchart.server import console
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import ConsolePage, ConsoleQuery

Pattern = Annotated[str | None, QueryParameter(description="Regular expression.")]


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
    from_line: FromQuery[int | None] = None,
    from_us: FromQuery[int | None] = None,
    pattern: Pattern = None,
    ignore_case: FromQuery[bool] = True,
    stream: FromQuery[list[str] | None] = None,
    minimum_level: FromQuery[int] = 0,
    rank: FromQuery[list[int] | None] = None,
    attempt: FromQuery[list[int] | None] = None,
) -> ConsolePage:
    """Give console lines of a task, folded to what stands there last, filtered on the server.

    ``offset`` counts matching lines, from the end where it is negative; with ``from_line`` or ``from_us`` it counts,
    forth or back, from the first matching line of that number or time, or later.
    """
    running.require_task(task_id)
    query = ConsoleQuery(
        offset=offset,
        limit=limit,
        from_line=from_line,
        from_us=from_us,
        pattern=pattern,
        ignore_case=ignore_case,
        stream=stream or [],
        minimum_level=minimum_level,
        rank=rank or [],
        attempt=attempt or [],
    )
    return console.console(running.home.events, task_id, query)


@get(
    "/tasks/{task_id:str}/console.txt",
    operation_id="download_console",
    tags=["console"],
    responses={
        **ERRORS,
        200: ResponseSpec(
            bytes,
            description="The lines, as UTF-8 text.",
            media_type="text/plain",
            generate_examples=False,
        ),
    },
    sync_to_thread=True,
)
def download_console(
    running: NamedDependency[Running],
    task_id: FromPath[str],
    *,
    pattern: Pattern = None,
    ignore_case: FromQuery[bool] = True,
    stream: FromQuery[list[str] | None] = None,
    minimum_level: FromQuery[int] = 0,
    rank: FromQuery[list[int] | None] = None,
    attempt: FromQuery[list[int] | None] = None,
    times: Annotated[bool, QueryParameter(description="Put its time before each line.")] = False,
    colours: Annotated[bool, QueryParameter(description="Keep colour codes.")] = False,
) -> Stream:
    """Give all console lines of a task that match, as a text file."""
    running.require_task(task_id)
    query = ConsoleQuery(
        pattern=pattern,
        ignore_case=ignore_case,
        stream=stream or [],
        minimum_level=minimum_level,
        rank=rank or [],
        attempt=attempt or [],
    )
    return Stream(
        console.text_lines(running.home.events, task_id, query, times=times, colours=colours),
        media_type=MediaType.TEXT,
        headers={"content-disposition": f'attachment; filename="console-{task_id[:8]}.txt"'},
    )
