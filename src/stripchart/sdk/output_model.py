"""``OutputModel``: a model that a task makes, with its weights as they come."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from stripchart.query.models import OUTPUT, weights_name
from stripchart.records import ArtifactStored, clean_text
from stripchart.sdk import spool
from stripchart.sdk.connecting import enumerated, to_json
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import contained, user_line
from stripchart.sdk.held import name_of, names_of
from stripchart.sdk.model import BaseModel, Model
from stripchart.sdk.outputs import checked_destination
from stripchart.sdk.seen_models import found_at, texts_of
from stripchart.sdk.session import new_task_id, now_us

if TYPE_CHECKING:
    from stripchart.sdk.task import Task

Labels = Mapping[str, int]
File = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class _Weights:
    """Say where the bytes of weights wait, and under which name they are to be stored."""

    path: str
    size: int
    digest: str
    file: str
    kind: str
    local: str | None = None  # the script's own path
    deletes: bool = True


class OutputModel(BaseModel):
    """A model that a task makes; its weights are kept as artifacts are, and shown with what is said of it."""

    _destination: str | None = None  # None: the task's
    _default_destination: ClassVar[str | None] = None

    def __init__(  # noqa: PLR0917 - the contract's signature
        self,
        task: Task | None = None,
        config_text: str | None = None,
        config_dict: Mapping[str, Any] | None = None,
        label_enumeration: Labels | None = None,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        comment: str | None = None,
        framework: str | None = None,
        base_model_id: str | None = None,
    ) -> None:
        """Make a model of a task, or of the one that is open; it has no weights yet.

        Without ``name`` it is called as its task. What ``base_model_id`` has of configuration, labels and framework
        is taken over.

        Raises:
            UsageError: there is no task.
            ValueError: there is no base model of this id, or a label stands for no integer.
        """
        owner = task or _current()
        self._owner, self._role, self._id, self._own = owner, OUTPUT, new_task_id(), {}
        base = Model(base_model_id)._facts() if base_model_id else {}
        facts: dict[str, object] = {k: base.get(k) for k in ("design", "labels", "framework")}
        facts |= {"base": base_model_id, "name": name_of(name or owner.name)}
        if config_text is not None or config_dict is not None:
            facts["design"] = _design(config_text, config_dict)
        if label_enumeration is not None:
            facts["labels"] = enumerated(label_enumeration)
        elif not facts["labels"]:
            facts["labels"] = owner.get_labels_enumeration() or None
        for key, value in (("comment", comment), ("framework", framework)):
            facts[key] = facts.get(key) if value is None else clean_text(str(value))
        facts["tags"] = names_of(tags) if tags else None
        self._say(**facts)

    # -- what is said ----------------------------------------------------------------------------------------

    @property
    def config_text(self) -> str:
        """Return the model's configuration as text."""
        return super().config_text

    @config_text.setter
    def config_text(self, value: str) -> None:
        self.update_design(config_text=value)

    @property
    def config_dict(self) -> dict[str, Any]:
        """Return the model's configuration as a dict, empty where it is none."""
        return super().config_dict

    @config_dict.setter
    def config_dict(self, value: Mapping[str, Any]) -> None:
        self.update_design(config_dict=value)

    @property
    def labels(self) -> dict[str, int]:
        """Return which number stands for which label."""
        return super().labels

    @labels.setter
    def labels(self, value: Labels) -> None:
        self.update_labels(value)

    @contained("model", returns=bool)
    def update_design(
        self, config_text: str | None = None, config_dict: Mapping[str, Any] | None = None
    ) -> bool:
        """Set the model's configuration, as text or dict, and return whether that was done."""
        self._say(design=_design(config_text, config_dict))
        return True

    @contained("model")
    def update_labels(self, labels: Labels) -> None:
        """Say which number stands for which label."""
        self._say(labels=enumerated(labels))

    def connect(
        self, task: Task, name: str | None = None, ignore_remote_overrides: bool = False
    ) -> None:
        """Connect the model to the task that it was made for, and name it.

        Raises:
            ValueError: it was made for another task.
        """
        if self._owner is None or task.id != self._owner.id:
            raise ValueError(f"model {self.name!r} is one of task {self.task}, not of {task.id}")
        if name:
            self.name = name

    # -- weights ---------------------------------------------------------------------------------------------

    @property
    def upload_storage_uri(self) -> str:
        """Return where weights go: a destination, empty for the task's own folder."""
        for chosen in (self._destination, self._default_destination):
            if chosen is not None:
                return chosen
        return self._task()._destination

    def set_upload_destination(self, uri: str) -> None:
        """Choose where the weights of this model go.

        Raises:
            ValueError: it is no destination, or cannot be written; says why.
        """
        self._destination = checked_destination(uri, self._settings)

    @classmethod
    def set_default_upload_uri(cls, output_uri: str | None) -> None:
        """Choose where the weights of models go that have no destination of their own; ``None``: where the task's do.

        Raises:
            ValueError: it is no destination, or cannot be written; says why.
        """
        from stripchart import settings

        chosen = output_uri and checked_destination(output_uri, settings.load())
        cls._default_destination = chosen or None

    @contained("model", returns=str)
    def update_weights(  # noqa: PLR0917 - the contract's signature
        self,
        weights_filename: File | None = None,
        upload_uri: str | None = None,
        target_filename: str | None = None,
        auto_delete_file: bool = True,
        register_uri: str | None = None,
        iteration: int | None = None,
        update_comment: bool = True,
        is_package: bool = False,
        async_enable: bool = True,
    ) -> str:
        """Keep a file as the model's weights, in the place of earlier ones, and return where it goes.

        The recorder takes it to ``upload_uri``, the destination of the model or that of the task, under
        ``target_filename``; with ``auto_delete_file`` it is deleted then. A file of up to 16 MiB that is not to be
        deleted is copied at the call; leave a larger one as it is until it is stored. A folder is kept as
        ``update_weights_package`` does. With ``register_uri`` nothing is taken anywhere: that is where the weights are.
        ``iteration`` is the last one reported, if it is not given. ``update_comment`` has the file's own path recorded.
        Without ``async_enable`` this waits until the file is stored.
        """
        if weights_filename is None:
            if not register_uri:
                raise UsageError("update_weights needs weights_filename or register_uri")
            return self._register(register_uri, iteration)
        path = Path(weights_filename).absolute()
        if path.is_dir():
            package = self._packed(_inside(path), target_filename or path.name)
            return self._keep(package, upload_uri, iteration, waits=not async_enable)
        spooled, size, digest = self._task()._spooled_file(path, copies=not auto_delete_file)
        weights = _Weights(
            spooled,
            size,
            digest,
            target_filename or path.name,
            kind="archive" if is_package else "custom",
            local=str(path) if update_comment else None,
            deletes=auto_delete_file,
        )
        return self._keep(weights, upload_uri, iteration, waits=not async_enable)

    @contained("model", returns=str)
    def update_weights_package(  # noqa: PLR0917 - the contract's signature
        self,
        weights_filenames: Sequence[File] | File | None = None,
        weights_path: File | None = None,
        upload_uri: str | None = None,
        target_filename: str | None = None,
        auto_delete_file: bool = True,
        iteration: int | None = None,
        async_enable: bool = True,
    ) -> str:
        """Keep several files, or all of a folder, as the model's weights, in one zip; return where it goes.

        They are packed at the call, so that they may change right after. Only the zip is deleted when it is stored,
        whatever ``auto_delete_file`` is.
        """
        if weights_filenames is None and weights_path is None:
            raise UsageError("update_weights_package needs weights_filenames or weights_path")
        if weights_filenames is None:
            folder = Path(str(weights_path))
            files, name = _inside(folder), folder.name
        else:
            files, name = _beside(weights_filenames), "model_package"
        package = self._packed(files, target_filename or name)
        return self._keep(package, upload_uri, iteration, waits=not async_enable)

    def _packed(self, files: Mapping[str, Path], target: str) -> _Weights:
        """Pack files into a zip of the spool."""
        if not files:
            raise UsageError("there are no files to be kept as weights")

        def write(to: Path) -> None:
            # Weights are noise to a compressor.
            with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED, strict_timestamps=False) as made:
                for name, file in files.items():
                    made.write(file, name)

        path, size, digest = self._task()._spooled_by(write, ".zip")
        file = target if target.endswith(".zip") else f"{target}.zip"
        return _Weights(path, size, digest, file, kind="archive")

    def _keep(
        self, weights: _Weights, upload_uri: str | None, iteration: int | None, *, waits: bool
    ) -> str:
        task, is_ours = self._task(), not Path(weights.path).is_absolute()
        facts = {
            "iteration": self._iteration(iteration),
            "file": clean_text(weights.file),
            "local": weights.local,
        }
        name = weights_name(OUTPUT, self._id)
        try:
            task._append(
                ArtifactStored(
                    time_us=now_us(),
                    name=name,
                    type=weights.kind,
                    state="pending",
                    path=weights.path,
                    size_bytes=weights.size,
                    hash=weights.digest,
                    metadata=texts_of(facts),
                    destination=self._destination_of(upload_uri),
                    delete_after_upload=weights.deletes or is_ours,
                )
            )
        except BaseException:
            if is_ours:
                spool.discard(task._session.task_dir, weights.path)
            raise
        if waits:
            task._wait_for_upload(name)
        return self.url or ""

    def _destination_of(self, upload_uri: str | None) -> str:
        """Return where weights go; one that is none is told, and they go where they would without it."""
        if upload_uri is None:
            return self.upload_storage_uri
        from stripchart.blobs import DestinationError, open_destination

        try:
            # Nothing is asked of it here: no script waits for a network, and the recorder tries until it works.
            return open_destination(os.fspath(upload_uri), self._settings).uri
        except DestinationError as error:
            message = f"upload_uri: {error}; the weights go to the task's destination instead"
            self._losses.note("model", message, lost=False, where=user_line())
            return self.upload_storage_uri

    def _register(self, uri: str, iteration: int | None) -> str:
        found = found_at(uri)
        facts = {"iteration": self._iteration(iteration)}
        self._task()._append_weights(OUTPUT, self._id, found, facts, keeps=False)
        return self.url or ""

    def _iteration(self, given: int | None) -> int | None:
        return self._task()._session.last_iteration() if given is None else int(given)

    @classmethod
    def wait_for_uploads(
        cls, timeout: float | None = None, max_num_uploads: int | None = None
    ) -> None:
        """Wait until what the open task has reported so far is stored, for up to ``timeout`` seconds (60)."""
        from stripchart.sdk import settling
        from stripchart.sdk.task import Task

        task = Task._current
        if task is not None and task._session.settings.recorder:
            patience_sec = settling.PATIENCE_SEC if timeout is None else float(timeout)
            with contextlib.suppress(settling.NoRecorder):
                settling.Settling(task._session.task_dir).wait(patience_sec=patience_sec)


def _current() -> Task:
    from stripchart.sdk.task import Task

    task = Task.current_task()
    if task is None:
        raise UsageError("OutputModel needs a task: give one, or call Task.init first")
    return task


def _design(text: str | None, values: Mapping[str, Any] | None) -> str:
    if text is not None and values is not None:
        raise UsageError("a model's configuration is config_text or config_dict, not both")
    return to_json(dict(values)) if values is not None else clean_text(str(text or ""))


def _inside(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their names in it."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {str(folder)!r}")
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(file.relative_to(folder)): file for file in files}


def _beside(given: Iterable[File] | File) -> dict[str, Path]:
    """Return files by what tells them apart of their paths."""
    several = [given] if isinstance(given, str | os.PathLike) else given
    files = [Path(file).absolute() for file in several]
    if not files:
        return {}
    root = Path(os.path.commonpath([file.parent for file in files]))
    return {str(file.relative_to(root)): file for file in files}
