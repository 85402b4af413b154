"""``StorageManager``: files at destinations, fetched, stored and listed by their URLs."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart import settings as _settings
from stripchart.sdk import fetching
from stripchart.settings import Settings

if TYPE_CHECKING:
    from stripchart.blobs import Destination

File = str | os.PathLike[str]
_TAR = re.compile(r"\.(tar|tgz|tar\.\w+)$")


class StorageManager:
    """Fetch, store and list files at folders, ``s3://``, ``gs://`` and ``azure://``, in the calling thread.

    Credentials are those of uploads (docs/guides/storage.md). What is fetched is kept in the home's cache.
    """

    @classmethod
    def get_local_copy(
        cls,
        remote_url: File,
        cache_context: str | None = None,
        extract_archive: bool = True,
        name: str | None = None,
        force_download: bool = False,
    ) -> str | None:
        """Return the path of a file on this machine that is a copy of one at a URL; a zip or tar is unpacked.

        ``None`` where it cannot be fetched. What is on this machine is returned as it is.
        """
        settings, url = _settings.load(), _url(remote_url)
        try:
            path = fetching.local_copy(url, settings, force=force_download)
            return str(_unpacked(path, settings) if extract_archive else path)
        except (OSError, ValueError) as error:
            _told(f"{url} could not be fetched: {error}")
            return None

    @classmethod
    def upload_file(
        cls,
        local_file: File,
        remote_url: File,
        wait_for_upload: bool = True,
        retries: int | None = None,
    ) -> str:
        """Store a file at a URL, and return that; it is stored when this returns, whatever ``wait_for_upload`` is.

        Raises:
            OSError, ValueError: it cannot be stored.
        """
        folder, key = _split(_url(remote_url))
        return _opened(folder).put(key, Path(local_file))

    @classmethod
    def upload_folder(
        cls, local_folder: File, remote_url: File, match_wildcard: str | None = None
    ) -> str | None:
        """Store the files of a folder below a URL, those that fit a wildcard, and return the URL; ``None`` of no files.

        Raises:
            OSError, ValueError: one cannot be stored.
        """
        root = Path(local_folder)
        files = [p for p in sorted(root.rglob(match_wildcard or "*")) if p.is_file()]
        url = _folder(remote_url)
        destination = _opened(url)
        for file in files:
            destination.put(file.relative_to(root).as_posix(), file)
        return url if files else None

    @classmethod
    def download_file(
        cls,
        remote_url: File,
        local_folder: File | None = None,
        overwrite: bool = False,
        skip_zero_size_check: bool = False,
        silence_errors: bool = False,
    ) -> str | None:
        """Copy a file from a URL into a folder (the current one) and return its path, ``None`` where that cannot be."""
        url = _url(remote_url)
        try:
            _, key = _split(url)
            target = Path(local_folder or ".") / key
            if overwrite or not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(fetching.local_copy(url, _settings.load(), force=overwrite), target)
            return str(target)
        except (OSError, ValueError) as error:
            if not silence_errors:
                _told(f"{url} could not be fetched: {error}")
            return None

    @classmethod
    def download_folder(  # noqa: PLR0917 - the contract's signature
        cls,
        remote_url: File,
        local_folder: File | None = None,
        match_wildcard: str | None = None,
        overwrite: bool = False,
        skip_zero_size_check: bool = False,
        silence_errors: bool = False,
    ) -> str | None:
        """Copy the files below a URL into a folder (a new one), those that fit a wildcard; return it, or ``None``."""
        from fnmatch import fnmatch
        from tempfile import mkdtemp

        url = _folder(remote_url)
        try:
            destination = _opened(url)
            wanted = [key for key in destination.list() if fnmatch(key, match_wildcard or "*")]
            if not wanted:
                return None
            root = Path(local_folder or mkdtemp(prefix="stripchart-"))
            for key in wanted:
                target = root / key
                if overwrite or not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    destination.get(key, target)
        except (OSError, ValueError) as error:
            if not silence_errors:
                _told(f"{url} could not be fetched: {error}")
            return None
        return str(root)

    @classmethod
    def list(
        cls, remote_url: File, return_full_path: bool = False, with_metadata: bool = False
    ) -> Sequence[Any] | None:
        """Return what lies below a URL, relative to it or in full, or dicts of ``name`` and ``size``.

        ``None`` where it cannot be listed.
        """
        url = _folder(remote_url)
        try:
            destination = _opened(url)
            keys = destination.list()
        except (OSError, ValueError) as error:
            _told(f"{url} could not be listed: {error}")
            return None
        names = [destination.url(key) if return_full_path else key for key in keys]
        if not with_metadata:
            return names
        sizes = [cls.get_file_size_bytes(destination.url(key), True) for key in keys]
        return [{"name": n, "size": s} for n, s in zip(names, sizes, strict=True)]

    @classmethod
    def exists_file(cls, remote_url: File) -> bool:
        """Return whether a file lies at a URL."""
        folder, key = _split(_url(remote_url))
        try:
            return key in _opened(folder).list()
        except (OSError, ValueError):
            return False

    @classmethod
    def get_file_size_bytes(cls, remote_url: File, silence_errors: bool = False) -> int | None:
        """Return the size of a file at a URL in bytes, ``None`` where it cannot be fetched."""
        url = _url(remote_url)
        try:
            return fetching.local_copy(url, _settings.load()).stat().st_size
        except (OSError, ValueError) as error:
            if not silence_errors:
                _told(f"the size of {url} is not known: {error}")
            return None

    @classmethod
    def get_metadata(cls, obj: Any, return_full_path: bool = False) -> dict[str, Any] | None:
        """Return ``name`` and ``size`` of the file at a URL."""
        url = _url(obj)
        size = cls.get_file_size_bytes(url)
        if size is None:
            return None
        return {"name": url if return_full_path else _split(url)[1], "size": size}

    @classmethod
    def set_cache_file_limit(cls, cache_file_limit: int, cache_context: str | None = None) -> int:
        """Take how many files the cache shall keep, and return it; the cache is not bounded by a count here."""
        return int(cache_file_limit)


def _url(given: File) -> str:
    """Return a URL, or the absolute path of what has no scheme."""
    text = os.fspath(given)
    return text if "://" in text else os.path.abspath(text)  # noqa: PTH100 - links stay


def _folder(given: File) -> str:
    return re.sub(r"(?<=[^:/])/+$", "", _url(given))


def _split(url: str) -> tuple[str, str]:
    """Return the folder that a file lies in, and its name."""
    folder, _, key = url.rpartition("/" if "://" in url else os.sep)
    if not key:
        raise ValueError(f"{url} names no file")
    return folder or os.sep, key


def _opened(url: str) -> Destination:
    from stripchart.blobs import open_destination

    return open_destination(url, _settings.load())


def _unpacked(path: Path, settings: Settings) -> Path:
    """Return the folder that an archive was unpacked to; what is none, as it is."""
    import tarfile
    import zipfile

    if not path.is_file():
        return path
    is_zip = path.suffix == ".zip" and zipfile.is_zipfile(path)
    if not is_zip and not (_TAR.search(path.name) and tarfile.is_tarfile(path)):
        return path
    status = path.stat()
    name = f"{path.name}-{status.st_size:x}-{status.st_mtime_ns:x}"
    folder = settings.home / "cache" / "unpacked" / name
    if not folder.is_dir():
        part = folder.with_name(f".{name}.{os.urandom(4).hex()}")
        part.mkdir(parents=True)
        if is_zip:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(part)
        else:
            with tarfile.open(path) as tar:
                tar.extractall(part, filter="data")
        part.replace(folder)
    return folder


def _told(message: str) -> None:
    logging.getLogger("stripchart").warning("%s", message)
