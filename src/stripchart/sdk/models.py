"""Models of a task, as far as they are files: kept as artifacts that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.records import PropertiesSet, clean_text
from stripchart.sdk.guard import contained
from stripchart.sdk.seen_models import SeenModels
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.sdk.artifact import Artifact

_MARK = "model"
_INPUT = "input_model"


class Models(SeenModels):
    """Keep model files, and say from which model a task started."""

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
        """Keep a model's file as the artifact ``model_name`` (or ``name``, or the file's), and return where it lies.

        With ``auto_delete_file`` the file is removed once it is stored. Returns ``None`` where it could not be kept.
        """
        title = model_name or name or Path(str(model_path)).stem
        said = {"comment": comment, "tags": list(tags or ()) or None, "iteration": iteration}
        metadata = {_MARK: "output"} | {key: v for key, v in said.items() if v is not None}
        is_kept = self.upload_artifact(
            title, Path(str(model_path)), metadata, delete_after_upload=bool(auto_delete_file)
        )
        return self.artifacts[title].url if is_kept else None

    @contained("properties")
    def set_input_model(
        self,
        model_id: str | None = None,
        model_name: str | None = None,
        update_task_design: bool = True,
        update_task_labels: bool = True,
        name: str | None = None,
    ) -> None:
        """Say from which model the task starts; kept as the user property ``input_model``."""
        told = clean_text(str(model_name or name or model_id or ""))
        values = {_INPUT: {"value": told, "type": "str"}}
        self._append(PropertiesSet(time_us=now_us(), values=values))

    @property
    def models(self) -> Mapping[str, Sequence[Any]]:
        """Return ``{"input": […], "output": […]}``: the name of the input model, the artifacts of output models."""
        return {"input": self._input_models(), "output": self._output_models()}

    @property
    def input_models_id(self) -> dict[str, str]:
        """Return the input model by its name; here a name is all that is known of it."""
        return {name: name for name in self._input_models()}

    @property
    def output_models_id(self) -> dict[str, str]:
        """Return where the output models lie, by name."""
        return {model.name: model.url for model in self._output_models()}

    def _output_models(self) -> list[Artifact]:
        return [a for a in self.artifacts.values() if a.metadata.get(_MARK) == "output"]

    @contained("read", returns=list, lost=False)
    def _input_models(self) -> list[str]:
        told = self._read().properties.get(_INPUT, {}).get("value")
        return [told] if told else []
