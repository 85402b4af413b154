"""Compress answers that are worth it: large, whole (never event streams), and the client can read them.

The fastest levels only: on loopback the wire costs nothing, so this must not either; through a tunnel it saves most
of a text and about half of a chart's columns.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
from collections.abc import Awaitable, Callable
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

App = Callable[[Any, Any, Any], Awaitable[None]]

MINIMUM_BYTES = 4096
THREAD_BYTES = 256 * 1024  # above this the event loop would feel it
_COMPRESSIBLE = ("text/", "application/json", "application/vnd.oai", "application/javascript",
                 "application/vnd.apache.arrow", "image/svg")  # fmt: skip


def choose_encoding(accepted: str) -> str | None:
    """Return the encoding to use for an ``Accept-Encoding`` header, or ``None``."""
    offered = set()
    for part in accepted.lower().split(","):
        name, _, quality = part.strip().partition(";")
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offered.add(name.strip())
    return next((name for name in ("zstd", "gzip") if name in offered), None)


def compress(body: bytes, encoding: str) -> bytes:
    """Compress with the fastest level of an encoding."""
    return zstd.compress(body, 1) if encoding == "zstd" else gzip.compress(body, 1, mtime=0)


def compressed(app: App) -> App:
    """Wrap an ASGI app so that large whole bodies go out compressed."""

    async def compressing(scope: Any, receive: Any, send: Any) -> None:
        encoding = None
        if scope["type"] == "http":
            accepted = b",".join(v for k, v in scope["headers"] if k == b"accept-encoding")
            encoding = choose_encoding(accepted.decode("latin-1"))
        if encoding is None:
            await app(scope, receive, send)
        else:
            await app(scope, receive, _Sender(send, encoding))

    return compressing


class _Sender:
    """Hold back the start of a response until its first body shows whether to compress it."""

    def __init__(self, send: Any, encoding: str) -> None:
        self._send = send
        self._encoding = encoding
        self._start: dict[str, Any] | None = None

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            body = message.get("body", b"")
            whole = not message.get("more_body", False)
            if whole and len(body) >= MINIMUM_BYTES and _is_compressible(start["headers"]):
                body = await self._compress(body)
                message = {**message, "body": body}
                start = {**start, "headers": _reheaded(start["headers"], self._encoding, len(body))}
            await self._send(start)
        await self._send(message)

    async def _compress(self, body: bytes) -> bytes:
        if len(body) < THREAD_BYTES:
            return compress(body, self._encoding)
        return await asyncio.to_thread(compress, body, self._encoding)


def _is_compressible(headers: Any) -> bool:
    found = {k.lower(): v for k, v in headers}
    kind = found.get(b"content-type", b"").decode("latin-1")
    return b"content-encoding" not in found and kind.startswith(_COMPRESSIBLE)


def _reheaded(headers: Any, encoding: str, length: int) -> list[tuple[bytes, bytes]]:
    kept = [(k, v) for k, v in headers if k.lower() not in (b"content-length", b"etag")]
    # The tag names the bytes before compression: weak, as the bytes now differ.
    kept += [
        (k, v if v.startswith(b"W/") else b"W/" + v) for k, v in headers if k.lower() == b"etag"
    ]
    return [
        *kept,
        (b"content-length", str(length).encode()),
        (b"content-encoding", encoding.encode()),
        (b"vary", b"accept-encoding"),
    ]
