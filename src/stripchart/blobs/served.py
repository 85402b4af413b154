"""The ``/files`` of a Stripchart server as a destination, over HTTP of the standard library.

A file lies at ``<server>/files/uploads/<prefix>/<key>``. The server answers a ``PUT`` once the file is on its disk
under that name, whole; so a connection that breaks anywhere leaves the earlier file or none, and is tried again.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote, urlsplit

from stripchart.blobs.destination import DestinationError, Unreachable, require_size
from stripchart.blobs.location import Location
from stripchart.settings import Settings

PATH = "/files/uploads/"

_TIMEOUT_SEC = 30.0  # without any byte
_CHUNK_BYTES = 1 << 20
_SAFE = "/'!()*~,;=:@$&+-._"
_LONGEST_ANSWER_BYTES = 64 << 20
_TRY_AGAIN = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}  # and all from 500 on, a full disk of the server's among them


class Served:
    """Keep files at a Stripchart server, below the prefix of its URI."""

    def __init__(self, location: Location, settings: Settings) -> None:
        """Read the credentials; nothing is asked yet."""
        self.uri = location.uri
        self._scheme, self._host = location.scheme, location.host
        self._root = f"{PATH}{_quoted(location.prefix)}".rstrip("/")
        given = settings.storage.of(location.uri)
        self._headers = {"User-Agent": "stripchart", "Accept-Encoding": "identity"}
        if given.get("token"):
            self._headers["Authorization"] = f"Bearer {given['token']}"
        self._verify = given.get("verify", True)

    def put(self, key: str, path: Path) -> str:
        """Upload a file."""
        with open(path, "rb") as file:
            self._put(key, file, os.fstat(file.fileno()).st_size)
        return self.url(key)

    def get(self, key: str, path: Path, *, most_bytes: int | None = None) -> None:
        """Download a file."""
        with self._asked("GET", self._path(key)) as answer, open(path, "wb") as file:
            left = int(answer.headers.get("Content-Length", "0"))
            require_size(key, left, most_bytes)
            while chunk := answer.read(min(_CHUNK_BYTES, max(left, 1))):
                file.write(chunk)
                left -= len(chunk)
            if left:
                raise Unreachable(f"{self.uri} broke off in the middle of {key}")

    def delete(self, key: str) -> None:
        """Remove a file."""
        with self._asked("DELETE", self._path(key)):
            pass

    def list(self, prefix: str = "") -> list[str]:
        """Return the keys below a folder."""
        own = unquote(f"{self._root}/".removeprefix(PATH).removesuffix("/"))
        folder = "/".join(part for part in (own, prefix) if part)
        with self._asked("GET", f"/files/uploads?prefix={quote(folder, safe='')}") as answer:
            found = json.loads(answer.read(_LONGEST_ANSWER_BYTES))["keys"]
        return sorted(key[len(own) + 1 :] if own else key for key in found)

    def url(self, key: str) -> str:
        """Return the URL of a key, at which the server shows it."""
        return f"{self._scheme}://{self._host}{self._path(key)}"

    def key_of(self, url: str) -> str | None:
        """Return the key of a URL."""
        root = f"{self._scheme}://{self._host}{self._root}/"
        return unquote(url.removeprefix(root)) if url.startswith(root) else None

    def check(self) -> None:
        """See that a Stripchart server answers there, and write and remove a small file.

        Raises:
            DestinationError: it does not work, for whatever reason.
        """
        key = f".stripchart-{os.urandom(6).hex()}"
        try:
            self._recognize()
            self._put(key, BytesIO(b"stripchart"), 10)
            self.delete(key)
        except (DestinationError, OSError) as error:
            raise DestinationError(f"cannot write to {self.uri}: {error}") from None

    def _recognize(self) -> None:
        try:
            with self._asked("GET", "/api/v1/server") as answer:
                told = json.loads(answer.read(_LONGEST_ANSWER_BYTES))
            is_ours = isinstance(told, dict) and {"version", "home", "started_us"} <= told.keys()
        except (ValueError, FileNotFoundError) as error:
            if isinstance(error, _Refused):
                raise
            is_ours = False
        if not is_ours:
            raise DestinationError(f"what answers at {self._host} is not a Stripchart server")

    def _put(self, key: str, file: BinaryIO, size: int) -> None:
        with self._asked("PUT", self._path(key), body=file, size=size):
            pass

    def _path(self, key: str) -> str:
        if not key or any(part in ("", ".", "..") for part in key.split("/")):
            raise DestinationError(f"{key!r} is no key")
        return f"{self._root}/{_quoted(key)}"

    @contextmanager
    def _asked(
        self, method: str, path: str, *, body: BinaryIO | None = None, size: int = 0
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask the server, and let the answer be read; an answer that is none of success becomes an error of ours."""
        connection = self._connect()
        headers = dict(self._headers)
        if body is not None:
            headers |= {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        try:
            # Who refuses need not hear us out; the answer says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
                raise _error_of(answer, f"{self.uri}: ")
            yield answer
        except (http.client.HTTPException, ssl.SSLError) as error:
            raise Unreachable(f"{self._host} does not answer as a server does: {error!r}") from None
        except (Unreachable, FileNotFoundError):
            raise
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise Unreachable(f"{self._host} does not answer: {reason}") from None
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(f"//{self._host}")
        name, port = parts.hostname or "", parts.port
        if self._scheme == "http":
            return http.client.HTTPConnection(name, port, timeout=_TIMEOUT_SEC)
        context = ssl.create_default_context()
        if self._verify is False:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(name, port, timeout=_TIMEOUT_SEC, context=context)


def uploaded_key(url: str) -> str | None:
    """Return under which key a Stripchart server, whatever it is called, keeps what an upload got this URL for."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.path.startswith(PATH):
        return None
    return unquote(parts.path.removeprefix(PATH))


class _Refused(DestinationError):
    """Say that the server answered, and does not want to."""


def _error_of(answer: http.client.HTTPResponse, where: str) -> Exception:
    """Return the error that an answer means, with what the server says of it."""
    try:
        told = json.loads(answer.read(_CHUNK_BYTES))["error"]["message"]
    except (ValueError, KeyError, TypeError):
        told = answer.reason
    text = f"{where}{told} ({answer.status})"[:600]
    if answer.status == HTTPStatus.NOT_FOUND:
        return FileNotFoundError(text)
    again = answer.status in _TRY_AGAIN or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Unreachable(text) if again else _Refused(text)


def _quoted(path: str) -> str:
    return quote(path, safe=_SAFE, errors="surrogatepass")
