"""Models that libraries are seen to save and load while a task is open."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, cast

import msgspec

from stripchart.query.models import INPUT, OUTPUT, Role, weights_name
from stripchart.records import ArtifactStored, clean_text
from stripchart.sdk import spool, weight_files
from stripchart.sdk.artifacts import Artifacts
from stripchart.sdk.guard import contained
from stripchart.sdk.parameters import to_text
from stripchart.sdk.session import now_us
from stripchart.sdk.weight_files import CallbackType, ModelInfo, WeightsFileHandler

if TYPE_CHECKING:
    from stripchart.sdk.models import Models


class Found(msgspec.Struct, frozen=True):
    """Say what lies at a path that a library has written or read."""

    uri: str
    path: str = ""  # empty for what lies elsewhere: only its URI is known
    size_bytes: int = 0
    changed_ns: int = 0
    is_folder: bool = False

    @property
    def file(self) -> str:
        """Return the name of the file, or of the archive that a folder is kept as."""
        if self.path:
            name = Path(self.path).name
        else:
            from urllib.parse import unquote, urlsplit

            name = PurePosixPath(unquote(urlsplit(self.uri).path)).name
        return clean_text(f"{name}.zip" if self.is_folder else name)

    @property
    def name(self) -> str:
        """Return what a model that lies here is called: the file's name without its last ending."""
        return PurePosixPath(self.file).stem or "model"


def found_at(path: str | os.PathLike[str]) -> Found:
    """Look at a file or folder; what has a scheme is taken as it is.

    Raises:
        OSError: there is nothing.
    """
    text = os.fsdecode(os.fspath(path))
    if "://" in text and not text.startswith("file://"):
        return Found(text)
    full = Path(os.path.abspath(text.removeprefix("file://")))  # noqa: PTH100 - links stay
    status = full.stat()
    is_folder = stat.S_ISDIR(status.st_mode)
    size_bytes = 0 if is_folder else status.st_size
    return Found(full.as_uri(), str(full), size_bytes, status.st_mtime_ns, is_folder)


def id_of(task_id: str, role: Role, key: str) -> str:
    """Return the id of the model of a task that ``key`` names, such as the path that it is saved at."""
    import hashlib  # what loads it costs more than this package's own modules

    told = f"{task_id}\0{role}\0{key}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:32]


class SeenModels(Artifacts):
    """Record the models that libraries are seen to save and load."""

    _keeps_models: bool | None = None  # None: where there is a destination
    _seen_models: dict[str, int]  # by id, of this process: the time of the file

    def _model_saved(
        self,
        path: str | os.PathLike[str],
        framework: str,
        *,
        name: str | None = None,
        iteration: int | None = None,
    ) -> None:
        """Record that a library has just saved a model to a file or folder: an output model, named after it.

        What is saved again at the same path is the same model, of a later ``iteration`` (without one that of the last
        report). Where a destination was chosen (``output_uri``, ``artifact_destination``) the recorder takes the file
        there as it is then: as of this save, or of a later one if it was written over meanwhile. Else its path, size
        and time are recorded and it stays where it is. Nothing is read here, and no error gets out.
        """
        self._see_model(OUTPUT, path, framework, name, iteration)

    def _model_loaded(
        self, path: str | os.PathLike[str], framework: str, *, name: str | None = None
    ) -> None:
        """Record that a library has loaded a model from a file or folder: an input model, unless it was saved here."""
        self._see_model(INPUT, path, framework, name, None)

    @contained("model", lost=False)
    def _see_model(
        self,
        role: Role,
        path: str | os.PathLike[str],
        framework: str,
        name: str | None,
        iteration: int | None,
    ) -> None:
        found, what = found_at(path), CallbackType.save if role == OUTPUT else CallbackType.load
        info = weight_files.ask(
            what, ModelInfo(self, found.file, found.path or found.uri, found.uri, framework)
        )
        if info is None:
            return
        model = id_of(self.id, role, info.local_model_id)
        if role == INPUT:
            is_known = self._seen_models.get(model) == found.changed_ns
            if is_known or id_of(self.id, OUTPUT, info.local_model_id) in self._seen_models:
                return
        elif iteration is None:
            iteration = self._session.last_iteration()
        facts = {
            "name": name or found.name,
            "framework": framework,
            "iteration": iteration,
            "file": info.upload_filename,
        }
        self._append_weights(role, model, found, facts, keeps=role == OUTPUT and self._keeps())
        self._seen_models[model] = found.changed_ns
        if WeightsFileHandler._after:
            from stripchart.sdk.model import Model

            info.model = Model._of(cast("Models", self), role, model)
            weight_files.tell(what, info)

    def _keeps(self) -> bool:
        return bool(self._destination) if self._keeps_models is None else self._keeps_models

    def _append_weights(
        self, role: Role, model: str, found: Found, facts: Mapping[str, object], *, keeps: bool
    ) -> None:
        """Say where a model's weights lie, or hand them to the recorder where they are to be kept."""
        keeps = keeps and bool(found.path)
        if keeps:
            spool.make(self._session.task_dir)  # the recorder looks for it
        told = {"file": found.file, **facts} | ({} if keeps else {"registered": True})
        self._append(
            ArtifactStored(
                time_us=now_us(),
                name=weights_name(role, model),
                type="archive" if found.is_folder else "custom",
                state="pending" if keeps else "stored",
                path=found.path if keeps else "",
                url="" if keeps else found.uri,
                size_bytes=found.size_bytes,
                metadata=texts_of(told),
                destination=self._destination if keeps else "",
            )
        )


def texts_of(facts: Mapping[str, object]) -> dict[str, str]:
    """Return facts as they are kept; what is ``None`` or false is left out."""
    return {
        key: to_text(value)
        for key, value in facts.items()
        if value is not None and value is not False
    }
