"""Fetch what lies at a remote destination, for the browser, into a bounded cache below the home.

Of what was stored only what belongs to the task that is asked for: a record is untrusted, so the URL in it must lie
below the destination that was set and name the task, as every key that we make does. Of links see ``links``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from stripchart.blobs.destination import DestinationError, Unreachable
from stripchart.blobs.open import open_destination
from stripchart.server.errors import ApiError, NotFoundError
from stripchart.server.links import MOST_BYTES, fetch_web, is_named, is_web, refusal
from stripchart.settings import Settings

CACHE = "cache"
MOST_CACHED_BYTES = 1 << 30


def fetch(settings: Settings, task_id: str, url: str, *, destination: str, version: str) -> Path:
    """Return a file with what lies at a URL; ``version`` tells apart what lay there at different times.

    Raises:
        NotFoundError: it is not there, or is not the task's.
        ApiError: the destination does not answer, or cannot be opened with these settings.
    """
    if task_id not in unquote(url):
        raise NotFoundError("what was stored there does not name this task", uri=url[:500])
    if is_web(url) and not is_named(settings, url):
        reason = "this server has it not, and its config.toml does not name that one in [[storage.buckets]]"
        raise ApiError(HTTPStatus.FORBIDDEN, "not_fetched", f"not fetched: {reason}", uri=url[:500])
    place = destination or url.rpartition("/")[0]
    return _cached(
        settings, f"{version}\0{url}", lambda path: _get(settings, url, place, path), url
    )


def fetch_link(settings: Settings, url: str, *, media: str, version: str) -> Path:
    """Return a file with what lies at a link that a sample was reported with.

    Raises:
        NotFoundError: it is not there.
        ApiError: the server does not fetch it, for what it is or where it is.
    """

    def get(path: Path) -> None:
        place, _, key = url.rpartition("/")
        if is_web(url):
            fetch_web(settings, url, path, media=media)
        else:
            open_destination(place, settings).get(key, path, most_bytes=MOST_BYTES)

    reason = refusal(settings, url)
    if reason:
        raise ApiError(HTTPStatus.FORBIDDEN, "not_fetched", f"not fetched: {reason}", uri=url[:500])
    return _cached(settings, f"{version}\0{url}", get, url)


def _cached(settings: Settings, identity: str, get: Callable[[Path], None], url: str) -> Path:
    folder = settings.home / CACHE
    name = hashlib.blake2b(identity.encode(errors="surrogatepass"), digest_size=20).hexdigest()
    cached = folder / name
    with contextlib.suppress(OSError):
        os.utime(cached)  # what was asked for last is thrown away last
        return cached
    folder.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    os.close(handle)
    try:
        _told(get, Path(part), url)
        Path(part).replace(cached)
    finally:
        Path(part).unlink(missing_ok=True)
    _trim(folder, keep=cached)
    return cached


def _get(settings: Settings, url: str, destination: str, path: Path) -> None:
    opened = open_destination(destination, settings)
    key = opened.key_of(url)
    if key is None:
        raise NotFoundError("what was stored there is not below its destination", uri=url[:500])
    opened.get(key, path)


def _told(get: Callable[[Path], None], path: Path, url: str) -> None:
    """Fetch, and say what went wrong as the API says it."""
    try:
        get(path)
    except FileNotFoundError:
        raise NotFoundError("it is not at its destination any more", uri=url[:500]) from None
    except Unreachable as error:
        message = f"the destination does not answer: {error}"
        raise ApiError(HTTPStatus.BAD_GATEWAY, "unreachable", message, uri=url[:500]) from None
    except DestinationError as error:
        message = f"the destination cannot be opened: {error}"
        raise ApiError(HTTPStatus.BAD_GATEWAY, "destination", message, uri=url[:500]) from None


def _trim(folder: Path, *, keep: Path) -> None:
    """Remove what was not asked for the longest until the cache is small enough."""
    found = []
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    size = sum(bytes_ for _, bytes_, _ in found)
    for _, bytes_, path in sorted(found):
        if size <= MOST_CACHED_BYTES:
            break
        if path != keep and not path.name.startswith("."):
            with contextlib.suppress(OSError):
                path.unlink()
            size -= bytes_
