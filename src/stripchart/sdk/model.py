"""``Model``: one model of a task, what is known of it, and its weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from stripchart import settings as _settings
from stripchart.query.models import (
    INPUT,
    OUTPUT,
    Role,
    Told,
    models_of,
    parsed,
    told_name,
    weights_name,
)
from stripchart.records import ArtifactStored, clean_text
from stripchart.sdk import parameters
from stripchart.sdk.artifact import Artifact
from stripchart.sdk.errors import Closed, UsageError
from stripchart.sdk.guard import contained
from stripchart.sdk.held import name_of, names_of
from stripchart.sdk.losses import Losses
from stripchart.sdk.model_reports import ModelReports
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.records import Noted
    from stripchart.sdk.models import Models
    from stripchart.settings import Settings

Known = Told[ArtifactStored]


class BaseModel(ModelReports):
    """Hold one model: of a task, or (an imported one) of none yet."""

    _owner: Models | None = None
    _role: Role = OUTPUT
    _id: str
    _own: dict[str, str]  # what is known of a model that no task has yet
    _cached_title: str | None = None

    @classmethod
    def _of(cls, owner: Models, role: Role, model: str) -> Self:
        made = cls.__new__(cls)
        made._owner, made._role, made._id, made._own = owner, role, model, {}
        return made

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: {self.name!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BaseModel) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self._id)

    def _task(self) -> Models:
        if self._owner is None:
            raise UsageError(f"model {self.name!r} belongs to no task: task.connect(model) first")
        if self._owner._session.closed:  # it may be spoken of, as of any task of the home
            from stripchart.sdk.task import Task

            self._owner = Task._found(self._settings, self._owner.id)
        return self._owner

    def _title(self) -> str:
        if self._cached_title is None:
            self._cached_title = self.name
        return self._cached_title

    @property
    def _losses(self) -> Losses:
        return self._owner._losses if self._owner is not None else _nobodys

    @property
    def _settings(self) -> Settings:
        return self._owner._session.settings if self._owner is not None else _settings.load()

    # -- what is known ---------------------------------------------------------------------------------------

    @contained("read", returns=dict, lost=False)
    def _facts(self) -> dict[str, str]:
        weights = self._weights()
        return (weights.metadata if weights is not None else {}) | self._said()

    def _said(self) -> dict[str, str]:
        if self._owner is None:
            return dict(self._own)
        told = self._owner._read().artifacts.get(told_name(self._role, self._id))
        return dict(told.metadata) if told is not None else {}

    def _weights(self) -> ArtifactStored | None:
        if self._owner is None:
            return None
        return self._owner._read().artifacts.get(weights_name(self._role, self._id))

    @contained("model")
    def _say(self, /, **facts: object) -> None:
        """Say something of the model; what is ``None`` is said no more."""
        from stripchart.sdk.seen_models import texts_of

        self._cached_title = None
        kept = {key: value for key, value in self._said().items() if key not in facts}
        told = kept | texts_of(facts)
        if self._owner is None:
            self._own = told
        else:
            name = told_name(self._role, self._id)
            self._task()._append(ArtifactStored(time_us=now_us(), name=name, metadata=told))

    @property
    def id(self) -> str:
        """Return the model's id, 32 hexadecimal digits."""
        return self._id

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self._facts().get("name") or self._id

    @name.setter
    def name(self, value: str) -> None:
        self._say(name=name_of(value))

    @property
    def comment(self) -> str:
        """Return the model's comment."""
        return self._facts().get("comment", "")

    @comment.setter
    def comment(self, value: str) -> None:
        self._say(comment=clean_text(str(value or "")))

    @property
    def tags(self) -> list[str]:
        """Return the model's tags."""
        return list(map(str, parsed(self._facts(), "tags", [])))

    @tags.setter
    def tags(self, value: Sequence[str]) -> None:
        self._say(tags=names_of(value))

    @property
    def system_tags(self) -> list[str]:
        """Return ``archived`` where the model is archived; nothing else marks one here."""
        return ["archived"] if self._facts().get("archived") else []

    @property
    def framework(self) -> str | None:
        """Return the library that the model is of."""
        return self._facts().get("framework") or None

    @framework.setter
    def framework(self, value: str) -> None:
        self._say(framework=clean_text(str(value)))

    @property
    def labels(self) -> dict[str, int]:
        """Return which number stands for which label."""
        return parsed(self._facts(), "labels", {})  # type: ignore[no-any-return]

    @property
    def config_text(self) -> str:
        """Return the model's configuration as text."""
        return self._facts().get("design", "")

    @property
    def config_dict(self) -> dict[str, Any]:
        """Return the model's configuration as a dict, empty where it is none."""
        from stripchart.sdk.configuration import parsed_text

        text = self.config_text
        with contextlib.suppress(ValueError):
            value = parsed_text(text)
            return value if isinstance(value, dict) else {}
        return {}

    @property
    def task(self) -> str | None:
        """Return the id of the task that made the model."""
        return self._facts().get("source") or (self._owner.id if self._owner is not None else None)

    @property
    def original_task(self) -> str | None:
        """Return the id of the task that made the model."""
        return self.task

    @property
    def project(self) -> str:
        """Return the path of the project that the model's task is in."""
        return self._facts().get("project") or (self._owner._heard().project if self._owner else "")

    @project.setter
    def project(self, value: str) -> None:
        self._say(project=name_of(value))

    @property
    def iteration(self) -> int | None:
        """Return the iteration that the weights are of."""
        text = self._facts().get("iteration", "")
        return int(text) if text.lstrip("-").isdecimal() else None

    @property
    def url(self) -> str | None:
        """Return where the weights lie, a URI or the path of a file on this machine; ``None`` without weights."""
        artifact = self._artifact()
        if artifact is None:
            return self._own.get("url") or None
        is_recorded = self._task()._running is not None and self._settings.recorder
        if artifact.state == "pending" and is_recorded:
            return self._place_to_be()
        return artifact.url

    def _place_to_be(self) -> str | None:
        """Return where the recorder is about to take the weights."""
        from stripchart.blobs import keys, open_destination

        owner, weights = self._task(), self._weights()
        if weights is None:
            return None
        file = weights.metadata.get("file", "")
        if not weights.destination:
            return str(owner._session.task_dir / keys.model_key("", self._id, file))
        told = owner._read()
        folder = keys.task_folder(told.project, told.name, owner.id)
        destination = open_destination(weights.destination, self._settings)
        return destination.url(keys.model_key(folder, self._id, file))

    @property
    def published(self) -> bool:
        """Return whether the model was published."""
        return bool(self._facts().get("published"))

    def is_archived(self) -> bool:
        """Return whether the model is archived."""
        return bool(self._facts().get("archived"))

    # -- metadata --------------------------------------------------------------------------------------------

    def get_all_metadata(self) -> dict[str, dict[str, str]]:
        """Return all metadata: ``{key: {"key": …, "type": …, "value": …}}``."""
        return parsed(self._facts(), "metadata", {})  # type: ignore[no-any-return]

    def get_all_metadata_casted(self) -> dict[str, dict[str, Any]]:
        """Return all metadata, the values of the types that they had."""
        return {
            key: told | {"value": parameters.cast(told["value"], told["type"])}
            for key, told in self.get_all_metadata().items()
        }

    def get_metadata(self, key: str) -> str | None:
        """Return one value of the metadata as text, ``None`` where there is none."""
        return self.get_all_metadata().get(key, {}).get("value")

    def get_metadata_casted(self, key: str) -> Any:
        """Return one value of the metadata, of the type that it had; ``None`` where there is none."""
        return self.get_all_metadata_casted().get(key, {}).get("value")

    def set_metadata(self, key: str, value: Any, v_type: str | None = None) -> bool:
        """Set one value of the metadata, and return True."""
        return self.set_all_metadata({key: {"value": value, "type": v_type}}, replace=False)

    def set_all_metadata(
        self, metadata: Mapping[str, Mapping[str, Any]], replace: bool = True
    ) -> bool:
        """Set metadata, ``{key: {"value": …, "type": …}}``, instead of what there is or besides it; return True."""
        kept = {} if replace else self.get_all_metadata()
        for key, told in metadata.items():
            value: Any = told.get("value")
            if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
                value = value.item()  # a number of NumPy's, of PyTorch's
            kind = told.get("type") or type(value).__name__
            text = parameters.to_text(value)
            kept[str(key)] = {"key": str(key), "type": str(kind), "value": text}
        self._say(metadata=kept)
        return True

    # -- weights ---------------------------------------------------------------------------------------------

    def _artifact(self) -> Artifact | None:
        weights = self._weights()
        if weights is None or self._owner is None:
            return None
        return Artifact(weights, self._owner._session.task_dir, self._settings)

    def get_local_copy(
        self,
        extract_archive: bool | None = None,
        raise_on_error: bool = False,
        force_download: bool = False,
    ) -> str | None:
        """Return the path of the weights on this machine; of several files that of a folder with them.

        ``None`` where there are none or they cannot be fetched, unless ``raise_on_error``.

        Raises:
            ValueError, OSError: the same, with ``raise_on_error``.
        """
        try:
            path = self._local_copy(extract_archive is not False, force_download)
        except (ValueError, OSError):
            if raise_on_error:
                raise
            return None
        return str(path)

    def _local_copy(self, extracts: bool, force: bool) -> str:
        artifact = self._artifact()
        if artifact is not None:
            found = artifact.get_local_copy(extracts, raise_on_error=True, force_download=force)
            return str(found)
        if url := self._own.get("url"):
            from stripchart.sdk import fetching

            return str(fetching.local_copy(url, self._settings, force=force))
        raise ValueError(f"model {self.name!r} has no weights")

    def get_weights(
        self,
        raise_on_error: bool = False,
        force_download: bool = False,
        extract_archive: bool = False,
    ) -> str | None:
        """Return the path of the weights on this machine, as ``get_local_copy`` finds it."""
        return self.get_local_copy(extract_archive, raise_on_error, force_download)

    def get_weights_package(
        self,
        return_path: bool = False,
        raise_on_error: bool = False,
        force_download: bool = False,
        extract_archive: bool = True,
    ) -> str | list[Path] | None:
        """Return the files of the weights on this machine, or with ``return_path`` the folder that they are in."""
        path = self.get_local_copy(extract_archive, raise_on_error, force_download)
        if path is None or return_path:
            return path
        found = Path(path)
        return sorted(p for p in found.rglob("*") if p.is_file()) if found.is_dir() else [found]

    # -- standing --------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """Mark the model as published."""
        self._say(published=True)

    def archive(self) -> None:
        """Put the model into the archive."""
        self._say(archived=True)

    def unarchive(self) -> None:
        """Take the model out of the archive."""
        self._say(archived=None)


