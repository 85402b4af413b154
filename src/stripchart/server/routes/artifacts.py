"""Artifacts, configuration objects and user properties."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from stripchart.server import artifacts
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import ArtifactList, ConfigurationList


@get(
    "/tasks/{task_id:str}/artifacts",
    operation_id="list_artifacts",
    tags=["artifacts"],
    responses=ERRORS,
    sync_to_thread=True,
)
def list_artifacts(running: NamedDependency[Running], task_id: FromPath[str]) -> ArtifactList:
    """List the artifacts of a task."""
    running.require_task(task_id)
    return artifacts.artifacts(running.home.catalog, running.task_dir(task_id))


@get(
    "/tasks/{task_id:str}/configuration",
    operation_id="list_configurations",
    tags=["artifacts"],
    responses=ERRORS,
    sync_to_thread=True,
)
def list_configurations(
    running: NamedDependency[Running], task_id: FromPath[str]
) -> ConfigurationList:
    """List the configuration objects and the user properties of a task."""
    running.require_task(task_id)
    return artifacts.configurations(running.home.catalog, task_id)
