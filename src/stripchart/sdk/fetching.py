"""Fetch what lies at a destination to a file of this machine, once; it is kept in the home's cache."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from stripchart.settings import Settings

_TIMEOUT_SEC = 30.0
_CHUNK_BYTES = 1 << 20


def local_copy(
    url: str, settings: Settings, *, force: bool = False, newer_than_us: int = 0
) -> Path:
    """Return a local file of a URL; with ``force`` it is fetched even if it was before.

    It is fetched anew too if it was fetched before ``newer_than_us``.

    Raises:
        OSError: it cannot be fetched.
        ValueError: nothing that is known here can be at such a URL.
    """
    parts = urlsplit(url)
    if "://" not in url or parts.scheme == "file":
        path = Path(unquote(parts.path) if "://" in url else url)
        if not path.exists():
            raise FileNotFoundError(f"there is no {path}")
        return path
    digest = hashlib.sha256(url.encode()).hexdigest()[:32]
    name = Path(unquote(parts.path)).name[-100:] or "file"
    path = settings.home / "cache" / "files" / f"{digest}.{name}"
    is_there = path.is_file() and path.stat().st_mtime_ns // 1000 >= newer_than_us
    if force or not is_there:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{os.urandom(6).hex()}.part")
        try:
            _fetch(url, part, settings)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return path


def _fetch(url: str, to: Path, settings: Settings) -> None:
    if url.startswith(("http://", "https://")):
        _download(url, to)
        return
    from stripchart.blobs import open_destination

    folder, _, _ = url.rpartition("/")
    destination = open_destination(folder, settings)
    key = destination.key_of(url)
    if key is None:
        raise ValueError(f"{url} lies at no known destination")
    destination.get(key, to)


def _download(url: str, to: Path) -> None:
    from urllib.request import urlopen

    with urlopen(url, timeout=_TIMEOUT_SEC) as answer, open(to, "wb") as file:
        while chunk := answer.read(_CHUNK_BYTES):
            file.write(chunk)
