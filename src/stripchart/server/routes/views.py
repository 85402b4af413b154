"""Saved views, and how pages are arranged."""

from __future__ import annotations

from typing import Annotated

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from stripchart.server import views
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import Layout, View, ViewList, ViewSettings

Key = Annotated[str, QueryParameter(description="Chosen by the page: its name, and a project's.")]


@get("/views", operation_id="list_views", tags=["views"], sync_to_thread=True)
def list_views(
    running: NamedDependency[Running],
    *,
    page: FromQuery[str | None] = None,
    project: FromQuery[str | None] = None,
) -> ViewList:
    """List saved views by name: of a page, and of a project with those that belong to none."""
    return views.listed(running.home.catalog, page=page, project=project)


@post("/views", operation_id="add_view", tags=["views"], responses=ERRORS, sync_to_thread=True)
def add_view(running: NamedDependency[Running], data: JSONBody[ViewSettings]) -> View:
    """Save a view."""
    return views.add(running.home.catalog, data)


@put(
    "/views/{view_id:str}",
    operation_id="change_view",
    tags=["views"],
    responses=ERRORS,
    sync_to_thread=True,
)
def change_view(
    running: NamedDependency[Running], view_id: FromPath[str], data: JSONBody[ViewSettings]
) -> View:
    """Replace a saved view: its name, its address, where it belongs."""
    return views.change(running.home.catalog, view_id, data)


@delete(
    "/views/{view_id:str}",
    operation_id="remove_view",
    tags=["views"],
    responses=ERRORS,
    sync_to_thread=True,
)
def remove_view(running: NamedDependency[Running], view_id: FromPath[str]) -> None:
    """Remove a saved view."""
    views.remove(running.home.catalog, view_id)


@get("/layouts", operation_id="read_layout", tags=["views"], responses=ERRORS, sync_to_thread=True)
def read_layout(running: NamedDependency[Running], *, key: Key, version: FromQuery[int]) -> Layout:
    """Give what is kept under a key; without the document where that is of another version."""
    return views.layout(running.home.catalog, key, version)


@put("/layouts", operation_id="keep_layout", tags=["views"], responses=ERRORS, sync_to_thread=True)
def keep_layout(running: NamedDependency[Running], *, key: Key, data: JSONBody[Layout]) -> Layout:
    """Keep a JSON document of at most 256 KiB under a key."""
    return views.keep_layout(running.home.catalog, key, data)
