"""Changes, pushed."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from stripchart.server.responses import ERRORS
from stripchart.server.running import Running

MEDIA_TYPE = "text/event-stream"


@get(
    "/events",
    operation_id="follow_events",
    tags=["events"],
    responses={
        **ERRORS,
        200: ResponseSpec(
            str,
            media_type=MEDIA_TYPE,
            description="Events named `change`; data is a `Change`.",
            generate_examples=False,
        ),
    },
)
async def follow_events(
    running: NamedDependency[Running],
    task: Annotated[str | None, QueryParameter(description="Only this task, in full.")] = None,
) -> Stream:
    """Push what changed, as server-sent events named ``change``, until the client goes away.

    Nothing is replayed: after connecting (again) a client reads afresh what it shows. Comments come every 15 s.
    """
    return Stream(
        running.hub.stream(task), media_type=MEDIA_TYPE, headers={"cache-control": "no-cache"}
    )
