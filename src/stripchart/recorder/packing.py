"""Folders that are to be stored, such as a saved model of several files: packed into one zip of the spool."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from pathlib import Path

from stripchart.recorder.sources import SPOOL, Missing, Source
from stripchart.records import ArtifactStored


def source_of(task_dir: Path, artifact: ArtifactStored) -> Source:
    """Find what an artifact's bytes are: its file, or a zip of the files in its folder, made here.

    Raises:
        Missing: there is nothing, or it cannot be read.
        OSError: the spool cannot take the zip.
    """
    folder = Path(artifact.path)
    if artifact.type != "archive" or not folder.is_absolute() or not folder.is_dir():
        return Source(task_dir, artifact.path)
    return _Packed(task_dir, folder)


class _Packed(Source):
    """Hold the zip of a folder, and what the folder was when it was packed."""

    def __init__(self, task_dir: Path, folder: Path) -> None:
        self._folder, self._was = folder, _listing(folder)
        if not self._was:
            raise Missing(f"there are no files in {folder}")
        # Its name is the folder's: what a recorder that was killed has left is written over.
        digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        relative = f"{SPOOL}/{digest}.zip"
        (task_dir / SPOOL).mkdir(exist_ok=True)
        try:
            _pack(folder, [name for name, _, _ in self._was], task_dir / relative)
        except FileNotFoundError as error:
            raise Missing(f"{error.filename} went away while {folder} was packed") from None
        super().__init__(task_dir, relative)

    def is_as_it_was(self) -> bool:
        """Tell whether nobody has written to the folder since it was packed; it may be gone."""
        return not self._folder.exists() or _listing(self._folder) == self._was


def _listing(folder: Path) -> list[tuple[str, int, int]]:
    """Return name, size and time of the files in a folder."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            found.append((str(path.relative_to(folder)), status.st_size, status.st_mtime_ns))
    return found


def _pack(folder: Path, names: list[str], to: Path) -> None:
    part = to.with_name(f".{to.name}.{os.urandom(4).hex()}.part")
    try:
        # Weights are noise to a compressor.
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
            for name in names:
                archive.write(folder / name, name)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
