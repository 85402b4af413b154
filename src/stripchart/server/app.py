"""Put the server together: state, endpoints, errors, guard and compression."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from stripchart import __version__
from stripchart.server.compression import compressed
from stripchart.server.errors import answer_error
from stripchart.server.following import Following
from stripchart.server.guard import guarded
from stripchart.server.home import Home, open_home
from stripchart.server.live import Hub
from stripchart.server.openapi import openapi_document
from stripchart.server.routes import (
    about,
    artifacts,
    console,
    edits,
    events,
    exports,
    files,
    page,
    plots,
    samples,
    series,
    sql,
    tasks,
    uploads,
    views,
)
from stripchart.server.running import Running
from stripchart.server.schema import API_PATH, ServerInfo
from stripchart.server.trash import Sweeping, Trash
from stripchart.server.uploads import Uploaded
from stripchart.settings import Settings

ENDPOINTS = [
    about.get_server,
    tasks.list_projects,
    tasks.query_tasks,
    tasks.group_tasks,
    tasks.export_tasks,
    tasks.list_columns,
    tasks.query_columns,
    edits.edit_tasks,
    edits.delete_tasks,
    edits.undo_operation,
    edits.list_operations,
    views.list_views,
    views.add_view,
    views.change_view,
    views.remove_view,
    views.read_layout,
    views.keep_layout,
    tasks.get_task,
    tasks.list_series,
    tasks.list_single_values,
    exports.export_page,
    console.read_console,
    console.download_console,
    plots.list_plots,
    plots.read_plot,
    samples.list_samples,
    artifacts.list_artifacts,
    artifacts.list_configurations,
    series.group_series,
    series.list_series_of_tasks,
    series.read_series,
    sql.ask_sql,
    sql.export_sql,
    events.follow_events,
    openapi_document,
]
FILES = [
    files.get_file,
    files.get_stored,
    uploads.put_upload,
    uploads.get_upload,
    uploads.delete_upload,
    uploads.list_uploads,
]
_MOST_REQUEST_BYTES = 8 << 20


def create_app(settings: Settings, *, home: Home | None = None, follow: bool = True) -> Litestar:
    """Make the server of a home: opened here unless given, and closed when the app shuts down.

    ``follow`` runs the ingest in a thread of the app.

    Raises:
        HomeInUseError: another process has the home open.
    """
    hub = Hub()
    opened = home or open_home(settings)
    uploaded = Uploaded(settings.home)
    uploaded.sweep()
    following, trash = Following(opened, hub), Trash(settings)
    running = Running(
        home=opened,
        uploaded=uploaded,
        trash=trash,
        following=following,
        hub=hub,
        info=_info(settings),
        settings=settings,
    )
    sweeping = Sweeping(trash)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        if follow:
            following.start()
            sweeping.start()
        try:
            yield
        finally:
            hub.close()
            if follow:
                sweeping.stop()
                following.stop()
            opened.close()

    app = build_app(running, lifespan=[lifespan])
    app.state.running = running
    return app


def build_app(running: Running | None, **options: Any) -> Litestar:
    """Make the app over a state; without one only its OpenAPI document can be asked for."""

    def provide_running() -> Running:
        if running is None:
            raise RuntimeError("this app has no home")
        return running

    api = Router(path=API_PATH, route_handlers=ENDPOINTS)
    app = Litestar(
        route_handlers=[api, *FILES, page.no_endpoint, page.page],
        dependencies={"running": Provide(provide_running, sync_to_thread=False)},
        exception_handlers={Exception: answer_error},
        openapi_config=OpenAPIConfig(
            title="Stripchart",
            version=__version__,
            use_handler_docstrings=True,
            render_plugins=[],
        ),
        request_max_body_size=_MOST_REQUEST_BYTES,
        logging_config=None,
        **options,
    )
    origins = "none" if running is None else running.settings.embed_origins
    app.asgi_handler = compressed(guarded(app.asgi_handler, embed_origins=origins))
    return app


def _info(settings: Settings) -> ServerInfo:
    return ServerInfo(
        version=__version__,
        home=str(settings.home),
        host=platform.node(),
        pid=os.getpid(),
        started_us=time.time_ns() // 1000,
    )
