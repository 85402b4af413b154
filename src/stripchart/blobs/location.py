"""Read the URI of a destination: which kind it is, which bucket, on which host, below which prefix."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from stripchart.blobs.destination import DestinationError

Scheme = Literal["file", "http", "https", "s3", "gs", "azure"]
_KNOWN = "a folder, file://, s3://, gs://, azure:// or http://host:port/files"
_FILES, _UPLOADS = "files", "uploads"  # of a Stripchart server
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")  # one letter would be a drive of Windows


@dataclass(frozen=True, slots=True)
class Location:
    """Say where a destination is.

    ``host`` is set where it is not the cloud's own: ``host:port`` of an S3-compatible store or an emulator, the
    account's host of Azure, that of a Stripchart server. ``bucket`` is a container in Azure, ``files`` at a server.
    ``prefix`` has no slash at its ends.
    """

    scheme: Scheme
    host: str = ""
    bucket: str = ""
    prefix: str = ""
    folder: Path = Path()

    @property
    def uri(self) -> str:
        """Return the URI in its normal form."""
        if self.scheme == "file":
            return self.folder.as_uri()
        return f"{self.scheme}://" + "/".join(p for p in (self.host, self.bucket, self.prefix) if p)


def locate(uri: str) -> Location:
    """Read a URI.

    Raises:
        DestinationError: it is none of a destination; says what is wrong with it.
    """
    if not uri.strip() or "\0" in uri:
        raise DestinationError(f"an upload destination is {_KNOWN}, not {uri!r}")
    found = _SCHEME.match(uri)
    if found is None:
        return Location("file", folder=_folder(uri))
    scheme = found[1].lower()
    if scheme == "file":
        return Location("file", folder=_folder(_path_of(uri)))
    if scheme in ("http", "https"):
        return _at_server(scheme, uri)
    if scheme not in ("s3", "gs", "azure"):
        raise DestinationError(f"unknown scheme {scheme!r} in {_shown(uri)}: use {_KNOWN}")
    return _in_cloud(scheme, uri)


def _in_cloud(scheme: str, uri: str) -> Location:
    netloc, has_port, path = _parts(uri)
    # A bucket's name has no port, so what has one is a host: s3://host:port/bucket/prefix.
    host = netloc if has_port or scheme == "azure" else ""
    bucket = (path.pop(0) if path else "") if host else netloc
    if not bucket:
        needs = "azure://<account>.blob.core.windows.net/<container>" if scheme == "azure" else ""
        raise DestinationError(f"{_shown(uri)} names no bucket{needs and f': write {needs}'}")
    return Location(scheme, host=host, bucket=bucket, prefix="/".join(path))  # type: ignore[arg-type]


def _at_server(scheme: str, uri: str) -> Location:
    """Read the URI of a Stripchart server: its address, with or without ``/files``, and a prefix behind that."""
    host, _, path = _parts(uri)
    if not host or (path and path[0] != _FILES):
        raise DestinationError(
            f"{_shown(uri)}: a Stripchart server is written {scheme}://host:port/files"
        )
    prefix = path[2:] if path[1:2] == [_UPLOADS] else path[1:]
    return Location(scheme, host=host.lower(), bucket=_FILES, prefix="/".join(prefix))  # type: ignore[arg-type]


def _parts(uri: str) -> tuple[str, bool, list[str]]:
    """Return host and port, whether there is a port, and the path of a URI that holds nothing else.

    Raises:
        DestinationError: it holds a password, a query, dots, or is no URI.
    """
    try:
        parts = urlsplit(uri)
        has_port = parts.port is not None
    except ValueError as error:
        raise DestinationError(f"{_shown(uri)} is no URI: {error}") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise DestinationError(
            "an upload destination must not hold credentials: set them in [storage] of config.toml"
        )
    if parts.query or parts.fragment:
        raise DestinationError(f"{_shown(uri)}: '?' and '#' have no meaning in a destination")
    path = [p for p in parts.path.split("/") if p]
    if any(p in (".", "..") for p in path):
        raise DestinationError(f"{_shown(uri)}: '.' and '..' have no meaning in a destination")
    return parts.netloc, has_port, path


def _folder(path: str) -> Path:
    try:
        return Path(path).expanduser().absolute()
    except (RuntimeError, ValueError, OSError) as error:
        raise DestinationError(f"{path!r} is no folder: {error}") from None


def _path_of(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost"):
        # file://folder/x is what people write for a relative folder; it would name a machine.
        raise DestinationError(f"{uri!r}: a file:// URI has three slashes, file:///folder")
    path = unquote(parts.path)
    return path[1:] if os.name == "nt" and re.match(r"/[A-Za-z]:", path) else path


def _shown(uri: str) -> str:
    """Return a URI for a message, without what may be a password."""
    return repr(re.sub(r"//[^/@]*@", "//***@", uri.split("?", maxsplit=1)[0]))
