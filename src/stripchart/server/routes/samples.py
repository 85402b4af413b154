"""Debug samples."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from stripchart.ingest.documents import SAMPLE
from stripchart.server import samples
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import SampleList
from stripchart.store.contract import DocumentRead


@get(
    "/tasks/{task_id:str}/samples",
    operation_id="list_samples",
    tags=["samples"],
    responses=ERRORS,
    sync_to_thread=True,
)
def list_samples(
    running: NamedDependency[Running],
    task_id: FromPath[str],
    *,
    title: FromQuery[str | None] = None,
    series: FromQuery[str | None] = None,
    at: Annotated[
        int | None,
        QueryParameter(
            description="Of each series the highest iteration not above, else the lowest."
        ),
    ] = None,
    latest: Annotated[
        int | None, QueryParameter(description="At most so many of the last of each series.")
    ] = None,
) -> SampleList:
    """List debug samples: which there are, and those asked for; without ``at`` and ``latest`` the last of each series.

    A series is one of each rank.
    """
    running.require_task(task_id)
    if at is None and latest is None:
        latest = 1
    read = DocumentRead(task_id, SAMPLE, title, series, at=at, latest=latest)
    return samples.samples(running.home.events, running.settings, running.task_dir(task_id), read)
