"""Models of a task: what it made, and what it started from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast, overload

from stripchart.query.models import INPUT, OUTPUT, Role, models_of, told_name
from stripchart.records import ArtifactStored
from stripchart.sdk.guard import contained
from stripchart.sdk.held import name_of
from stripchart.sdk.seen_models import SeenModels, found_at, id_of, texts_of
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.sdk.model import Model
    from stripchart.sdk.task import Task


class ModelsList(Sequence["Model"]):
    """Hold models in the order in which they were saved last, to be taken by index or by name."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = list(models)

    @overload
    def __getitem__(self, index: int | str) -> Model: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Model]: ...
    def __getitem__(self, index: int | str | slice) -> Model | Sequence[Model]:
        if not isinstance(index, str):
            return self._models[index]
        found = self.get(index)
        if found is None:
            raise KeyError(index)
        return found

    def __len__(self) -> int:
        return len(self._models)

    def __contains__(self, model: object) -> bool:
        return model in self.keys() if isinstance(model, str) else model in self._models

    def get(self, key: str, default: Model | None = None) -> Model | None:
        """Return the model of this name that was saved last, or ``default``."""
        return next((m for m in reversed(self._models) if m.name == key), default)

    def keys(self) -> list[str]:
        """Return the names of the models."""
        return [model.name for model in self._models]

    def values(self) -> list[Model]:
        """Return the models."""
        return list(self._models)

    def items(self) -> list[tuple[str, Model]]:
        """Return names and models."""
        return [(model.name, model) for model in self._models]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, list | ModelsList) else False

    def __hash__(self) -> int:
        return hash(tuple(self._models))

    def __repr__(self) -> str:
        return repr(self._models)


class TaskModels(Mapping[str, ModelsList]):
    """Hold what a task started from, ``input``, and what it made, ``output``; by key or as attributes."""

    def __init__(self, input: ModelsList, output: ModelsList) -> None:
        self.input, self.output = input, output

    def __getitem__(self, key: str) -> ModelsList:
        if key not in (INPUT, OUTPUT):
            raise KeyError(key)
        return self.input if key == INPUT else self.output

    def __iter__(self) -> Iterator[str]:
        return iter((INPUT, OUTPUT))

    def __len__(self) -> int:
        return 2

    def __repr__(self) -> str:
        return repr(dict(self))


class Models(SeenModels):
    """Keep models of a task, and say which it started from."""

    def update_output_model(  # noqa: PLR0917 - the contract's signature
        self,
        model_path: str,
        name: str | None = None,
        comment: str | None = None,
        tags: Sequence[str] | None = None,
        model_name: str | None = None,
        iteration: int | None = None,
        auto_delete_file: bool = True,
    ) -> str | None:
        """Keep a file or folder as the output model ``model_name`` (or ``name``, or the file's); return where it goes.

        What is given again under a name is the same model. With ``auto_delete_file`` the file is removed once it is
        stored. Returns ``None`` where it could not be kept.
        """
        return self._update_output_model(
            model_path, model_name or name, comment, tags, iteration, auto_delete_file
        )

    @contained("model")
    def _update_output_model(  # noqa: PLR0917
        self,
        path: str,
        name: str | None,
        comment: str | None,
        tags: Sequence[str] | None,
        iteration: int | None,
        deletes: bool,
    ) -> str | None:
        from stripchart.sdk.output_model import OutputModel

        title = name_of(name or found_at(path).name)
        model = OutputModel._of(self, OUTPUT, id_of(self.id, OUTPUT, f"name {title}"))
        url = model.update_weights(path, auto_delete_file=deletes, iteration=iteration)
        if not url:
            return None
        told: dict[str, object] = {"name": title}
        if comment is not None:
            told["comment"] = str(comment)
        if tags:
            told["tags"] = [str(tag) for tag in tags]
        model._say(**told)
        return url

    @contained("model")
    def set_input_model(
        self,
        model_id: str | None = None,
        model_name: str | None = None,
        update_task_design: bool = True,
        update_task_labels: bool = True,
        name: str | None = None,
    ) -> None:
        """Say from which model the task starts: by id, or by its name; one that is not in this home is only named."""
        from stripchart.sdk.input_model import InputModel

        told = str(model_name or name or model_id or "")
        try:
            model = InputModel(model_id, name=told or None)
        except ValueError:
            facts = texts_of({"name": name_of(told), "id": model_id})
            place = told_name(INPUT, id_of(self.id, INPUT, f"name {told}"))
            self._append(ArtifactStored(time_us=now_us(), name=place, metadata=facts))
        else:
            model.connect(cast("Task", self), name)

    @property
    def models(self) -> TaskModels:
        """Return the task's models, ``input`` and ``output``, each by index or name; the last is the freshest."""
        return TaskModels(self._models_of(INPUT), self._models_of(OUTPUT))

    def get_models(self) -> TaskModels:
        """Return the task's models, as ``models`` does."""
        return self.models

    @property
    def input_models_id(self) -> dict[str, str]:
        """Return the ids of the models that the task started from, by name."""
        return {model.name: model.id for model in self.models.input}

    @property
    def output_models_id(self) -> dict[str, str]:
        """Return the ids of the models that the task made, by name."""
        return {model.name: model.id for model in self.models.output}

    def _models_of(self, role: Role) -> ModelsList:
        from stripchart.sdk.model import Model

        every = models_of(self._artifacts_now().values())
        return ModelsList([Model._of(self, role, m.id) for m in every if m.role == role])

    @contained("read", returns=dict, lost=False)
    def _artifacts_now(self) -> Mapping[str, ArtifactStored]:
        return self._read().artifacts


__all__ = ["Models", "ModelsList", "TaskModels"]