class Model(BaseModel):
    """A model of any task of the home, found by id or by ``Model.query_models``."""

    def __init__(self, model_id: str) -> None:
        """Find a model by its id.

        Raises:
            ValueError: no task of the home has such a model.
        """
        self._own = {}
        self._owner, self._role, self._id = found(_settings.load(), model_id)

    @classmethod
    def query_models(  # noqa: PLR0917 - the contract's signature
        cls,
        project_name: str | None = None,
        model_name: str | None = None,
        tags: Sequence[str] | None = None,
        only_published: bool = False,
        include_archived: bool = False,
        max_results: int | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> list[Model]:
        """Return the output models of the home that fit, the one saved last first.

        ``project_name`` is a project's path, ``model_name`` a part of the name. ``tags`` choose as in
        ``Task.get_tasks``; of ``metadata`` a model has all.
        """
        from stripchart.sdk import searching

        fitting = [
            model
            for project, told, model in _every(_settings.load())
            if (project_name is None or project == project_name)
            and (model_name is None or model_name in told.name)
            and (include_archived or not told.facts.get("archived"))
            and (not only_published or bool(told.facts.get("published")))
            and searching.tags_fit(tags or (), parsed(told.facts, "tags", []))
            and all(_metadata_of(told).get(k) == str(v) for k, v in (metadata or {}).items())
        ]
        return fitting[:max_results]

    @classmethod
    def remove(
        cls,
        model: str | BaseModel,
        delete_weights_file: bool = True,
        force: bool = False,
        raise_on_errors: bool = False,
    ) -> bool:
        """Remove a model from its task, and return whether that was done; a published one only with ``force``.

        Its weights are deleted from where they were taken to; what was only registered stays where it is.

        Raises:
            ValueError, OSError: it was not done, with ``raise_on_errors``.
        """
        try:
            held = cls(model) if isinstance(model, str) else model
            if held.published and not force:
                raise ValueError(f"model {held.name!r} is published: remove it with force=True")
            _remove(held, delete_weights_file)
        except (ValueError, OSError, UsageError):
            if raise_on_errors:
                raise
            return False
        return True


def found(settings: Settings, model_id: str) -> tuple[Models, Role, str]:
    """Return the task that has a model of this id, best the one that made it.

    Raises:
        ValueError: none has.
    """
    taken: Model | None = None
    for _, told, model in _every(settings, roles=(OUTPUT, INPUT)):
        if told.id == model_id:
            taken = model
            if told.role == OUTPUT:
                break
    if taken is None or taken._owner is None:
        raise ValueError(f"no task of the home {str(settings.home)!r} has a model {model_id!r}")
    return taken._owner, taken._role, taken._id


def _every(
    settings: Settings, roles: Sequence[Role] = (OUTPUT,)
) -> Iterator[tuple[str, Known, Model]]:
    """Yield project, facts and object of the models of all tasks, the one saved last first."""
    from stripchart.sdk import chronicle, searching
    from stripchart.sdk.task import Task

    every: list[tuple[int, str, Known, str]] = []
    for task_id in searching.with_models(settings):
        described = chronicle.describe(settings.task_dir(task_id))
        every += [
            (told.time_us, described.project, told, task_id)
            for told in models_of(described.artifacts.values())
            if told.role in roles
        ]
    owners: dict[str, Task] = {}
    for _, project, told, task_id in sorted(every, key=lambda each: each[0], reverse=True):
        if task_id not in owners:
            owners[task_id] = Task.get_task(task_id)
        yield project, told, Model._of(owners[task_id], told.role, told.id)


def _metadata_of(told: Known) -> dict[str, str]:
    return {key: each["value"] for key, each in parsed(told.facts, "metadata", {}).items()}


def _remove(model: BaseModel, deletes_file: bool) -> None:
    owner, weights = model._task(), model._weights()
    for name in (weights_name(model._role, model.id), told_name(model._role, model.id)):
        owner._append(ArtifactStored(time_us=now_us(), name=name, removed=True))
    if weights is None or not deletes_file:
        return
    owner._delete_file(weights)
    if weights.destination and weights.url:
        from stripchart.blobs import open_destination

        destination = open_destination(weights.destination, model._settings)
        key = destination.key_of(weights.url)
        if key is not None:
            destination.delete(key)


def _untold(record: Noted) -> None:
    raise Closed("no task")


_nobodys = Losses(_untold, strict=False)  # of models that no task has: told in the log alone
