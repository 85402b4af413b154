"""Points of many series in one answer."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody

from stripchart.server import answers
from stripchart.server.arrow import MEDIA_TYPE, encode_groups, encode_reads
from stripchart.server.groups import read_groups as answer_groups
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import (
    GroupReadRequest,
    SeriesListRequest,
    SeriesOfTasks,
    SeriesReadRequest,
)
from stripchart.server.series import read_series as answer_reads

_RESPONSES = {
    **ERRORS,
    200: ResponseSpec(
        bytes, media_type=MEDIA_TYPE, description="An Arrow IPC stream.", generate_examples=False
    ),
}


@post(
    "/series/list",
    operation_id="list_series_of_tasks",
    tags=["series"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def list_series_of_tasks(
    running: NamedDependency[Running], data: JSONBody[SeriesListRequest]
) -> SeriesOfTasks:
    """List the series of many tasks, each as ``GET /tasks/{task_id}/series`` does."""
    return answers.series_of_tasks(running.home.events, data, running.missing)


@post(
    "/series/read",
    operation_id="read_series",
    tags=["series"],
    status_code=200,
    responses=_RESPONSES,
    sync_to_thread=True,
)
def read_series(
    running: NamedDependency[Running], data: JSONBody[SeriesReadRequest]
) -> Response[bytes]:
    """Read points of many series, reduced to what a chart of ``columns`` pixels can show.

    The body is an Arrow IPC stream with the columns ``read``, ``iteration``, ``time_us``, ``value`` and ``flags``;
    its schema metadata ``reads`` is JSON: one ``ReadResult`` for each read.
    """
    read = answer_reads(data, running.home.events, running.home.started_us)
    body = encode_reads([points for points, _ in read], [result for _, result in read])
    return Response(body, media_type=MEDIA_TYPE)


@post(
    "/series/group",
    operation_id="group_series",
    tags=["series"],
    status_code=200,
    responses=_RESPONSES,
    sync_to_thread=True,
)
def group_series(
    running: NamedDependency[Running], data: JSONBody[GroupReadRequest]
) -> Response[bytes]:
    """Read statistics over lines of many tasks: a centre and a band for each group, by column.

    The body is an Arrow IPC stream with the columns ``group``, ``x``, ``n``, ``points``, ``center``, ``low`` and
    ``high``; its schema metadata ``groups`` is JSON: one ``GroupResult`` for each group.
    """
    groups = answer_groups(data, running.home.events, running.home.started_us)
    return Response(encode_groups(groups), media_type=MEDIA_TYPE)
