"""Files that tasks upload here: ``uploads/files/<key>`` in the home.

Whoever uploads names a key; the same key again replaces the file. A body is written to ``uploads/parts`` first and
gets its name when all of it is on the disk, so that nobody reads a part of a file and a server that is killed leaves
nothing under a name. A key never leads out of the folder, neither by its parts nor over a link.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from stripchart.blobs.folder import sync_folder
from stripchart.blobs.served import uploaded_key
from stripchart.server.errors import ApiError, BadRequestError, NotFoundError
from stripchart.server.files import OpenFile, is_plain, open_anywhere

FOLDER = "uploads"
MOST_LISTED = 100_000
RESERVE_BYTES = 512 << 20  # left free on the disk, for journals and index
_LONGEST_KEY_BYTES = 4096
_LONGEST_PART_BYTES = 255
_BUFFER_BYTES = 1 << 20
_TRIES = 10  # to name a file while others remove folders


class Uploaded:
    """Keep what is uploaded to one home."""

    def __init__(self, home: Path) -> None:
        self._files = home / FOLDER / "files"
        self._parts = home / FOLDER / "parts"

    def sweep(self) -> None:
        """Remove what uploads that were cut short have left; only while nobody else serves this home."""
        shutil.rmtree(self._parts, ignore_errors=True)

    async def put(self, key: str, body: AsyncIterator[bytes], size_bytes: int) -> None:
        """Store a body of ``size_bytes`` under a key; it is on the disk then.

        Raises:
            ApiError: it is no key, the disk has no room, or the body is not so long.
        """
        target = self._path(key)
        await asyncio.to_thread(self._require_room, size_bytes)
        part = self._parts / os.urandom(12).hex()
        try:
            file = await asyncio.to_thread(self._open, part)
            try:
                await _receive(body, file, size_bytes)
                await asyncio.to_thread(_settle, file)
            finally:
                file.close()
            await asyncio.to_thread(self._name, part, target, key)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ApiError(HTTPStatus.INSUFFICIENT_STORAGE, "not_stored", reason) from None
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    def open(self, key: str) -> OpenFile:
        """Open the file of a key.

        Raises:
            NotFoundError: there is none.
        """
        missing = NotFoundError(f"nothing was uploaded as {key[:200]!r}")
        try:
            path = self._path(key)
            self._require_inside(path)
            return open_anywhere(path)
        except (OSError, ValueError, ApiError):
            raise missing from None

    def find(self, url: str) -> OpenFile | None:
        """Open the file of a URL that an upload got here, by whatever name of this server; else ``None``."""
        key = uploaded_key(url)
        try:
            return self.open(key) if key is not None else None
        except NotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Remove the file of a key, and the folders that it leaves empty; one that is not there is no error.

        Raises:
            ApiError: it is no key, or cannot be removed.
        """
        target = self._path(key)
        try:
            self._require_inside(target)
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise ApiError(HTTPStatus.CONFLICT, "not_removed", error.strerror or "") from None
        for folder in target.parents:
            if folder == self._files:
                return
            try:
                folder.rmdir()
            except OSError:
                return

    def list(self, prefix: str) -> list[str]:
        """Return the keys below a folder, sorted.

        Raises:
            ApiError: it is no folder, or there are too many.
        """
        top = self._path(prefix) if prefix else self._files
        found: list[str] = []
        for folder, _, names in os.walk(top):
            relative = Path(folder).relative_to(self._files).as_posix()
            found += names if relative == "." else (f"{relative}/{name}" for name in names)
            if len(found) > MOST_LISTED:
                raise BadRequestError(f"there are more than {MOST_LISTED}; name a deeper folder")
        return sorted(found)

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        is_key = all(
            is_plain(p) and len(p.encode("utf-8", "replace")) <= _LONGEST_PART_BYTES for p in parts
        )
        if not is_key or len(key.encode("utf-8", "replace")) > _LONGEST_KEY_BYTES:
            raise BadRequestError(f"{key[:200]!r} is no key")
        return self._files.joinpath(*parts)

    def _require_inside(self, path: Path) -> None:
        """Check that no link leads from the folder of uploads to a file.

        Raises:
            OSError: it is not there (``FileNotFoundError``), or one does (``NotADirectoryError``).
        """
        if path.parent.resolve(strict=True) != self._files.resolve(strict=True).joinpath(
            path.parent.relative_to(self._files)
        ):
            raise NotADirectoryError(path)

    def _require_room(self, size_bytes: int) -> None:
        self._parts.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._parts).free
        if size_bytes > free - RESERVE_BYTES:
            message = f"no room for {size_bytes} bytes: {free} are free on the server's disk"
            raise ApiError(HTTPStatus.INSUFFICIENT_STORAGE, "full", message)

    def _open(self, part: Path) -> BinaryIO:
        return open(part, "xb")

    def _name(self, part: Path, target: Path, key: str) -> None:
        """Give a whole file its name."""
        for _ in range(_TRIES):
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._require_inside(target)
                part.replace(target)
                sync_folder(target.parent)
                return
            except FileNotFoundError:
                continue  # a removal next to us has taken the folder that was just made
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                break
        message = f"{key[:200]!r} is a folder, or lies below a file or a link"
        raise ApiError(HTTPStatus.CONFLICT, "conflict", message)


async def _receive(body: AsyncIterator[bytes], file: BinaryIO, size_bytes: int) -> None:
    """Write a body to a file.

    Raises:
        ApiError: it is shorter or longer than was said.
    """
    buffer, received = bytearray(), 0
    async for chunk in body:
        received += len(chunk)
        if received > size_bytes:
            break
        buffer += chunk
        if len(buffer) >= _BUFFER_BYTES:
            await asyncio.to_thread(file.write, bytes(buffer))
            buffer.clear()
    if received != size_bytes:
        raise BadRequestError(f"{received} bytes came, not the {size_bytes} that were announced")
    await asyncio.to_thread(file.write, bytes(buffer))


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
