"""Projects and tasks."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from stripchart.server import answers, finding, table_export
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import (
    ColumnKind,
    ColumnList,
    ColumnQuery,
    GroupPage,
    GroupQuery,
    ProjectList,
    SeriesList,
    SingleValueList,
    TaskDetail,
    TaskExport,
    TaskPage,
    TaskQuery,
)

_EXPORTED = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


@get("/projects", operation_id="list_projects", tags=["tasks"], sync_to_thread=True)
def list_projects(running: NamedDependency[Running]) -> ProjectList:
    """List all projects with their counts of tasks by status."""
    return answers.projects(running.home.catalog)


@post(
    "/tasks/query",
    operation_id="query_tasks",
    tags=["tasks"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def query_tasks(running: NamedDependency[Running], data: JSONBody[TaskQuery]) -> TaskPage:
    """Find tasks, sort them, and give one page of them with the metrics asked for."""
    return finding.tasks(running.home.catalog, data)


@post(
    "/tasks/groups",
    operation_id="group_tasks",
    tags=["tasks"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def group_tasks(running: NamedDependency[Running], data: JSONBody[GroupQuery]) -> GroupPage:
    """Group tasks by parameters, tags or fields, with statistics of metrics for each group."""
    return finding.groups(running.home.catalog, data)


@post(
    "/tasks/export",
    operation_id="export_tasks",
    tags=["tasks"],
    status_code=200,
    responses={
        **ERRORS,
        200: ResponseSpec(
            bytes, media_type="text/csv", description="A file.", generate_examples=False
        ),
    },
    sync_to_thread=True,
)
def export_tasks(running: NamedDependency[Running], data: JSONBody[TaskExport]) -> Stream:
    """Write the tasks of a query with its columns, all pages, as a CSV or Parquet file."""
    write = table_export.csv_lines if data.format == "csv" else table_export.parquet_pieces
    return Stream(
        write(running.home.catalog, data.query),
        media_type=_EXPORTED[data.format],
        headers={"content-disposition": f'attachment; filename="tasks.{data.format}"'},
    )


@get("/columns", operation_id="list_columns", tags=["tasks"], responses=ERRORS, sync_to_thread=True)
def list_columns(
    running: NamedDependency[Running],
    *,
    kind: FromQuery[ColumnKind],
    project: FromQuery[str | None] = None,
    search: FromQuery[str] = "",
    offset: FromQuery[int] = 0,
    limit: FromQuery[int] = 100,
) -> ColumnList:
    """List the metrics, parameters, tags or users that the tasks of a project have, with how many have them."""
    query = ColumnQuery(
        kind=kind, tasks=TaskQuery(project=project), search=search, offset=offset, limit=limit
    )
    return finding.columns(running.home.catalog, query)


@post(
    "/tasks/columns",
    operation_id="query_columns",
    tags=["tasks"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def query_columns(running: NamedDependency[Running], data: JSONBody[ColumnQuery]) -> ColumnList:
    """List what columns the tasks of a query can have: those of any project, named by their ids perhaps."""
    return finding.columns(running.home.catalog, data)


@get(
    "/tasks/{task_id:str}",
    operation_id="get_task",
    tags=["tasks"],
    responses=ERRORS,
    sync_to_thread=True,
)
def get_task(running: NamedDependency[Running], task_id: FromPath[str]) -> TaskDetail:
    """Give all that is known of one task but its series."""
    running.require_task(task_id)
    return answers.task(running.home.catalog, task_id)


@get(
    "/tasks/{task_id:str}/series",
    operation_id="list_series",
    tags=["series"],
    responses=ERRORS,
    sync_to_thread=True,
)
def list_series(
    running: NamedDependency[Running],
    task_id: FromPath[str],
    *,
    search: Annotated[
        str, QueryParameter(description="Keep those whose title or series holds this.")
    ] = "",
    offset: FromQuery[int] = 0,
    limit: FromQuery[int] = answers.MOST_SERIES,
) -> SeriesList:
    """List the series of a task, each with the summary of its live line, one page by title and series."""
    running.require_task(task_id)
    return answers.series(running.home.events, task_id, search=search, offset=offset, limit=limit)


@get(
    "/tasks/{task_id:str}/values",
    operation_id="list_single_values",
    tags=["series"],
    responses=ERRORS,
    sync_to_thread=True,
)
def list_single_values(
    running: NamedDependency[Running], task_id: FromPath[str]
) -> SingleValueList:
    """List the single values of a task."""
    running.require_task(task_id)
    return answers.single_values(running.home.events, task_id)
