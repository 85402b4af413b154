"""Points of many series in one answer."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody

from stripchart.server.arrow import MEDIA_TYPE, encode_reads
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import SeriesReadRequest
from stripchart.server.series import read_series as answer_reads


@post(
    "/series/read",
    operation_id="read_series",
    tags=["series"],
    status_code=200,
    responses={
        **ERRORS,
        200: ResponseSpec(
            bytes,
            media_type=MEDIA_TYPE,
            description="An Arrow IPC stream.",
            generate_examples=False,
        ),
    },
    sync_to_thread=True,
)
def read_series(
    running: NamedDependency[Running], data: JSONBody[SeriesReadRequest]
) -> Response[bytes]:
    """Read points of many series, reduced to what a chart of ``columns`` pixels can show.

    The body is an Arrow IPC stream with the columns ``read``, ``iteration``, ``time_us``, ``value`` and ``flags``;
    its schema metadata ``reads`` is JSON: one ``ReadResult`` for each read.
    """
    answers = answer_reads(data, running.home.events, running.home.started_us)
    body = encode_reads([points for points, _ in answers], [result for _, result in answers])
    return Response(body, media_type=MEDIA_TYPE)
