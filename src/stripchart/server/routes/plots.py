"""Plots: which there are, and one figure."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from stripchart.server import plots
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import PlotList


@get(
    "/tasks/{task_id:str}/plots",
    operation_id="list_plots",
    tags=["plots"],
    responses=ERRORS,
    sync_to_thread=True,
)
def list_plots(running: NamedDependency[Running], task_id: FromPath[str]) -> PlotList:
    """List the plots of a task, each with the iterations that it was reported at."""
    running.require_task(task_id)
    return plots.plots(running.home.events, task_id)


@get(
    "/tasks/{task_id:str}/plot",
    operation_id="read_plot",
    tags=["plots"],
    responses={
        **ERRORS,
        200: ResponseSpec(
            dict[str, Any], description="A plotly figure: data and layout.", generate_examples=False
        ),
    },
    sync_to_thread=True,
)
def read_plot(
    running: NamedDependency[Running],
    task_id: FromPath[str],
    *,
    title: FromQuery[str],
    series: FromQuery[str],
    iteration: Annotated[
        int | None,
        QueryParameter(description="Absent: the one reported without, else the latest."),
    ] = None,
    rank: Annotated[int | None, QueryParameter(description="Absent: the lowest.")] = None,
) -> Response[bytes]:
    """Give one figure as it was reported: JSON of a plotly figure."""
    running.require_task(task_id)
    body = plots.figure(running.home.events, task_id, title, series, iteration=iteration, rank=rank)
    return Response(body, media_type=MediaType.JSON)
