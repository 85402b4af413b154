"""Artifacts: named objects that belong to a task: data, files, folders, models.

An object is written once, into the task's ``spool``, when it is given; a file of the user's own is only named. The
recorder brings it to its destination and says so in the journal. Until then, and without a recorder, it is read
from where it lies.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.query.models import is_of_a_model
from stripchart.records import MODEL_PREFIX, ArtifactStored, clean_text
from stripchart.sdk import spool
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import contained, user_line
from stripchart.sdk.held import Held, name_of
from stripchart.sdk.parameters import to_text
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.sdk import artifact_files
    from stripchart.sdk.artifact import Artifact

# A file up to this size is copied at once: scripts like to write the next checkpoint over the last one.
COPIED_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 20


class Artifacts(Held):
    """Upload artifacts, watch tables, read both back."""

    _watched: dict[str, _Watched]
    _destination: str

    @property
    def artifacts(self) -> Mapping[str, Artifact]:
        """Return the task's artifacts by name, as they are now; models are in ``models``."""
        return self._read_artifacts()

    @contained("read", returns=dict, lost=False)
    def _read_artifacts(self) -> Mapping[str, Artifact]:
        from stripchart.sdk.artifact import Artifact

        found = self._read().artifacts
        settings = self._session.settings
        return {
            name: Artifact(told, self._session.task_dir, settings)
            for name, told in found.items()
            if not is_of_a_model(name)
        }

    @contained("artifact", returns=bool)
    def upload_artifact(  # noqa: PLR0917 - the contract's signature
        self,
        name: str,
        artifact_object: Any,
        metadata: Mapping[Any, Any] | None = None,
        delete_after_upload: bool = False,
        auto_pickle: bool | None = None,
        preview: Any = None,
        wait_on_upload: bool = False,
        extension_name: str | None = None,
        serialization_function: Callable[[Any], bytes | bytearray] | None = None,
        retries: int = 0,
        sort_keys: bool = True,
    ) -> bool:
        """Keep an object under a name, and return whether it is kept; a later one takes the name over.

        A dict becomes JSON (or YAML), a DataFrame ``.csv.gz`` (``.parquet, .feather, .pickle``), an array ``.npz``, an
        image ``.png``, a text ``.txt``, a folder or wildcard a zip, anything else a pickle. ``extension_name`` chooses
        among these. A file is uploaded as it is; one above 16 MiB is not copied at the call, and should stay as it is
        until it is uploaded. ``serialization_function`` returns the bytes to be kept. The recorder uploads, and tries
        again as long as it takes, whatever ``retries`` is; ``wait_on_upload`` waits for it.
        """
        from stripchart.sdk import artifact_files

        given = extension_name or ""
        extension = f".{given.lstrip('.')}" if given else ""
        text = "" if preview is None else str(preview)
        if serialization_function is not None:
            form = artifact_files.by_function(
                artifact_object, extension, serialization_function, text
            )
        else:
            is_pickled = self._session.settings.auto_pickle if auto_pickle is None else auto_pickle
            choose = partial(
                artifact_files.form_of,
                artifact_object,
                auto_pickle=is_pickled,
                sort_keys=sort_keys,
                preview=text,
            )
            try:
                form = choose(extension=extension)
            except artifact_files.UnfitExtension as error:
                # The object is worth more than its extension.
                form = choose(extension="")
                message = f"extension_name: {error}; kept as {form.suffix} instead"
                self._losses.note("artifact-extension", message, lost=False, where=user_line())
        if not isinstance(name, str) or not name:
            raise UsageError(f"an artifact's name is a text, got {name!r}")
        title = name_of(name)
        if is_of_a_model(title):
            raise UsageError(f"names that begin with {MODEL_PREFIX} are those of models: {title!r}")
        self._keep(title, form, metadata, delete_after_upload=bool(delete_after_upload))
        return self._wait_for_upload(title) if wait_on_upload else True

    def _keep(
        self,
        name: str,
        form: artifact_files.Form,
        metadata: Mapping[Any, Any] | None,
        *,
        delete_after_upload: bool = False,
    ) -> None:
        path, size, digest = self._spooled(form, copies=not delete_after_upload)
        record = ArtifactStored(
            time_us=now_us(),
            name=name,
            type=form.kind,
            state="pending",
            path=path,
            size_bytes=size,
            hash=digest,
            preview=form.preview,
            metadata={clean_text(str(k)): to_text(v) for k, v in (metadata or {}).items()},
            destination=self._destination,
            delete_after_upload=delete_after_upload or not Path(path).is_absolute(),
        )
        try:
            self._append(record)
        except BaseException:
            if not Path(path).is_absolute():
                spool.discard(self._session.task_dir, path)
            raise

    def _spooled(self, form: artifact_files.Form, *, copies: bool) -> tuple[str, int, str]:
        """Return where a form's bytes lie, how many they are, and their SHA-256 where they are ours."""
        if form.source is not None:
            return self._spooled_file(form.source, copies=copies)
        assert form.write is not None
        return self._spooled_by(form.write, form.suffix)

    def _spooled_file(self, source: Path, *, copies: bool) -> tuple[str, int, str]:
        size = source.stat().st_size
        if size > COPIED_BYTES or not copies:
            spool.make(self._session.task_dir)  # the recorder looks for it
            return str(source), size, ""
        with open(source, "rb") as file:
            name = f"{os.urandom(16).hex()}{''.join(source.suffixes[-2:])}"
            relative = spool.keep(self._session.task_dir, name, spool.pieces_of(file))
        return relative, size, _digest(self._session.task_dir / relative)

    def _spooled_by(self, write: Callable[[Path], None], suffix: str) -> tuple[str, int, str]:
        relative = f"{spool.FOLDER}/{os.urandom(16).hex()}{suffix}"
        path = self._session.task_dir / relative
        path.parent.mkdir(exist_ok=True)  # not its parents: a removed task stays removed
        try:
            write(path)
            return relative, path.stat().st_size, _digest(path)
        except BaseException:
            spool.discard(self._session.task_dir, relative)
            raise

    def _wait_for_upload(self, name: str) -> bool:
        from stripchart.sdk import settling

        if not self._session.settings.recorder or self._running is None:
            return True  # nobody to wait for: it is in the task's folder
        try:
            settling.Settling(self._session.task_dir, artifact=name).wait()
        except settling.NoRecorder:
            return True  # likewise
        told = self._read().artifacts.get(name)
        return told is not None and told.state != "failed"

    @contained("artifact", returns=bool)
    def delete_artifacts(
        self,
        artifact_names: Sequence[str] | str,
        raise_on_errors: bool = True,
        delete_from_storage: bool = True,
    ) -> bool:
        """Remove artifacts by name, and return whether all of them were there.

        With ``delete_from_storage`` what lies in the task's folder is deleted; what lies elsewhere stays.
        """
        names = [artifact_names] if isinstance(artifact_names, str) else list(artifact_names)
        known = self._read().artifacts
        for name in names:
            told = known.get(name)
            if told is None:
                continue
            self._append(ArtifactStored(time_us=now_us(), name=name, removed=True))
            if delete_from_storage:
                self._delete_file(told)
        missing = [name for name in names if name not in known]
        if missing and raise_on_errors:
            raise ValueError(f"there are no artifacts {missing}")
        return not missing

    def _delete_file(self, told: ArtifactStored) -> None:
        for relative in (told.url, told.path):
            if relative and "://" not in relative and not Path(relative).is_absolute():
                with contextlib.suppress(OSError):
                    (self._session.task_dir / relative).unlink()

    # -- watched tables --------------------------------------------------------------------------------------

    def register_artifact(
        self,
        name: str,
        artifact: Any,
        metadata: Mapping[Any, Any] | None = None,
        uniqueness_columns: bool | Sequence[str] = True,
    ) -> None:
        """Watch a pandas DataFrame: it is kept now, and again on ``flush`` and at the end wherever it has changed.

        ``uniqueness_columns`` are the columns by which rows are the same: of several the last is kept; True takes all.

        Raises:
            ValueError: it is no DataFrame.
        """
        from stripchart.sdk.artifact_files import is_of

        if not is_of(artifact, "pandas", "DataFrame"):
            raise ValueError(
                f"only a pandas DataFrame can be registered, not a {type(artifact).__name__}"
            )
        self._watched[str(name)] = _Watched(artifact, dict(metadata or {}), uniqueness_columns)
        self._keep_watched()

    def unregister_artifact(self, name: str) -> None:
        """Stop watching a table; what was kept of it stays."""
        self._watched.pop(name, None)

    def get_registered_artifacts(self) -> dict[str, Any]:
        """Return the tables that are watched, by name."""
        return {name: watched.frame for name, watched in self._watched.items()}

    def _keep_watched(self) -> None:
        for name, watched in list(self._watched.items()):
            self._keep_if_changed(name, watched)

    @contained("artifact")
    def _keep_if_changed(self, name: str, watched: _Watched) -> None:
        from stripchart.sdk import artifact_files

        frame = watched.distinct()
        state = _state_of(frame)
        if state == watched.state and state is not None:
            return
        form = artifact_files.form_of(
            frame, extension="", auto_pickle=True, sort_keys=True, preview=""
        )
        self._keep(name_of(name), form, watched.metadata)
        watched.state = state


class _Watched:
    """Hold a watched table, and what it was when it was last kept."""

    def __init__(self, frame: Any, metadata: dict[Any, Any], columns: bool | Sequence[str]) -> None:
        self.frame = frame
        self.metadata = metadata
        self._columns = columns
        self.state: str | None = None

    def distinct(self) -> Any:
        """Return the table without rows that a later one repeats."""
        columns = None if isinstance(self._columns, bool) else list(self._columns)
        if self._columns is False:
            return self.frame
        try:
            return self.frame.drop_duplicates(subset=columns, keep="last")
        except TypeError:  # cells that cannot be hashed, such as lists
            return self.frame


def _state_of(frame: Any) -> str | None:
    """Return a digest of a table, ``None`` where its cells allow none."""
    import hashlib
    from importlib import import_module

    try:
        hashed = import_module("pandas.util").hash_pandas_object(frame, index=True)
    except TypeError:
        return None
    digest = hashlib.sha256(hashed.to_numpy().tobytes())
    digest.update(repr(list(frame.columns)).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _digest(path: Path) -> str:
    import hashlib

    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
