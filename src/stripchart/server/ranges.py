"""Answer a request for a file or a part of it: ranges, tags, and a body that is read while it is sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Stream

from stripchart.server.files import OpenFile

CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def answer_file(
    request: Request[Any, Any, Any], opened: OpenFile, headers: dict[str, str]
) -> Response[Any] | Stream:
    """Answer with a file, which is closed when it has been sent."""
    headers = headers | {"etag": opened.tag}
    if opened.tag in request.headers.get("if-none-match", ""):
        opened.file.close()
        return Response(b"", status_code=304, headers=_without_type(headers))
    try:
        part = find_range(request.headers.get("range"), opened.size)
    except ValueError:
        opened.file.close()
        detail = {"Content-Range": f"bytes */{opened.size}"}
        raise HTTPException("no such range", status_code=416, headers=detail) from None
    condition = request.headers.get("if-range")
    if part is None or (condition is not None and condition != opened.tag):
        return _send(request, opened, range(opened.size), headers, 200)
    headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{opened.size}"
    return _send(request, opened, part, headers, 206)


def find_range(header: str | None, size: int) -> range | None:
    """Return the one range that a ``Range`` header asks for; ``None`` where the whole is to be sent.

    Several ranges, or what is no range, mean the whole, as RFC 9110 allows.

    Raises:
        ValueError: nothing of the range is there.
    """
    found = _RANGE.fullmatch(header.strip()) if header is not None else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        part = range(max(size - int(last), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    if not part:
        raise ValueError("nothing of the range is there")
    return part


def _send(
    request: Request[Any, Any, Any],
    opened: OpenFile,
    part: range,
    headers: dict[str, str],
    status: int,
) -> Response[Any] | Stream:
    headers["content-length"] = str(len(part))
    media_type = headers["content-type"]
    if request.method == "HEAD":
        opened.file.close()
        return Response(
            b"", status_code=status, headers=_without_type(headers), media_type=media_type
        )
    return Stream(
        _read(opened, part),
        status_code=status,
        headers=_without_type(headers),
        media_type=media_type,
    )


async def _read(opened: OpenFile, part: range) -> AsyncIterator[bytes]:
    with opened.file as file:
        await asyncio.to_thread(file.seek, part.start)
        left = len(part)
        while left:
            chunk = await asyncio.to_thread(file.read, min(CHUNK_BYTES, left))
            if not chunk:
                return  # it was cut while it was sent: the client sees an answer that is too short
            left -= len(chunk)
            yield chunk


def _without_type(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-type"}
