"""The page: everything that is not the API."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import HttpMethod, Request, Response, route
from litestar.types import Method

from stripchart.server.errors import NotFoundError
from stripchart.server.page import find_page

_ALL: list[HttpMethod | Method] = [
    HttpMethod.GET,
    HttpMethod.POST,
    HttpMethod.PUT,
    HttpMethod.PATCH,
    HttpMethod.DELETE,
    HttpMethod.HEAD,
    HttpMethod.OPTIONS,
]


@route(
    ["/api", "/api/{path:path}"],
    http_method=_ALL,
    include_in_schema=False,
    sync_to_thread=False,
)
def no_endpoint(request: Request[Any, Any, Any]) -> None:
    """Refuse what is no endpoint of the API."""
    raise NotFoundError(f"no endpoint {request.method} {request.url.path[:200]}")


@route(
    ["/", "/{path:path}"],
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    include_in_schema=False,
)
async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give the page or one of its files."""
    known_tag = request.headers.get("if-none-match")
    found = await asyncio.to_thread(find_page, request.url.path, known_tag)
    headers = dict(found.headers)
    media_type = headers.pop("content-type")
    return Response(found.body, status_code=found.status, media_type=media_type, headers=headers)
