"""Upload files to this server, and take them back: the destination ``http://host:port/files``.

The handlers of one path are all ``async``: of several, the framework would wrap one with ``sync_to_thread`` twice.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import HttpMethod, Request, Response, delete, get, put, route
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from stripchart.server.errors import ApiError
from stripchart.server.files import headers_of
from stripchart.server.ranges import answer_file
from stripchart.server.running import Running

_PATH = "/files/uploads/{key:path}"


@put(_PATH, include_in_schema=False, request_max_body_size=None, status_code=HTTPStatus.NO_CONTENT)
async def put_upload(
    running: NamedDependency[Running], request: Request[Any, Any, Any], key: FromPath[str]
) -> None:
    """Store the body under a key, in the place of what was there; it is on the disk when this is answered."""
    announced = request.headers.get("content-length", "")
    if not (announced.isascii() and announced.isdigit()):
        message = "an upload says how long it is (Content-Length)"
        raise ApiError(HTTPStatus.LENGTH_REQUIRED, "length_required", message)
    await running.uploaded.put(_key(key), request.stream(), int(announced))


@route(_PATH, http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def get_upload(
    running: NamedDependency[Running], request: Request[Any, Any, Any], key: FromPath[str]
) -> Response[Any] | Stream:
    """Give what was uploaded under a key."""
    opened = await asyncio.to_thread(running.uploaded.open, _key(key))
    return answer_file(request, opened, headers_of(_key(key).rpartition("/")[2]))


@delete(_PATH, include_in_schema=False)
async def delete_upload(running: NamedDependency[Running], key: FromPath[str]) -> None:
    """Remove what was uploaded under a key, if it is there."""
    await asyncio.to_thread(running.uploaded.delete, _key(key))


@get("/files/uploads", include_in_schema=False, sync_to_thread=True)
def list_uploads(
    running: NamedDependency[Running], *, prefix: FromQuery[str] = ""
) -> dict[str, list[str]]:
    """List the keys below a folder."""
    return {"keys": running.uploaded.list(prefix)}


def _key(path: str) -> str:
    return str(path).removeprefix("/")
