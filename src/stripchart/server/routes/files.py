"""Files that tasks reported."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from litestar import HttpMethod, Request, Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from stripchart.records import SampleReported
from stripchart.server import artifacts, samples
from stripchart.server.errors import NotFoundError
from stripchart.server.fetching import fetch, fetch_link
from stripchart.server.files import FOLDERS, USUAL, headers_of, open_anywhere, open_file
from stripchart.server.ranges import answer_file
from stripchart.server.running import Running

_METHODS = [HttpMethod.GET, HttpMethod.HEAD]


@route(
    "/files/{task_id:str}/{path:path}",
    http_method=_METHODS,
    include_in_schema=False,
    sync_to_thread=True,
)
def get_file(
    running: NamedDependency[Running],
    request: Request[Any, Any, Any],
    task_id: FromPath[str],
    path: FromPath[str],
) -> Response[Any] | Stream:
    """Give a file of a task's ``media/`` or ``artifacts/``, or a sample that still waits to be stored."""
    running.require_task(task_id)
    path = str(path).removeprefix("/")
    folder, _, name = path.partition("/")
    if folder != samples.SPOOL:
        opened = open_file(running.task_dir(task_id), path, FOLDERS)
        headers = headers_of(name.rpartition("/")[2], is_sample=folder == samples.MEDIA)
        return answer_file(request, opened, headers)
    reported, _stored = samples.find_sample(running.home.events, task_id, name)
    if reported is None or not samples.is_viewable(reported):
        raise NotFoundError(f"no file {path[:200]!r} in this task")
    opened = open_file(running.task_dir(task_id), path, (samples.SPOOL,))
    headers = headers_of(f"{name}.{reported.extension.lstrip('.')}", is_sample=True)
    return answer_file(request, opened, headers)


@route(
    "/files/{task_id:str}/stored/{key:str}",
    http_method=_METHODS,
    include_in_schema=False,
    sync_to_thread=True,
)
def get_stored(
    running: NamedDependency[Running],
    request: Request[Any, Any, Any],
    task_id: FromPath[str],
    key: FromPath[str],
) -> Response[Any] | Stream:
    """Give a sample or an artifact that lies at a remote destination, fetched from there."""
    running.require_task(task_id)
    url, destination, version = "", "", ""
    reported, stored = samples.find_sample(running.home.events, task_id, key)
    if reported is not None and reported.url:
        return _answer_link(running, request, reported)
    if stored is not None:
        url, version = stored.url, key
        destination = reported.destination if reported is not None else ""
    elif (artifact := artifacts.find_artifact(running.home.catalog, task_id, key)) is not None:
        url, version = artifact.url, f"{artifact.hash} {artifact.time_us}"
        destination = artifact.destination
    if not samples.is_absolute(url):
        raise NotFoundError(f"nothing is stored elsewhere as {key[:100]!r}")
    name = url.rpartition("/")[2]
    opened = running.uploaded.find(url) if task_id in unquote(url) else None
    if opened is None:
        file = fetch(running.settings, task_id, url, destination=destination, version=version)
        opened = open_anywhere(file)
    return answer_file(request, opened, headers_of(unquote(name), is_sample=stored is not None))


def _answer_link(
    running: Running, request: Request[Any, Any, Any], reported: SampleReported
) -> Response[Any] | Stream:
    """Give what lies at the link that a sample was reported with."""
    file = fetch_link(running.settings, reported.url, media=reported.media, version=reported.sample)
    name = f"{reported.sample}.{reported.extension or USUAL.get(reported.media, '')}"
    return answer_file(request, open_anywhere(file), headers_of(name, is_sample=True))
