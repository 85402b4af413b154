"""safetensors: files of weights, saved and loaded."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.watch import Captured, Watch
from stripchart.capture.weights import name_of

TITLE = "safetensors"
CAPTURED = (
    Captured(
        "`save_file`, `save_model`",
        "output model",
        "the file's name; the folder's for `model.safetensors`",
    ),
    Captured("`load_file`, `load_model`", "input model", "the file's name"),
)
NOTES = "Of `safetensors.torch`, `.numpy`, `.tensorflow` and `.flax`, so what Transformers and Accelerate save too."


def begin(watch: Watch, module: ModuleType) -> None:
    """Wait for the parts of the library that speak to the frameworks."""
    for part in ("torch", "numpy", "tensorflow", "flax"):
        watch.when_imported(f"{module.__name__}.{part}", lambda found: _observe(watch, found))


def _observe(watch: Watch, part: ModuleType) -> None:
    """Observe what ``save_file`` calls, as that one is mostly imported by name, and ``load_file``."""

    def saved(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        path = argument(args, kwargs, 1, "filename")
        watch.model_saved(path, name=name_of(path))

    def loaded(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_loaded(argument(args, kwargs, 0, "filename"))

    watch.observe(part, "serialize_file", saved)
    watch.observe(part, "load_file", loaded)
