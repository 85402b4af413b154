"""A task as one zip file: made of its folder, and taken into a home again.

The archive holds the folder as it is, so nothing is lost on the way. What is taken in is untrusted: no member may
lie outside the folder, and only files that a task's folder has are taken.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from stripchart.sdk.errors import UsageError
from stripchart.settings import Settings

_FOLDERS = ("journal", "media", "artifacts", "spool")
_LONGEST_READ_BYTES = 1 << 20


def pack(task_dir: Path, to: Path) -> Path:
    """Write a task's folder to a zip file and return its path; into a folder it goes by the task's id.

    A running task is packed as far as it is.

    Raises:
        OSError: it cannot be written.
    """
    path = to / f"{task_dir.name}.zip" if to.is_dir() else to
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for file in _files(task_dir):
                try:
                    archive.write(file, f"{task_dir.name}/{file.relative_to(task_dir).as_posix()}")
                except FileNotFoundError:
                    continue  # compressed or uploaded meanwhile; its successor is listed or comes later
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _files(task_dir: Path) -> Iterator[Path]:
    for name in _FOLDERS:
        yield from sorted(p for p in (task_dir / name).rglob("*") if p.is_file())


def unpack(source: Path, settings: Settings, new_id: str) -> str:
    """Take an archive, or a copy of a task's folder, into the home, and return the task's id.

    It keeps its id if the home has no task of that id yet, else it gets ``new_id``.

    Raises:
        UsageError: it is no task's archive or folder.
        OSError: it cannot be read, or the home cannot be written.
    """
    staging = _staging(settings)
    try:
        own_id = _stage(source, staging)
        task_id = own_id if own_id and not settings.task_dir(own_id).exists() else new_id
        staging.rename(settings.task_dir(task_id))
        return task_id
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def unpack_into(source: Path, settings: Settings, task_id: str, offset: int) -> None:
    """Make the attempts in an archive later ones of a task of the home, their iterations raised by ``offset``.

    Raises:
        UsageError: it is no task's archive or folder, or was taken in before.
        OSError: it cannot be read, or the home cannot be written.
    """
    from stripchart.sdk import grafting

    staging = _staging(settings)
    try:
        _stage(source, staging)
        grafting.graft(staging, settings.task_dir(task_id), offset)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _staging(settings: Settings) -> Path:
    settings.tasks.mkdir(parents=True, exist_ok=True)
    return settings.tasks / f".importing-{os.urandom(6).hex()}"


def _stage(source: Path, staging: Path) -> str:
    """Copy what belongs to a task to ``staging``, and return the id that it had, if any."""
    own_id = _copy_folder(source, staging) if source.is_dir() else _extract(source, staging)
    if not (staging / "journal").is_dir():
        raise UsageError(f"{source} holds no journal of a task")
    return own_id


def _copy_folder(source: Path, staging: Path) -> str:
    for name in _FOLDERS:
        if (source / name).is_dir():
            shutil.copytree(source / name, staging / name)
    return _id_in(source.name)


def _extract(source: Path, staging: Path) -> str:
    try:
        with zipfile.ZipFile(source) as archive:
            found = ""
            for member in archive.infolist():
                inside = _inside(member.filename)
                if inside is None or member.is_dir():
                    continue
                found = found or _id_in(PurePosixPath(member.filename).parts[0])
                target = staging / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed, open(target, "wb") as file:
                    shutil.copyfileobj(packed, file, _LONGEST_READ_BYTES)
            return found
    except zipfile.BadZipFile as error:
        raise UsageError(f"{source} is no archive of a task: {error}") from None


def _inside(name: str) -> Path | None:
    """Return where a member belongs below the task's folder; ``None`` for what does not belong there."""
    parts = PurePosixPath(name).parts[1:]
    if len(parts) < 2 or parts[0] not in _FOLDERS:
        return None
    if any(
        part in ("", ".", "..") or "\\" in part or ":" in part or "\0" in part for part in parts
    ):
        return None
    return Path(*parts)


def _id_in(name: str) -> str:
    return name if len(name) == 32 and all(c in "0123456789abcdef" for c in name) else ""
