"""Serve the built page: hashed files for ever, the index always fresh, page addresses fall back to the index."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
HASHED_FOLDER = "assets"
NOT_BUILT = (
    "The page is not part of this installation: it is built from ui/ (scripts/build) into\n"
    "src/stripchart/server/static. The API answers at /api/v1.\n"
)
# Not left to the system's registry: on some machines it says text/plain for JavaScript, which browsers refuse.
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".map": "application/json",
    ".wasm": "application/wasm",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """Hold one answer: status, body, headers."""

    status: int
    body: bytes
    headers: dict[str, str]


def find_page(path: str, known_tag: str | None = None, folder: Path = STATIC) -> PageFile:
    """Return what lies at a path, the index for an address of the page, or 404 for a missing file.

    ``known_tag`` is the client's ``If-None-Match``; where it still fits, the body is empty and the status 304.
    """
    index = folder / "index.html"
    if not index.is_file():
        return PageFile(503, NOT_BUILT.encode(), _headers("text/plain", "no-store"))
    file = _inside(folder, path.strip("/")) or index
    if not file.is_file():
        if Path(path).suffix and not path.endswith("/"):
            missing = b"There is no such file.\n"
            return PageFile(404, missing, _headers("text/plain", "no-store"))
        file = index
    return _answer(file, folder, known_tag)


def _answer(file: Path, folder: Path, known_tag: str | None) -> PageFile:
    body = file.read_bytes()
    tag = '"' + hashlib.blake2b(body, digest_size=12).hexdigest() + '"'
    hashed = file.relative_to(folder).parts[0] == HASHED_FOLDER
    headers = _headers(
        _type_of(file), "public, max-age=31536000, immutable" if hashed else "no-cache"
    )
    headers["etag"] = tag
    if known_tag is not None and tag in known_tag:  # also as W/"…", which compression makes of it
        return PageFile(304, b"", headers)
    return PageFile(200, body, headers)


def _inside(folder: Path, path: str) -> Path | None:
    """Return the file below the folder, or ``None`` for a path that would leave it."""
    if not path or "\0" in path or "\\" in path:
        return None
    file = (folder / path).resolve()
    return file if file.is_relative_to(folder.resolve()) else None


def _headers(media_type: str, cache: str) -> dict[str, str]:
    return {"content-type": media_type, "cache-control": cache}


def _type_of(file: Path) -> str:
    known = _TYPES.get(file.suffix.lower())
    return known or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
