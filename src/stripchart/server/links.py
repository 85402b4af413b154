"""Links that samples were reported with (``url=``): which the server fetches for the browser, and how.

A record is untrusted, so a link in it must not make the server ask what only this machine or its network can reach.
Fetched are places that the user has named: below ``upload_destination`` and ``artifact_destination``, below a prefix
of ``[[storage.buckets]]``, and of a cloud's own hosts whatever ``[storage.s3]`` and the like hold credentials for. Of
the web only what has a public address, on the ordinary ports, and that address is the one that is then asked:
a name that changes its meaning in between, or a redirect, leads nowhere else.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
from http import HTTPStatus
from pathlib import Path
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from stripchart.blobs.destination import DestinationError, Unreachable, require_size
from stripchart.blobs.location import locate
from stripchart.settings import Settings

MOST_BYTES = 256 << 20
_TIMEOUT_SEC = 15.0
_REDIRECTS = 4
_CHUNK_BYTES = 1 << 20
_PORTS = {"http": 80, "https": 443}
_CLOUDS = ("s3", "gs", "azure")
_AZURE = ".blob.core.windows.net"
# What embeds an address of the fourth version, which may be one of the local network.
_EMBEDDING = [ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]
_TYPES = {"image": ("image/",), "audio": ("audio/", "video/", "application/ogg"),
          "video": ("video/", "audio/", "application/ogg"), "html": ("text/html", "application/xhtml"),
          "text": ("text/", "application/json", "application/yaml", "application/toml")}  # fmt: skip
_ANY_TYPE = ("application/octet-stream", "binary/octet-stream")


def is_named(settings: Settings, url: str) -> bool:
    """Tell whether a place is one that the user's settings name."""
    try:
        location = locate(url)
    except DestinationError:
        location = None
    bases = [settings.upload_destination, settings.artifact_destination]
    if settings.storage.names(url) or any(_is_below(url, base) for base in bases):
        return True
    if location is None or location.scheme not in _CLOUDS:
        return False
    given = settings.storage.of_scheme(location.scheme)
    if not location.host or location.host.endswith(_AZURE):
        return bool(given)
    endpoint = urlsplit(str(given.get("endpoint", ""))).netloc
    return bool(endpoint) and endpoint.lower() == location.host.lower()


def refusal(settings: Settings, url: str) -> str:
    """Return why the server does not fetch a link; empty where it does. Nothing is asked for that."""
    scheme = url.partition(":")[0].lower()
    if is_named(settings, url):
        return ""
    if is_web(url):
        return "" if _is_of_the_web(url) else "its address or port is not one of the public web"
    if scheme in _CLOUDS:
        return "no [[storage.buckets]] of the server's config.toml names it"
    return f"{scheme[:20]!r} is no scheme that the server fetches"


def is_web(url: str) -> bool:
    """Tell whether a URL is one of http or https."""
    return url.partition("://")[0].lower() in _PORTS


def fetch_web(settings: Settings, url: str, path: Path, *, media: str) -> None:
    """Download what lies at a URL of http or https to ``path``, where it and all that it leads to may be asked.

    Raises:
        DestinationError: it may not be, or is too large, or of a kind that does not fit ``media``.
        FileNotFoundError: it is not there. Unreachable: nobody answers.
    """
    for _ in range(_REDIRECTS):
        onward = _try(settings, url, path, media)
        if onward is None:
            return
        url = urljoin(url, onward)
    raise DestinationError("it is redirected too often")


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in _EMBEDDING) or found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _try(settings: Settings, url: str, path: Path, media: str) -> str | None:
    """Download, or return where the answer leads."""
    parts, named = urlsplit(url), is_named(settings, url)
    reason = refusal(settings, url)
    if reason:
        raise DestinationError(reason)
    token = settings.storage.of(url).get("token") if named else None
    with contextlib.closing(_connect(parts, named=named)) as connection:
        target = quote(parts.path or "/", safe="/%:=&?~#+!$,;'@()*[]")
        target += f"?{parts.query}" if parts.query else ""
        headers = {"User-Agent": "stripchart", "Accept-Encoding": "identity"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            if 300 <= answer.status < 400 and answer.headers.get("Location"):
                return str(answer.headers["Location"])
            _require_fit(answer, media)
            _write(answer, path)
        except (http.client.HTTPException, UnicodeError, ValueError, OSError) as error:
            if isinstance(error, DestinationError | FileNotFoundError | Unreachable):
                raise
            raise Unreachable(f"{parts.hostname} does not answer well: {error}") from None
    return None


def _require_fit(answer: http.client.HTTPResponse, media: str) -> None:
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise FileNotFoundError(answer.reason)
    if answer.status != HTTPStatus.OK:
        raise DestinationError(f"it is answered with {answer.status} {answer.reason}")
    kind = answer.headers.get_content_type()
    if media in _TYPES and not kind.startswith((*_TYPES[media], *_ANY_TYPE)):
        raise DestinationError(f"it is {kind}, not {media}")


def _write(answer: http.client.HTTPResponse, path: Path) -> None:
    written = 0
    with open(path, "wb") as file:
        while chunk := answer.read(_CHUNK_BYTES):
            written += len(chunk)
            require_size("the link", written, MOST_BYTES)
            file.write(chunk)


def _is_of_the_web(url: str) -> bool:
    """Tell whether a URL may be one of the public web, as far as it says itself."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    name, scheme = (parts.hostname or "").rstrip("."), parts.scheme
    if scheme not in _PORTS or port not in (None, _PORTS[scheme]) or "@" in parts.netloc:
        return False
    try:
        return is_public(name)
    except ValueError:
        return "." in name and not name.endswith((".localhost", ".local", ".internal"))


def _connect(parts: SplitResult, *, named: bool) -> http.client.HTTPConnection:
    """Connect to the address of a host, if all its addresses are public or the user has named it.

    Raises:
        DestinationError: one is not. Unreachable: there is none, or it does not answer.
    """
    name, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not named and not all(map(is_public, addresses)):
            raise DestinationError(f"{name} is not of the public web")
        connected = socket.create_connection((addresses[0], port), _TIMEOUT_SEC)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connected = context.wrap_socket(connected, server_hostname=name)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{name} does not answer: {error}") from None
    connection = http.client.HTTPConnection(name, port, timeout=_TIMEOUT_SEC)
    connection.sock = connected
    return connection


def _is_below(url: str, base: str) -> bool:
    base = base.rstrip("/")
    return "://" in base and not base.startswith("file:") and url.startswith(f"{base}/")
