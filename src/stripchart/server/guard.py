"""What stands before every request: only this machine, only our own page; and headers after every response.

A server without accounts may trust whoever can reach loopback, but not whatever a browser on this machine carries
to it. DNS rebinding brings a foreign name in ``Host``: only loopback names pass. A cross-site request brings a
foreign ``Origin`` or ``Sec-Fetch-Site``: for the API and for files only our own origin passes. The port in ``Host``
may differ from ours, because an SSH tunnel changes it; ``Origin`` must then show the same port, and a page can only
come from there if it came from us.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from stripchart.server.errors import error_bytes

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")

App = Callable[[Any, Any, Any], Awaitable[None]]

_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors "
)
CONTENT_SECURITY_POLICY = _POLICY + "'none'"
# VS Code shows a notebook's output in a page of this scheme.
_LOCAL = (
    "http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:* vscode-webview:"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
]


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only mean this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refusal(path: str, headers: dict[str, str]) -> str | None:
    """Return why a request is refused, or ``None`` where it may pass. Header names are lower case."""
    host = headers.get("host", "")
    if not _host_is_ours(host):
        return f"this server answers to loopback names only, not to {host[:100]!r}"
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in (
        f"http://{host}".lower(),
        f"https://{host}".lower(),
    ):
        return f"requests from {origin[:100]!r} are not allowed"
    site = headers.get("sec-fetch-site", "none")
    if path.startswith(("/api/", "/files/")) and site not in ("same-origin", "none"):
        return "requests from other sites are not allowed"
    return None


def _host_is_ours(host: str) -> bool:
    parts = _HOST.fullmatch(host)
    return parts is not None and is_loopback(parts["name"])


def embedding_policy(origins: str) -> str:
    """Return the policy of a page that was asked for with ``embed=1``; ``origins`` is the setting."""
    words = [_LOCAL if word == "local" else word for word in origins.split() if word != "none"]
    return _POLICY + (" ".join(words) or "'none'")


def is_embedded(query: bytes) -> bool:
    """Tell whether a query string asks for the page as other pages may show it: it then offers to change nothing."""
    return b"embed=1" in query.split(b"&")


def guarded(app: App, *, embed_origins: str = "none") -> App:
    """Wrap an ASGI app so that strangers get 403 and every response carries the safety headers."""
    embedding = (b"content-security-policy", embedding_policy(embed_origins).encode())

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        reason = refusal(scope["path"], headers)
        if reason is not None:
            await _refuse(send, reason)
            return
        wanted = _HEADERS
        if is_embedded(scope.get("query_string", b"")):
            wanted = [embedding if pair[0] == embedding[0] else pair for pair in _HEADERS]
        await app(scope, receive, _with_headers(send, scope["path"], wanted))

    return guard


def _with_headers(
    send: Any, path: str, wanted: Sequence[tuple[bytes, bytes]]
) -> Callable[[Any], Awaitable[None]]:
    async def wrapped(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            given = {name.lower() for name, _ in headers}  # a file brings a policy of its own
            headers += [(name, value) for name, value in wanted if name not in given]
            if path.startswith("/api/") and not any(k == b"cache-control" for k, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        await send(message)

    return wrapped


async def _refuse(send: Any, reason: str) -> None:
    body = error_bytes("forbidden", reason)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *_HEADERS,
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
