"""A folder of this machine as a destination: plain files, each appearing at once and whole."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from stripchart.blobs.destination import DestinationError, Unreachable, require_size

_CHUNK_BYTES = 1 << 20


class Folder:
    """Keep files below a folder, which is made when it is first written to."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.uri = root.as_uri()

    def put(self, key: str, path: Path) -> str:
        """Copy a file here."""
        target = self._path(key)
        part = target.with_name(f".{os.urandom(6).hex()}.part")
        with open(path, "rb") as source:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(source, part)
                part.replace(target)
                sync_folder(target.parent)
            except OSError as error:
                with contextlib.suppress(OSError):
                    part.unlink()
                raise Unreachable(error.errno, f"{self._root}: {error.strerror}") from error
        return self.url(key)

    def get(self, key: str, path: Path, *, most_bytes: int | None = None) -> None:
        """Copy a file from here."""
        source = self._path(key)
        if not source.is_file():
            raise FileNotFoundError(f"there is no {key} in {self._root}")
        with open(source, "rb") as file:
            require_size(key, os.fstat(file.fileno()).st_size, most_bytes)
            _write(file, path)

    def delete(self, key: str) -> None:
        """Remove a file, and the folders that it leaves empty."""
        target = self._path(key)
        try:
            target.unlink(missing_ok=True)
        except OSError as error:
            raise Unreachable(error.errno, f"{self._root}: {error.strerror}") from error
        for folder in target.parents:
            if folder == self._root:
                return
            try:
                folder.rmdir()
            except OSError:
                return

    def list(self, prefix: str = "") -> list[str]:
        """Return the keys below a folder of this one."""
        top = self._path(prefix) if prefix else self._root
        files = (p for p in top.rglob("*") if p.is_file() and not p.name.endswith(".part"))
        return sorted(p.relative_to(self._root).as_posix() for p in files)

    def url(self, key: str) -> str:
        """Return the ``file://`` URL of a key."""
        return self._path(key).as_uri()

    def key_of(self, url: str) -> str | None:
        """Return the key of a ``file://`` URL."""
        from urllib.parse import unquote

        inside = url.startswith(self.uri + "/")
        return unquote(url.removeprefix(self.uri + "/")) if inside else None

    def check(self) -> None:
        """Write and remove a small file."""
        probe = self._root / f".stripchart-{os.urandom(6).hex()}.part"
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"stripchart")
            probe.unlink()
        except OSError as error:
            reason = error.strerror or str(error)
            raise DestinationError(f"cannot write in {str(self._root)!r}: {reason}") from error

    def _path(self, key: str) -> Path:
        """Return the file of a key, which never lies outside.

        Raises:
            DestinationError: it would.
        """
        pure = PurePosixPath(key)
        parts = key.split("/")
        if pure.is_absolute() or any(p in ("", ".", "..") for p in parts) or "\0" in key:
            raise DestinationError(f"{key!r} is no key")
        if os.sep != "/" and (os.sep in key or ":" in key):
            raise DestinationError(f"{key!r} is no key")
        return self._root / pure


def _write(source: BinaryIO, target: Path) -> None:
    with open(target, "wb") as file:
        while piece := source.read(_CHUNK_BYTES):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a new name durable, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
