"""``Artifact``: one named object of a task, as it is read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stripchart.records import ArtifactStored
    from stripchart.settings import Settings


class Artifact:
    """One named object of a task; ``get`` returns it as it was given."""

    def __init__(self, told: ArtifactStored, task_dir: Path, settings: Settings) -> None:
        self._told = told
        self._task_dir = task_dir
        self._settings = settings

    @property
    def name(self) -> str:
        """Return the artifact's name."""
        return self._told.name

    @property
    def type(self) -> str:
        """Return what was given: ``JSON, YAML, pandas, numpy, image, string, archive, pickle`` or ``custom``."""
        return self._told.type

    @property
    def mode(self) -> str:
        """Return ``output``: nothing here takes artifacts in."""
        return "output"

    @property
    def state(self) -> str:
        """Return how the upload stands: ``pending``, ``stored`` or ``failed``."""
        return self._told.state

    @property
    def url(self) -> str:
        """Return where it lies: a URI, or the path of a file on this machine."""
        return self._place(self._told.url or self._told.path)

    @property
    def size(self) -> int:
        """Return its size in bytes."""
        return self._told.size_bytes

    @property
    def hash(self) -> str:
        """Return its SHA-256, empty where it was not taken."""
        return self._told.hash

    @property
    def timestamp(self) -> datetime:
        """Return when it was given."""
        return datetime.fromtimestamp(self._told.time_us / 1e6, UTC)

    @property
    def metadata(self) -> Mapping[str, str]:
        """Return what was said about it."""
        return dict(self._told.metadata)

    @property
    def preview(self) -> str:
        """Return what is shown of it."""
        return self._told.preview

    def get(
        self,
        force_download: bool = False,
        deserialization_function: Callable[[bytes], Any] | None = None,
    ) -> Any:
        """Return the object as it was given; of a file the path of a local copy, of a folder that of its copy.

        Pickles are loaded: get only what you trust.

        Raises:
            FileNotFoundError: it is not where it was left. OSError: it cannot be fetched.
        """
        path = Path(self.get_local_copy(raise_on_error=True, force_download=force_download) or "")
        if deserialization_function is not None:
            return deserialization_function(path.read_bytes())
        from stripchart.sdk import artifact_files

        return artifact_files.load(path, self._told.type)

    def get_local_copy(
        self,
        extract_archive: bool = True,
        raise_on_error: bool = False,
        force_download: bool = False,
    ) -> str | None:
        """Return the path of a file on this machine, or of the folder that a zip of ours was unpacked to.

        Returns ``None`` where there is none, unless ``raise_on_error``.

        Raises:
            OSError: it cannot be fetched, with ``raise_on_error``.
        """
        try:
            path = self._local_file(force_download=force_download)
            if extract_archive and self._told.type == "archive" and not path.is_dir():
                path = self._unpacked(path)
        except OSError:
            if raise_on_error:
                raise
            return None
        return str(path)

    def _local_file(self, *, force_download: bool) -> Path:
        # Moved since we looked: the recorder takes a spooled file to its place before it says so.
        places = [self._told.url, self._told.path]
        for place in filter(None, places):
            if "://" not in place and (path := Path(self._place(place))).exists():
                return path
        if "://" in self._told.url:
            return self._fetched(self._told.url, force=force_download)
        reason = self._told.error or "it is not where it was left"
        raise FileNotFoundError(f"artifact {self.name!r}: {reason}")

    def _fetched(self, url: str, *, force: bool) -> Path:
        from stripchart.sdk import fetching

        # At its place may have been an earlier one.
        return fetching.local_copy(
            url, self._settings, force=force, newer_than_us=self._told.time_us
        )

    def _unpacked(self, path: Path) -> Path:
        folder = self._settings.home / "cache" / "unpacked" / f"{path.stem}-{self._told.hash[:16]}"
        if not folder.is_dir():
            import zipfile

            folder.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
        return folder

    def _place(self, place: str) -> str:
        return place if "://" in place else str(self._task_dir / place)

    def __repr__(self) -> str:
        return f"<Artifact {self.name!r}: {self.type}, {self.size} bytes, {self.state}>"
